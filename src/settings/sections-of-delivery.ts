// The settings of webhooks and of what is sent for them: requests, tries, limits, horizons.
import { badPorts } from '../domain/webhook-rules.ts'
import { directPlaceList, placeList, proxyUrl } from './address-formats.ts'
import * as is from './formats.ts'
import { secret, setting } from './setting.ts'
import { version } from './version.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const mebibyte = 1_048_576

export const sectionsOfDelivery = {
  delivery: {
    mode: setting(
      is.oneOf('live', 'shadow'),
      'live',
      'In `shadow` all is done but the request: each delivery ends as `shadowed`, and nothing is looked up or connected to',
    ),
    shadowAccounts: setting<readonly string[]>(
      is.idList,
      [],
      'Accounts whose deliveries end as `shadowed` while the others are live',
    ),
  },
  webhooks: {
    blockedPorts: setting(
      is.portList,
      badPorts,
      'Ports to which no webhook may lead; by default those that browsers refuse (the Fetch standard’s bad ports)',
    ),
    unverifiedTls: setting(
      is.oneOf('refused', 'allowed'),
      'refused',
      'Whether a webhook may ask that its receiver’s certificate is not verified (`tls_verification: off`); refused, such a webhook is invalid',
    ),
    maxTableAgeMs: setting(
      is.wholeNumber(10_000, dayMs),
      5 * minuteMs,
      'How long deliveries go on while the topic of webhooks cannot be read; then none begins until it can',
    ),
  },
  http: {
    connectTimeoutMs: setting(
      is.wholeNumber(100, 30_000),
      5_000,
      'Time to connect to a receiver, TLS included',
    ),
    totalTimeoutMs: setting(
      is.wholeNumber(100, 30_000),
      10_000,
      'Time for one attempt, to the answer’s last byte',
    ),
    maxResponseBytes: setting(is.wholeNumber(0, mebibyte), 65_536, 'Read of an answer at most'),
    connectionsPerOrigin: setting(is.wholeNumber(1, 1_024), 256, 'Connections to one receiver at once'),
    maxConnections: setting(is.wholeNumber(16, 65_535), 4_096, 'Connections to all receivers together'),
    keepAliveMs: setting(is.wholeNumber(1, 600_000), 4_000, 'How long an idle connection is kept'),
    dnsServers: setting<readonly string[]>(
      is.nameServerList,
      [],
      'Name servers that are asked for receivers’ addresses; none: those that the system names',
    ),
    dnsTimeoutMs: setting(
      is.wholeNumber(100, 30_000),
      2_000,
      'Time to find a receiver’s addresses, within the time to connect',
    ),
    caFile: setting(
      is.text,
      '',
      'PEM file of authorities that receivers’ certificates may come from, beside those that Node.js trusts; empty: none',
    ),
    allowedAddresses: setting<readonly string[]>(
      placeList,
      [],
      'Where requests may go though it is not public; the worker’s own and the brokers’ only where an entry names them exactly',
    ),
    deniedAddresses: setting<readonly string[]>(
      placeList,
      [],
      'Where requests may not go, though it is public or allowed',
    ),
    proxyUrl: secret(proxyUrl, 'Egress proxy (HTTP CONNECT) through which every request goes; empty: none'),
    noProxy: setting<readonly string[]>(
      directPlaceList,
      [],
      'What is reached without the proxy, in the ways of NO_PROXY',
    ),
    userAgent: setting(
      is.headerValue,
      `call-webhook-worker/${version}`,
      'The User-Agent header of every request',
    ),
    excerpts: setting(is.flag, true, 'Keep the first characters of an answer in the outcome, values masked'),
  },
  retry: {
    delays: setting(
      is.delayList,
      ['5s', '30s', '5m', '30m', '2h', '8h'],
      'Waits after one failed attempt after another, each a retry topic of its own; the last one repeats',
    ),
    roomDelays: setting(
      is.delayListOrNone,
      ['4s', '20s', '2m', '10m'],
      'Retry topics for deliveries that wait until a receiver that is only full should have room; none: those of `retry.delays`',
    ),
    pauseDelay: setting(
      is.delay,
      '15m',
      'Retry topic of deliveries that are paused: so long until they are parked anew; a resume does not wait for it. Nothing else may wait there',
    ),
    mendedAfterMs: setting(
      is.wholeNumber(1_000, dayMs),
      30 * minuteMs,
      'After an answer that the client has to mend, no wait of `retry.delays` that is shorter is taken',
    ),
    quickTries: setting(is.wholeNumber(0, 5), 2, 'Quick tries after a first attempt that failed fast'),
    quickWaitMs: setting(
      is.wholeNumber(1, 10_000),
      250,
      'A quick try waits a random time below this; twice as much before each further one',
    ),
    quickFailureWithinMs: setting(
      is.wholeNumber(1, 30_000),
      1_000,
      'A failure seen later than this gets no quick try',
    ),
    quickWindowMs: setting(
      is.wholeNumber(1, 60_000),
      5_000,
      'A quick try begins within this time of the first attempt',
    ),
    retriedStatuses: setting(
      is.statusList,
      ['408', '425', '429', '5xx'],
      'Answers after which it is tried again',
    ),
    mendedStatuses: setting(
      is.statusList,
      ['3xx', '401', '403', '404', '405', '409', '415'],
      'Answers that the client has to mend: no quick tries, long waits',
    ),
  },
  horizon: {
    callStartMs: setting(
      is.wholeNumber(1_000, 30 * dayMs),
      10 * minuteMs,
      'A call start is not delivered later',
    ),
    callEndMs: setting(is.wholeNumber(1_000, 30 * dayMs), dayMs, 'A call end is not delivered later'),
    clockToleranceMs: setting(
      is.wholeNumber(0, dayMs),
      5 * minuteMs,
      'An event’s time further than this from its record’s is not believed',
    ),
  },
  fanout: {
    limit: setting(is.wholeNumber(1, 100_000), 1_000, 'Webhooks that one event may match'),
    chunkSize: setting(
      is.wholeNumber(1, 500),
      50,
      'Webhooks delivered to from one record; an event that matches more is split into so many, each with its own progress',
    ),
  },
}
