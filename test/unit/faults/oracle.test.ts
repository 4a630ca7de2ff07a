// The oracle on ledgers made by hand: each anomaly is found, and what a killed worker may leave behind is none.
import { describe, expect, it } from '@jest/globals'
import { deliveryIdOf } from '../../../src/join/delivery-id.ts'
import { encodeMetadata } from '../../../src/progress/commit-metadata.ts'
import { judge } from '../../faults/oracle/oracle.ts'
import type { Ledger } from '../../faults/oracle/ledger.ts'
import {
  arrival,
  calmRun,
  delivered,
  ended,
  endId,
  eventRecord,
  failed,
  order,
  parkedRecord,
  startId,
} from './ledgers.ts'

/** How many of what, without those of which there are none. */
function found(ledger: Ledger): Readonly<Record<string, number>> {
  const { anomalies, duplicates, setBacks } = judge(ledger)
  const all = { ...anomalies, beyond: duplicates.beyond, set_back: setBacks }
  const counts = Object.entries(all).map(([name, cases]) => [name, cases.length] as const)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

const kill = (atMs: number) => ({ fromMs: atMs, toMs: atMs })

describe('a run in which all is well', () => {
  it('has nothing in it', () => {
    expect(found(calmRun())).toEqual({})
    expect(judge(calmRun()).duplicates).toEqual({ count: 0, bound: 0, beyond: [] })
  })

  it('may have tries that fail, also in retry topics', () => {
    const parked = { topic: 'retries.1s', partition: 0, offset: 0 }
    const run = calmRun({
      arrivals: [
        arrival(startId, 1, 1_100),
        arrival(endId, 1, 1_200),
        arrival(startId, 2, 1_300),
        arrival(startId, 3, 2_500),
      ],
      outcomes: [
        failed(startId, 1, 1_150),
        delivered(endId, 1, 1_250),
        failed(startId, 2, 1_350, parked),
        delivered(startId, 3, 2_550),
      ],
      records: [
        eventRecord('start', 0),
        eventRecord('end', 1),
        parkedRecord([startId], 1, { offset: 0, appendedAtMs: 1_340 }),
      ],
      commits: [
        { topic: 'events', partition: 0, atMs: 1_500, offset: 2, metadata: '' },
        { topic: 'retries.1s', partition: 0, atMs: 3_000, offset: 1, metadata: '' },
      ],
    })
    expect(found(run)).toEqual({})
  })

  it('may have attempts that never reached their receiver, as long as outcomes tell of them', () => {
    const reset = { ...failed(startId, 1, 1_080), reason: 'reset' as const, status_code: null }
    const run = calmRun({
      arrivals: [arrival(startId, 2, 1_100), arrival(endId, 1, 1_200)],
      outcomes: [reset, delivered(startId, 2, 1_150), delivered(endId, 1, 1_250)],
    })
    expect(found(run)).toEqual({})
  })
})

describe('lost', () => {
  it('is a delivery that has not ended', () => {
    expect(
      found(
        calmRun({
          outcomes: [delivered(startId, 1, 1_150)],
          commits: [],
          arrivals: [arrival(startId, 1, 1_100)],
        }),
      ),
    ).toEqual({ lost: 1 })
  })

  it.each(['cancelled', 'failed', 'expired'] as const)('is one that ended as %s for no reason', (result) => {
    const outcomes = [delivered(startId, 1, 1_150), ended(endId, result, 0, 1_250)]
    expect(found(calmRun({ outcomes, arrivals: [arrival(startId, 1, 1_100)] }))).toEqual({ lost: 1 })
  })

  it('is one of a deleted webhook only if it waits in a retry topic for ever', () => {
    const run = { arrivals: [], outcomes: [], commits: [], deletions: new Map([['w', 5_000]]) }
    expect(found(calmRun(run))).toEqual({})
    const parked = parkedRecord([endId], 1, { offset: 0, appendedAtMs: 1_300 })
    const records = [eventRecord('start', 0), eventRecord('end', 1), parked]
    expect(found(calmRun({ ...run, records }))).toEqual({ lost: 1 })
    const outcomes = [ended(endId, 'cancelled', 0, 2_000)]
    expect(found(calmRun({ ...run, records, outcomes }))).toEqual({})
  })
})

describe('phantom', () => {
  const calm = calmRun()

  it.each([
    ['of nobody’s delivery', arrival(deliveryIdOf('never', 'w'), 1, 1_300)],
    ['without an id', arrival('', 1, 1_300)],
    ['at another destination', { ...arrival(endId, 1, 1_300), destination: 8 }],
    ['of no attempt', arrival(endId, 0, 1_300)],
  ])('is a request %s', (_what, request) => {
    expect(found({ ...calm, arrivals: [...calm.arrivals, request] })).toHaveProperty('phantom', 1)
  })

  it('is a request for a webhook that was gone when the event was published, not before', () => {
    expect(found({ ...calm, deletions: new Map([['w', 1_005]]) })).toEqual({ phantom: 1 })
    expect(found({ ...calm, deletions: new Map([['w', 2_000]]) })).toEqual({})
  })

  it('is an outcome of nobody’s delivery', () => {
    const outcomes = [...calm.outcomes, delivered(deliveryIdOf('never', 'w'), 1, 1_300)]
    expect(found({ ...calm, outcomes })).toEqual({ phantom: 1 })
  })
})

describe('gap', () => {
  const twice = [arrival(startId, 1, 1_100), arrival(endId, 1, 1_200), arrival(endId, 2, 1_300)]

  it('is a request that no outcome tells of', () => {
    expect(
      found(
        calmRun({ arrivals: twice, outcomes: [delivered(startId, 1, 1_150), delivered(endId, 2, 1_350)] }),
      ),
    ).toEqual({ gap: 1 })
  })

  it('is an attempt that was left out', () => {
    const arrivals = [arrival(startId, 1, 1_100), arrival(endId, 2, 1_200)]
    const outcomes = [delivered(startId, 1, 1_150), delivered(endId, 2, 1_250)]
    expect(found(calmRun({ arrivals, outcomes }))).toEqual({ gap: 1 })
  })

  it('is an outcome of an answer that nobody gave', () => {
    expect(found(calmRun({ arrivals: [arrival(startId, 1, 1_100)] }))).toEqual({ gap: 1 })
  })

  it('is not what a killed worker had sent and somebody else repeated', () => {
    const arrivals = [arrival(startId, 1, 1_100), arrival(endId, 1, 1_200), arrival(endId, 1, 12_000)]
    const outcomes = [delivered(startId, 1, 1_150), delivered(endId, 1, 12_050)]
    const commits = [{ topic: 'events', partition: 0, atMs: 12_500, offset: 2, metadata: '' }]
    const run = calmRun({ arrivals, outcomes, commits, interruptions: [kill(1_210)] })
    expect(found(run)).toEqual({})
    expect(judge(run).duplicates).toMatchObject({ count: 1, bound: 2 })
    // Of partitions that the killed one did not have, nothing may be repeated.
    for (const [partitions, beyond] of [
      [[0], 0],
      [[1, 2], 1],
    ] as const) {
      const interruptions = [{ ...kill(1_210), partitions }]
      expect(judge({ ...run, interruptions }).duplicates.beyond).toHaveLength(beyond)
    }
  })

  it('is not a second attempt of a killed worker where its successor began again with the first', () => {
    const arrivals = [...twice, arrival(endId, 1, 12_000)]
    const outcomes = [delivered(startId, 1, 1_150), failed(endId, 1, 1_250), delivered(endId, 1, 12_050)]
    const commits = [{ topic: 'events', partition: 0, atMs: 12_500, offset: 2, metadata: '' }]
    expect(found(calmRun({ arrivals, outcomes, commits, interruptions: [kill(1_310)] }))).toEqual({})
    // The same without a kill, or with one that came before.
    expect(found(calmRun({ arrivals, outcomes, commits }))).toEqual({ gap: 1, beyond: 1 })
    expect(found(calmRun({ arrivals, outcomes, commits, interruptions: [kill(200)] }))).toHaveProperty(
      'gap',
      1,
    )
  })

  it('is not what was cut off and never begun again because its webhook was deleted', () => {
    const run = {
      arrivals: [arrival(startId, 1, 1_100), arrival(endId, 1, 1_200)],
      outcomes: [delivered(startId, 1, 1_150)],
      deletions: new Map([['w', 5_000]]),
    }
    expect(found(calmRun({ ...run, interruptions: [kill(1_210)] }))).toEqual({})
    expect(found(calmRun(run))).toEqual({ gap: 1 })
  })
})

describe('overcommit', () => {
  const commit = { topic: 'events', partition: 0, atMs: 1_200, offset: 2, metadata: '' }

  it('is an offset past what had not ended', () => {
    expect(found(calmRun({ commits: [commit] }))).toEqual({ overcommit: 1 })
    expect(found(calmRun({ commits: [{ ...commit, offset: 1 }] }))).toEqual({})
  })

  it('is what stands in the metadata of a commit, too', () => {
    const metadata = encodeMetadata(0n, { offsets: [0n], end: 2n })
    expect(found(calmRun({ commits: [{ ...commit, offset: 0, metadata }] }))).toEqual({ overcommit: 1 })
    expect(found(calmRun({ commits: [{ ...commit, atMs: 1_300, offset: 0, metadata }] }))).toEqual({})
  })

  it('is an offset past the end of the partition', () => {
    expect(found(calmRun({ commits: [{ ...commit, atMs: 1_500, offset: 3 }] }))).toEqual({ overcommit: 1 })
  })

  it('is not one past what was parked by then', () => {
    const parkedBy = (appendedAtMs: number) =>
      calmRun({
        commits: [commit],
        records: [
          eventRecord('start', 0),
          eventRecord('end', 1),
          parkedRecord([endId], 1, { offset: 0, appendedAtMs }),
        ],
      })
    expect(found(parkedBy(1_190))).toEqual({})
    expect(found(parkedBy(1_210))).toEqual({ overcommit: 1 })
  })

  it('is a parked record passed over, unless a copy of it stands elsewhere', () => {
    const first = parkedRecord([endId], 1, { offset: 0, appendedAtMs: 1_100 })
    const copy = parkedRecord([endId], 1, { offset: 1, appendedAtMs: 1_110 })
    const over = { topic: 'retries.1s', partition: 0, atMs: 1_200, offset: 1, metadata: '' }
    const events = [eventRecord('start', 0), eventRecord('end', 1)]
    expect(found(calmRun({ records: [...events, first], commits: [over] }))).toEqual({ overcommit: 1 })
    expect(found(calmRun({ records: [...events, first, copy], commits: [over] }))).toEqual({})
  })

  it('is rubbish without a dead letter', () => {
    const rubbish = (deadLetteredAtMs: number | null) =>
      calmRun({
        records: [
          eventRecord('start', 0),
          eventRecord('end', 1),
          { ...eventRecord('', 2), content: { kind: 'poison', deadLetteredAtMs } },
        ],
        commits: [{ ...commit, atMs: 1_500, offset: 3 }],
      })
    expect(found(rubbish(null))).toEqual({ overcommit: 1 })
    expect(found(rubbish(1_600))).toEqual({ overcommit: 1 })
    expect(found(rubbish(1_400))).toEqual({})
  })

  it('goes with commits that set back what was committed', () => {
    const later = { ...commit, atMs: 1_600, offset: 1 }
    expect(found(calmRun({ commits: [{ ...commit, atMs: 1_500 }, later] }))).toEqual({ set_back: 1 })
  })
})

describe('inversion', () => {
  const arrivals = [arrival(endId, 1, 1_100), arrival(startId, 1, 1_200)]
  const outcomes = [delivered(endId, 1, 1_150), delivered(startId, 1, 1_250)]

  it('is an end that came before the start of its call', () => {
    expect(found(calmRun({ arrivals, outcomes }))).toEqual({ inversion: 1 })
  })

  it('is none where the start was parked before, or where they went to different receivers', () => {
    const parked = parkedRecord([startId], 1, { offset: 0, appendedAtMs: 1_090 })
    const records = [eventRecord('start', 0), eventRecord('end', 1), parked]
    expect(found(calmRun({ arrivals, outcomes, records }))).toEqual({})
    const elsewhere = [{ deliveryId: startId, webhookId: 'w', destination: 8 }]
    const orders = [order('start', { deliveries: elsewhere }), order('end')]
    const apart = arrivals.map((each) => (each.deliveryId === startId ? { ...each, destination: 8 } : each))
    expect(found(calmRun({ arrivals: apart, outcomes, orders }))).toEqual({})
  })

  it('is a start parked only long afterwards', () => {
    const parked = parkedRecord([startId], 1, { offset: 0, appendedAtMs: 9_000 })
    const records = [eventRecord('start', 0), eventRecord('end', 1), parked]
    expect(found(calmRun({ arrivals, outcomes, records }))).toEqual({ inversion: 1 })
  })

  it('is none where the start is only repeated after the end', () => {
    const again = [...calmRun().arrivals, arrival(startId, 1, 12_000)]
    expect(found(calmRun({ arrivals: again, interruptions: [kill(1_300)], commits: [] }))).toEqual({})
  })
})

describe('double final', () => {
  it('is a second id under which a delivery ended', () => {
    const other = { ...delivered(endId, 1, 1_300), outcome_id: `${endId}/0/a1` }
    expect(found(calmRun({ outcomes: [...calmRun().outcomes, other] }))).toEqual({ double_final: 1 })
  })

  it('is a success that is told as something else', () => {
    const outcomes = [delivered(startId, 1, 1_150), { ...ended(endId, 'failed', 1, 1_250), status_code: 200 }]
    expect(found(calmRun({ outcomes }))).toEqual({ lost: 1, double_final: 1 })
  })

  it('is none where a repeat failed after a success, or before it', () => {
    const failure = { ...ended(endId, 'failed', 1, 1_240), status_code: 400 }
    expect(found(calmRun({ outcomes: [...calmRun().outcomes, failure] }))).toEqual({})
    expect(
      found(calmRun({ outcomes: [...calmRun().outcomes, { ...failure, appendedAtMs: 1_400 }] })),
    ).toEqual({})
  })
})

describe('duplicates', () => {
  const arrivals = [...calmRun().arrivals, arrival(startId, 1, 12_000)]
  const early = { topic: 'events', partition: 0, atMs: 1_160, offset: 1, metadata: '' }

  it('are beyond their bound where no worker was cut off', () => {
    expect(judge(calmRun({ arrivals })).duplicates).toMatchObject({ count: 1, bound: 0 })
    expect(found(calmRun({ arrivals }))).toEqual({ beyond: 1 })
  })

  it('are beyond their bound where the last commit knew the delivery to be finished', () => {
    expect(found(calmRun({ arrivals, commits: [early], interruptions: [kill(1_300)] }))).toEqual({
      beyond: 1,
    })
    expect(found(calmRun({ arrivals, commits: [early], interruptions: [kill(1_155)] }))).toEqual({})
  })

  it('may come of an event that stands twice in its topic', () => {
    const records = [...calmRun().records, eventRecord('start', 2)]
    expect(found(calmRun({ arrivals, records }))).toEqual({})
  })

  it('are attempts after one that succeeded, too', () => {
    const outcomes = [...calmRun().outcomes, delivered(startId, 2, 12_050)]
    const again = [...calmRun().arrivals, arrival(startId, 2, 12_000)]
    expect(found(calmRun({ arrivals: again, outcomes }))).toEqual({ beyond: 1 })
  })

  it('may be one more for each of several kills', () => {
    const thrice = [...arrivals, arrival(startId, 1, 24_000)]
    const commits = [{ ...early, atMs: 25_000, offset: 2 }]
    const interruptions = [kill(1_120), kill(12_010)]
    expect(found(calmRun({ arrivals: thrice, commits, interruptions }))).toEqual({})
    expect(found(calmRun({ arrivals: thrice, commits, interruptions: [kill(1_120)] }))).toEqual({ beyond: 1 })
  })
})
