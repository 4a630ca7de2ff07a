// What becomes of deliveries whose webhook is suspended: which version it is about, and who goes out all the same.
import { expect, it } from '@jest/globals'
import type { HeldSuspension } from '../../../src/domain/suspension.ts'
import { LiveSuspensions } from '../../../src/pipeline/live-suspensions.ts'
import { webhookConfig } from '../../fakes/call-events.ts'
import { PipelineWorld } from '../../fakes/pipeline-world.ts'
import { suspension } from '../suspension/samples.ts'

const everyMs = 60_000

/** The webhook `w`, suspended in its only version since now. */
async function begin(fields: Partial<HeldSuspension> = {}) {
  let suspensions: LiveSuspensions | null = null
  const world = new PipelineWorld({
    suspensions: (clock) => (suspensions = new LiveSuspensions(clock, everyMs)),
  })
  world.tableSource.put(webhookConfig('w'))
  await world.started()
  const held = {
    ...suspension,
    config: { partition: 0, offset: 0n },
    suspendedSinceMs: world.clock.nowMs(),
    ...fields,
  }
  const live = suspensions as unknown as LiveSuspensions
  live.change(held.webhookId, held)
  const { clock, sender, outcomes, tableSource, pauseSource } = world
  return { world, live, clock, sender, outcomes, tableSource, pauseSource }
}

it('they are rejected, without a request, and by the receiver’s fault', async () => {
  const { world, clock, sender, outcomes } = await begin()
  world.events(0, 'e')
  await clock.advance(1_000)
  expect(sender.ledger).toEqual([])
  expect(outcomes.written).toMatchObject([
    { result: 'rejected', reason: 'suspended', faultOwner: 'receiver', final: true, attempt: 0 },
  ])
})

it.each<[string, Partial<HeldSuspension>]>([
  ['is only watched', { state: 'watched' }],
  ['was cleared', { state: 'cleared' }],
  ['was suspended in another version', { config: { partition: 0, offset: 5n } }],
])('what %s is delivered', async (_what, fields) => {
  const { world, clock, outcomes } = await begin(fields)
  world.events(0, 'e')
  await clock.advance(1_000)
  expect(outcomes.endings).toEqual(['delivered: ok after 1'])
})

it('an edit lifts it, without a record', async () => {
  const { world, clock, outcomes, tableSource } = await begin()
  tableSource.put(webhookConfig('w'))
  world.events(0, 'e')
  await clock.advance(1_000)
  expect(outcomes.endings).toEqual(['delivered: ok after 1'])
})

it('one goes out when it is time, and the next does not', async () => {
  const { world, clock, sender, outcomes } = await begin()
  await clock.advance(everyMs)
  world.events(0, 'e', 'f')
  await clock.advance(1_000)
  expect(sender.ledger).toHaveLength(1)
  expect(outcomes.endings).toEqual(
    expect.arrayContaining(['delivered: ok after 1', 'rejected: suspended after 0']),
  )
})

it('a pause comes first, and takes no turn of a probe', async () => {
  const { world, clock, outcomes, pauseSource, sender } = await begin()
  await clock.advance(everyMs)
  pauseSource.pause('webhook:w')
  world.events(0, 'e')
  await clock.advance(1_000)
  expect(outcomes.written).toMatchObject([{ result: 'deferred', reason: 'paused' }])
  pauseSource.lift('webhook:w')
  world.events(0, 'f')
  await clock.advance(100)
  expect(sender.ledger).toHaveLength(1)
})

it('where its history is lost, nothing is held against anybody until it is read again', async () => {
  const { world, clock, outcomes, live } = await begin()
  live.reset()
  world.events(0, 'e')
  await clock.advance(1_000)
  expect(outcomes.endings).toEqual(['delivered: ok after 1'])
})
