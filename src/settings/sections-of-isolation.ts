// The settings that keep one receiver from harming others: what each may have of a worker, and in which order.
import * as is from './formats.ts'
import { setting } from './setting.ts'

export const sectionsOfIsolation = {
  lanes: {
    concurrency: setting(
      is.wholeNumber(1, 1_024),
      64,
      'Requests to one webhook at once, over all workers; each starts with 2 and earns more',
    ),
    originConcurrency: setting(
      is.wholeNumber(1, 4_096),
      256,
      'Requests to one scheme, host and port at once, over all workers and webhooks; at most `http.connectionsPerOrigin`',
    ),
    ratePerSecond: setting(
      is.wholeNumber(0, 100_000),
      0,
      'Requests to one webhook per second, over all workers; 0: as each webhook asks',
    ),
    maxWaitMs: setting(
      is.wholeNumber(0, 10_000),
      1_000,
      'How long a delivery waits in the worker for room at its receiver before it waits in a retry topic',
    ),
    maxLanes: setting(
      is.wholeNumber(100, 1_000_000),
      50_000,
      'Webhooks of whose receivers something is remembered; the least recently used is forgotten first',
    ),
  },
  ordering: setting(
    is.oneOf('call', 'none'),
    'call',
    '`call`: the end of a call is first sent to a receiver after its start was; `none`: each goes as it comes',
  ),
}
