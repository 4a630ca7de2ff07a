// The settings of the suspension of webhooks whose receivers are dead.
import * as is from './formats.ts'
import { setting } from './setting.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

export const sectionsOfSuspension = {
  suspension: {
    enabled: setting(
      is.flag,
      true,
      'Whether webhooks that only fail, or whose receiver answers 410, are suspended; off, none is, and what was suspended is sent to',
    ),
    afterMs: setting(
      is.wholeNumber(1, 30 * dayMs),
      dayMs,
      'How long a webhook must have only failed, counted over all workers, until it is suspended',
    ),
    attempts: setting(
      is.wholeNumber(1, 1_000_000),
      20,
      'How many attempts must have failed in that time; with fewer it is not suspended',
    ),
    reportEveryMs: setting(
      is.wholeNumber(50, hourMs),
      30_000,
      'How often a worker tells of webhooks whose failures grew, and how often they are judged',
    ),
    probeEveryMs: setting(
      is.wholeNumber(50, 30 * dayMs),
      hourMs,
      'How often each worker sends one delivery of a suspended webhook all the same; if it is accepted, the suspension is lifted',
    ),
  },
}
