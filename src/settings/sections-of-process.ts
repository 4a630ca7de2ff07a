// The settings of the process itself: how much it holds, when it commits and stops, what it shows.
import * as is from './formats.ts'
import { setting } from './setting.ts'

const mebibyte = 1_048_576

export const sectionsOfProcess = {
  inFlight: {
    maxDeliveries: setting(
      is.wholeNumber(1, 100_000),
      4_096,
      'Deliveries under way at once, waiting ones included',
    ),
    maxParkedAtOnce: setting(
      is.wholeNumber(1, 100_000),
      64,
      'Parked deliveries under way at once, not counting those that take longer than a quarter of a second; at most half of all',
    ),
    maxBytes: setting(
      is.wholeNumber(mebibyte, 4_096 * mebibyte),
      64 * mebibyte,
      'Bytes of events under way at once',
    ),
    queuedRecordsPerPartition: setting(
      is.wholeNumber(1, 100_000),
      500,
      'Records read ahead of one partition before it is paused',
    ),
  },
  commit: { intervalMs: setting(is.wholeNumber(50, 60_000), 500, 'Time between two commits of offsets') },
  shutdown: {
    drainTimeoutMs: setting(
      is.wholeNumber(100, 600_000),
      30_000,
      'Time to finish what is under way at a stop; at least 2 s more than http.totalTimeoutMs',
    ),
  },
  outcomes: {
    lingerMs: setting(is.wholeNumber(0, 1_000), 5, 'How long an outcome waits for others to be written with'),
    // Beyond a few hundred records the client spends more time on one write than it saves on the next.
    maxBatch: setting(is.wholeNumber(1, 500), 500, 'Outcomes per write at most'),
  },
  secrets: {
    keyringFile: setting(
      is.text,
      '',
      'JSON file of keys with which secrets of webhooks are sealed and opened; empty: none is sealed, and sealed ones cannot be used',
    ),
  },
  ops: {
    host: setting(is.filledText, '127.0.0.1', 'Address on which metrics and health are served'),
    port: setting(is.wholeNumber(0, 65_535), 9_464, 'Its port; 0: a free one'),
  },
  log: {
    level: setting(
      is.oneOf('debug', 'info', 'warn', 'error', 'silent'),
      'info',
      'Least level that is logged',
    ),
  },
  tracing: {
    propagate: setting(
      is.oneOf('none', 'traceparent', 'both'),
      'traceparent',
      'What of an event’s trace receivers are told: nothing; where the request stands in it; its vendors’ entries (`tracestate`) as well',
    ),
  },
  worker: {
    id: setting(is.text, '', 'Name of this process in outcomes and logs; empty: host name and process id'),
  },
}
