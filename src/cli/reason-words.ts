// Reasons in plain words: what happened, and what whoever reads it can do. For people; programs read the reason itself.
import type { OutcomeReason } from '../domain/outcome.ts'

export interface ReasonWords {
  readonly means: string
  readonly todo: string
}

export const reasonWords: Readonly<Record<OutcomeReason, ReasonWords>> = {
  ok: { means: 'the receiver answered with a 2xx status', todo: 'nothing' },
  http_status: {
    means: 'the receiver answered with a status that is no success',
    todo: 'the receiver has to mend it; its own log tells why. A 5xx, 408, 425 or 429 is repeated by itself',
  },
  redirect: {
    means: 'the receiver answered with a redirect, which is never followed',
    todo: 'change the webhook’s address to the one that it redirects to',
  },
  dns: {
    means: 'the name of the receiver’s host could not be looked up',
    todo: 'check the host’s spelling and its name servers; where many hosts fail, those of the workers (http.dnsServers)',
  },
  connect: {
    means: 'no connection: refused, or there is no way to the host',
    todo: 'check that the receiver runs and that its firewall lets the workers in',
  },
  tls: {
    means:
      'the TLS handshake failed: most often a certificate that is expired, of another host or of an unknown authority',
    todo: 'the receiver has to mend its certificate; an authority of your own goes into http.caFile',
  },
  reset: {
    means: 'the receiver ended the connection before its answer was complete',
    todo: 'look at the receiver and what stands before it; it is repeated by itself',
  },
  connect_timeout: {
    means: 'the connection was not there in time',
    todo: 'check that the receiver can be reached from the workers: a firewall that drops silently looks like this',
  },
  total_timeout: {
    means: 'the answer was not complete in time',
    todo: 'the receiver has to answer sooner, and work afterwards; the webhook may ask for up to 30 s',
  },
  protocol_error: {
    means: 'what the receiver sent is no HTTP answer',
    todo: 'check port and protocol of the webhook: TLS spoken to a plain port looks like this',
  },
  response_too_large: {
    means: 'the receiver sent more than is read',
    todo: 'the receiver has to answer briefly; its answer’s body is not used',
  },
  proxy: {
    means: 'the egress proxy refused or failed',
    todo: 'look at the proxy (http.proxyUrl) and its log',
  },
  lane_full: {
    means: 'the receiver had as many requests at once as it copes with',
    todo: 'nothing, unless it lasts: then the receiver is too slow for its calls',
  },
  rate_limited: {
    means: 'the webhook’s rate limit was used up',
    todo: 'nothing, unless it lasts: then its rate limit is below its calls',
  },
  breaker_open: {
    means: 'the receiver failed too often of late, and is left in peace for a while',
    todo: 'see why it fails: the outcomes before this one say it',
  },
  retry_after: {
    means: 'the receiver asked to be left in peace for a while',
    todo: 'nothing; it goes on at the moment that it asked for',
  },
  horizon_passed: {
    means: 'it became too old before it could be delivered',
    todo: 'see what held it up (the outcomes before this one, or the workers’ lag); send it again with replay',
  },
  webhook_deleted: { means: 'the webhook was deleted meanwhile', todo: 'nothing, if that was meant' },
  webhook_disabled: {
    means: 'the webhook was disabled meanwhile',
    todo: 'nothing, if that was meant; else enable it and replay with --result cancelled',
  },
  interrupted: {
    means: 'the worker was told to end, or died, in the middle of it',
    todo: 'nothing; another worker goes on with it',
  },
  paused: {
    means: 'an operator has paused deliveries here',
    todo: 'see who paused it and why; it goes on when that is resumed',
  },
  fanout_limit: {
    means: 'the event matched more webhooks than one event may (fanout.limit)',
    todo: 'find out why an account has so many webhooks, or raise the limit',
  },
  invalid_config: {
    means: 'the webhook as it is stored is wrong, and delivers nothing',
    todo: 'see its faults with "webhooks list --invalid", correct it, and replay',
  },
  address_denied: {
    means: 'the webhook leads where the operator’s rules let none lead',
    todo: 'change its address, or the rules (http.allowedAddresses, http.deniedAddresses)',
  },
  url_too_long: {
    means: 'the address with its parameters is longer than receivers take, even with texts cut',
    todo: 'use POST, or fewer parameters',
  },
  body_too_large: { means: 'the body is over 256 KB', todo: 'use fewer parameters' },
  suspended: {
    means: 'the receiver has only failed for so long, or said that it is gone, that nothing is sent to it',
    todo: 'mend the receiver or its address and store the webhook, which lifts it at once; then replay with --result rejected',
  },
}
