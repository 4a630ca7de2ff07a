// The calls of a run: most with a start and an end, some with one of them, some told twice, some late or from the future,
// and now and then a record that is no event.
import type { WebhookConfigRecord } from '../../src/domain/records.ts'
import { callEvent } from '../fakes/call-events.ts'
import type { Dice } from './dice.ts'
import type { Content } from './topics.ts'

export interface PublishedEvent {
  readonly atMs: number
  readonly partition: number
  /** `occurred_at` in milliseconds before it is published. */
  readonly ageMs: number
  readonly bytes: number
  content(occurredAtMs: number): Content
}

interface EventPlan {
  readonly webhooks: readonly WebhookConfigRecord[]
  readonly partitions: number
}

/** Of which calls are told, in one moment, or one after the other. */
export function drawEvents(
  dice: Dice,
  plan: EventPlan & { readonly untilMs: number },
): readonly PublishedEvent[] {
  const accounts = [...new Set(plan.webhooks.map(({ account_id }) => account_id)), 'nobody']
  const calls = dice.int(4, dice.pick([8, 20, 45]))
  const burstAtMs = dice.chance(0.3) ? dice.int(0, plan.untilMs / 2) : null
  const events = Array.from({ length: calls }, (_, index) => {
    const account = dice.chance(0.05) ? 'nobody' : dice.pick(accounts.slice(0, -1))
    const atMs = burstAtMs ?? dice.int(0, plan.untilMs - 8_000)
    return drawCall(dice, { call: `c${index}`, account, partition: dice.int(0, plan.partitions - 1), atMs })
  })
  const strays = dice.chance(0.3) ? [drawStray(dice, plan)] : []
  return [...events.flat(), ...strays].sort((a, b) => a.atMs - b.atMs)
}

function drawCall(
  dice: Dice,
  about: {
    readonly call: string
    readonly account: string
    readonly partition: number
    readonly atMs: number
  },
): readonly PublishedEvent[] {
  const { atMs } = about
  const endAtMs = atMs + dice.pick([0, 1, dice.int(5, 100), dice.int(100, 8_000)])
  const start = drawEvent(dice, { ...about, type: 'call_start' })
  const end = drawEvent(dice, { ...about, type: 'call_end', atMs: endAtMs })
  const both = dice.chance(0.1) ? [start] : dice.chance(0.15) ? [end] : [start, end]
  const again = dice.some(both, 0.05).map((event) => ({ ...event, atMs: event.atMs + dice.int(0, 3_000) }))
  return [...both, ...again]
}

function drawEvent(
  dice: Dice,
  about: {
    readonly call: string
    readonly account: string
    readonly partition: number
    readonly atMs: number
    readonly type: 'call_start' | 'call_end'
  },
): PublishedEvent {
  const { call, account, partition, atMs, type } = about
  const id = `${call}${type === 'call_start' ? 's' : 'e'}`
  return {
    atMs,
    partition,
    ageMs: dice.chance(0.1) ? dice.pick([3_000, -3_000, 20_000, -20_000]) : 0,
    bytes: dice.int(4, 30),
    content: (occurredAtMs) => {
      const fields = { event_type: type, call_id: call, account_id: account, occurred_at: occurredAtMs }
      return { kind: 'event', event: callEvent(id, fields) }
    },
  }
}

function drawStray(
  dice: Dice,
  { partitions, untilMs }: { partitions: number; untilMs: number },
): PublishedEvent {
  const kind = dice.pick(['unknown_type', 'garbage'] as const)
  const partition = dice.int(0, partitions - 1)
  return { atMs: dice.int(0, untilMs), partition, ageMs: 0, bytes: 6, content: () => ({ kind }) }
}

/** A call's end for each account, when every receiver is well again: these have to be delivered. */
export function drawProbes(
  dice: Dice,
  plan: EventPlan & { readonly fromMs: number },
): readonly PublishedEvent[] {
  const accounts = [...new Set(plan.webhooks.map(({ account_id }) => account_id))]
  return accounts.map((account, index) => ({
    ...drawEvent(dice, {
      call: `probe${index}`,
      account,
      partition: dice.int(0, plan.partitions - 1),
      atMs: plan.fromMs + dice.int(0, 3_000),
      type: 'call_end',
    }),
    ageMs: 0,
  }))
}
