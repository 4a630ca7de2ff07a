// The webhooks and events of a scenario, the same in every run but for their ids.
import type { CallEventRecord, WebhookConfigRecord } from '../../src/domain/records.ts'
import { plainWebhook } from '../../src/local/plain-webhook.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { seededRandom } from '../fakes/seeded-random.ts'
import { addressOf } from '../harness/receivers.ts'
import type { Scenario } from './scenario.ts'

/** Twelve, which make a JSON body of about 600 bytes. */
const parameters: readonly (readonly [string, string])[] = [
  ['call', 'call_id'],
  ['event', 'event_id'],
  ['phone', 'client_number'],
  ['line', 'calltracking_number'],
  ['started', 'time_start'],
  ['duration', 'duration'],
  ['status', 'call_status'],
  ['answered', 'is_answered'],
  ['manager', 'manager_name'],
  ['record', 'record_url'],
  ['company', 'company_name'],
  ['keyword', 'keyword'],
]

/** Where the webhook's receiver is: one address for all, or one for each. */
export function hostOf({ spread }: Scenario, webhook: number): string {
  return spread === 'one' ? '127.0.0.1' : addressOf(webhook)
}

export function pathOf(webhook: number): string {
  return `/hooks/${webhook}/calls`
}

export function webhookOf(scenario: Scenario, webhook: number, port: number): WebhookConfigRecord {
  const { fanOut, scheme, method, signing } = scenario
  const secret = Buffer.alloc(32, webhook % 251)
  return {
    ...plainWebhook,
    webhook_id: `w${webhook}`,
    account_id: `a${Math.floor(webhook / fanOut)}`,
    protocol: scheme,
    host: hostOf(scenario, webhook),
    port,
    path: pathOf(webhook),
    method,
    content_type: method === 'GET' ? null : 'application/json',
    parameters: parameters.map(([name, parameter]) => ({ name, source: { parameter, literal: null } })),
    signing_secrets: signing === 'signed' ? [`whsec_${secret.toString('base64')}`] : [],
  }
}

/** Which of the webhooks (of the groups, where an event matches several) the nth event is for. */
export function* choicesOf({ spread, webhooks, fanOut }: Scenario): Generator<number, never> {
  const groups = webhooks / fanOut
  // A prime step: each once in a round, and those that follow each other far apart.
  if (spread !== 'zipf') for (let index = 0; ; index += 1) yield (index * 7_919) % groups
  // The nth of them is chosen in proportion to 1/n: by where a point on the line of the sums falls.
  const sums: number[] = []
  for (let rank = 1, sum = 0; rank <= groups; rank += 1) sums.push((sum += 1 / rank))
  const random = seededRandom(1)
  for (;;) {
    const point = random.next() * (sums.at(-1) ?? 0)
    let low = 0
    for (let high = groups - 1; low < high;) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) > point) high = middle
      else low = middle + 1
    }
    yield low
  }
}

/** Ends of calls that were answered. */
export function eventOf(index: number, group: number): CallEventRecord {
  return simulateCall(index * 5, `a${group}`, Date.now()).end
}
