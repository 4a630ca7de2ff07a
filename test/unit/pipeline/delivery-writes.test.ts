// What a delivery's life writes is called off when its partition is another's.
import { describe, expect, it } from '@jest/globals'
import { untouched } from '../../../src/domain/delivery.ts'
import type { WebhookId } from '../../../src/domain/ids.ts'
import type { ParkedDelivery } from '../../../src/domain/parked-delivery.ts'
import { DeliveryWrites } from '../../../src/pipeline/delivery-writes.ts'
import { callEvent } from '../../fakes/call-events.ts'
import { PipelineWorld } from '../../fakes/pipeline-world.ts'
import { anOutcome } from '../telemetry/an-outcome.ts'

const parked: ParkedDelivery = {
  eventBytes: Buffer.from('e'),
  callId: callEvent('e', {}).call_id,
  webhookIds: ['w' as WebhookId],
  replay: 0,
  progress: untouched,
  eventTimeMs: 0,
  expiresAtMs: 0,
  source: { topic: 'call-events', partition: 0, offset: 1n },
  trace: null,
}

async function begin() {
  const world = new PipelineWorld()
  const process = await world.started()
  const given: (AbortSignal | undefined)[] = []
  const { delivery } = process.parked.event.delivering
  const edges = {
    ...delivery,
    outcomes: {
      ...delivery.outcomes,
      write: (_outcome: unknown, giveUp?: AbortSignal) => {
        given.push(giveUp)
        return Promise.resolve()
      },
    },
    parking: {
      ...delivery.parking,
      park: (_parked: unknown, _delayMs: number, giveUp?: AbortSignal) => {
        given.push(giveUp)
        return Promise.resolve(parked.source)
      },
    },
  }
  const lost = new AbortController()
  return { writes: new DeliveryWrites(edges, { lost: lost.signal }, null), lost, given }
}

describe('what is written', () => {
  it('is called off by the loss of its partition, also where it has been handed over', async () => {
    const { writes, lost, given } = await begin()
    writes.outcome(anOutcome(), null)
    writes.park(parked, 5_000, () => ({ outcome: anOutcome(), detail: null }))
    expect(await writes.settled()).toBe(true)
    expect(given).toEqual([lost.signal, lost.signal, lost.signal])
  })

  it('is not handed over after that', async () => {
    const { writes, lost, given } = await begin()
    lost.abort()
    writes.outcome(anOutcome(), null)
    expect(await writes.settled()).toBe(false)
    expect(given).toEqual([])
  })
})
