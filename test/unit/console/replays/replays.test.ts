// Sessions of sending again: whose they are, how many at a time, and how they end. Their counting and sending is the
// command's own, which other tests see to; here they do as they are told.
import { beforeEach, describe, expect, it } from '@jest/globals'
import { Replays } from '../../../../src/console/replays/replays.ts'
import type { ReplaySession, SendRequest, SendResult } from '../../../../src/replay-session.ts'
import { DeliveryLedger } from '../../../../src/replay/delivery-ledger.ts'
import { planReplay } from '../../../../src/replay/replay-plan.ts'
import { usualResults } from '../../../../src/replay/replay-selection.ts'
import type { ReplayReport } from '../../../../src/replay/replay-run.ts'
import { settle, VirtualClock } from '../../../fakes/virtual-clock.ts'
import { outcomeRecord, writtenAtMs } from '../outcome-samples.ts'

type Opening = Parameters<ConstructorParameters<typeof Replays>[0]['open']>[0]

interface Counting {
  readonly request: Opening
  finish(): void
  fail(error: Error): void
}
interface Sending {
  readonly request: SendRequest
  readonly signal: AbortSignal
  end(result: SendResult): void
}

const selection = {
  webhookIds: ['w1'],
  deliveryIds: null,
  sinceMs: 0,
  untilMs: writtenAtMs * 2,
  results: usualResults,
  reasons: null,
}
const report = (more: Partial<ReplayReport> = {}): ReplayReport => ({
  sent: 0,
  passedOver: 0,
  unsent: [],
  left: 0,
  tookMs: 1,
  end: 'done',
  error: null,
  ...more,
})
let clock = new VirtualClock()
let countings: Counting[] = []
let sendings: Sending[] = []
let troubles: unknown[] = []
let replays: Replays
beforeEach(() => {
  clock = new VirtualClock()
  countings = []
  sendings = []
  troubles = []
  let chance = 0
  replays = new Replays({
    open(request) {
      const { promise, resolve, reject } = Promise.withResolvers<ReplaySession>()
      countings.push({ request, finish: () => resolve(sessionOf(request)), fail: reject })
      return promise
    },
    horizonOf: () => null,
    perSecond: 7,
    clock,
    random: { next: () => (chance += 0.001) },
    troubled: (error) => void troubles.push(error),
  })
})

/** Two that failed and one that expired. */
function sessionOf(request: Opening): ReplaySession {
  const ledger = new DeliveryLedger(request.selection, request.runId)
  for (const [index, result] of (['failed', 'failed', 'expired'] as const).entries()) {
    const delivery_id = `00000000-0000-4000-8000-00000000000${index}`
    ledger.outcome(outcomeRecord({ delivery_id, result, account_id: request.selection.accountId ?? '' }))
  }
  return {
    plan: planReplay(ledger),
    ledger,
    undecodable: 0,
    send(asked, signal) {
      const { promise, resolve } = Promise.withResolvers<SendResult>()
      sendings.push({ request: asked, signal, end: resolve })
      return promise
    },
  }
}

const begin = (account: string): string => {
  const begun = replays.begin(account, selection)
  if (begun.kind !== 'begun') throw new Error(begun.kind)
  return begun.replayId
}
const counted = async (account: string): Promise<string> => {
  const id = begin(account)
  countings.at(-1)?.finish()
  await settle()
  return id
}

describe('a session', () => {
  it('counts, is sent when that is asked for, and tells how far it has come', async () => {
    const id = begin('a')
    expect(replays.state('a', id)).toMatchObject({ kind: 'counting', read: 0, count: null })
    expect(countings[0]?.request.selection).toEqual({ ...selection, accountId: 'a' })
    countings[0]?.request.onRead(1, 4)
    expect(replays.state('a', id)?.read).toBe(0.25)
    expect(replays.send('a', id)).toBe('not_counted')
    countings[0]?.finish()
    await settle()
    expect(replays.state('a', id)).toMatchObject({
      kind: 'counted',
      read: 1,
      count: 3,
      byResult: { failed: 2, expired: 1 },
      left: 3,
    })
    expect(replays.send('a', id)).toBe('begun')
    expect(replays.send('a', id)).toBe('not_counted')
    await settle()
    expect(sendings[0]?.request).toMatchObject({ perSecond: 7, others: 'wait' })
    sendings[0]?.request.told(report({ sent: 1, left: 2, end: 'under_way' }))
    expect(replays.state('a', id)).toMatchObject({ kind: 'sending', sent: 1, left: 2 })
    const unsent = [{ deliveryId: 'x', why: 'event_expired' as const }]
    sendings[0]?.end({ kind: 'ran', report: report({ sent: 1, passedOver: 1, unsent }) })
    await settle()
    expect(replays.state('a', id)).toMatchObject({
      kind: 'done',
      sent: 1,
      passedOver: 1,
      unsent: new Map([['event_expired', 1]]),
      left: 0,
      error: null,
    })
    expect(replays.send('a', id)).toBe('not_counted')
  })

  it.each([
    [{ kind: 'another_runs', runId: 'other' }, 'another_runs', null],
    [{ kind: 'ran', report: report({ end: 'shut_out', left: 2 }) }, 'another_runs', null],
    [
      { kind: 'ran', report: report({ end: 'brokers_away', error: 'broker 10.0.0.1' }) },
      'failed',
      'Kafka could not be reached',
    ],
  ] as const)('that ends as %j is %s', async (result, kind, error) => {
    const id = await counted('a')
    replays.send('a', id)
    await settle()
    sendings[0]?.end(result)
    await settle()
    expect(replays.state('a', id)).toMatchObject({ kind, error })
  })

  it('whose counting fails says so in general terms, and makes room', async () => {
    const id = begin('a')
    countings[0]?.fail(new Error('Kafka at 10.0.0.1:9092'))
    await settle()
    expect(replays.state('a', id)).toMatchObject({ kind: 'failed', error: 'Kafka could not be reached' })
    expect(troubles).toHaveLength(1)
    expect(replays.begin('a', selection).kind).toBe('begun')
  })

  it('belongs to its account: another one neither sees, sends nor removes it', async () => {
    const id = await counted('a')
    expect([replays.state('b', id), replays.send('b', id), replays.remove('b', id)]).toEqual([
      null,
      null,
      false,
    ])
    expect(replays.state('a', 'unknown')).toBeNull()
    expect(replays.state('a', id)?.kind).toBe('counted')
  })

  it('is one at a time for each account; one that waits to be sent gives way to a new one', async () => {
    const id = begin('a')
    expect(replays.begin('a', selection)).toEqual({ kind: 'busy' })
    countings[0]?.finish()
    await settle()
    const next = begin('a')
    expect(replays.state('a', id)).toBeNull()
    countings.at(-1)?.finish()
    await settle()
    replays.send('a', next)
    expect(replays.begin('a', selection)).toEqual({ kind: 'busy' })
  })

  it('is one of twenty in all', async () => {
    for (let index = 0; index < 20; index += 1) begin(`account-${index}`)
    expect(replays.begin('one-more', selection)).toEqual({ kind: 'full' })
    await settle()
    // Two count, the others wait for their turn.
    expect(countings).toHaveLength(2)
    countings[0]?.finish()
    await settle()
    expect(countings).toHaveLength(3)
    // One that was counted and is not sent gives way; one that is under way does not.
    expect(replays.begin('one-more', selection).kind).toBe('begun')
    expect(replays.begin('another', selection)).toEqual({ kind: 'full' })
  })

  it('sends when no other does: a later writer would shut out the earlier one', async () => {
    const [one, two] = [await counted('a'), await counted('b')]
    replays.send('a', one)
    replays.send('b', two)
    await settle()
    expect(sendings).toHaveLength(1)
    sendings[0]?.end({ kind: 'ran', report: report() })
    await settle()
    expect(sendings).toHaveLength(2)
  })

  it('is interrupted by its removal, whether it counts or sends', async () => {
    const counting = begin('a')
    expect(replays.remove('a', counting)).toBe(true)
    expect(countings[0]?.request.signal?.aborted).toBe(true)
    expect(replays.state('a', counting)).toBeNull()
    const sending = await counted('b')
    replays.send('b', sending)
    await settle()
    replays.remove('b', sending)
    expect(sendings[0]?.signal.aborted).toBe(true)
    expect(troubles).toEqual([])
  })

  it('is forgotten ten minutes after it was asked for, but not while it sends', async () => {
    const id = await counted('a')
    await clock.advance(599_000)
    expect(replays.state('a', id)?.kind).toBe('counted')
    await clock.advance(599_000)
    replays.send('a', id)
    await clock.advance(1_200_000)
    expect(sendings[0]?.signal.aborted).toBe(false)
    sendings[0]?.end({ kind: 'ran', report: report() })
    await settle()
    await clock.advance(600_000)
    expect(replays.state('a', id)).toBeNull()
    expect(clock.pending).toBe(0)
  })

  it('ends with the console, which waits for what is being written, though not for ever', async () => {
    const id = await counted('a')
    replays.send('a', id)
    await settle()
    let stopped = false
    const stopping = replays.stop().then(() => (stopped = true))
    await settle()
    expect([sendings[0]?.signal.aborted, stopped]).toEqual([true, false])
    await clock.advance(3_000)
    await stopping
    expect(clock.pending).toBe(0)
  })
})
