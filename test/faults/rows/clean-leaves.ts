// Workers that come and go in good order, with retries under way: nothing is sent twice, and whoever stays takes over
// at once.
import { longestTakeOverMs } from '../../harness/two-workers.ts'
import { until } from '../../harness/until.ts'
import type { Measured, Row } from '../row.ts'
import type { Member, Scene } from '../scene.ts'
import { epochMs } from '../scene.ts'
import { dealtTo, untilDealt } from '../deal.ts'

const takeOver = (scene: Scene, names: readonly string[]): Measured => ({
  name: 'takeOverMs',
  value: Math.max(...names.map((name) => longestTakeOverMs(scene.rig.outcomes, name))),
  atMost: 5_000,
})

const unclean = (codes: readonly (number | null)[]): Measured => ({
  name: 'exitedWithFault',
  value: codes.filter((code) => code !== 0).length,
  atMost: 0,
})

const stopOne: Row = {
  name: 'stop',
  what: 'one of two workers is stopped, and a moment later another started',
  goal: '0 duplicates; take-over within 5 s',
  ground: 'shared',
  recoveryWithinMs: 5_000,
  async happen(scene) {
    const last = lastOf(scene)
    const stoppedAtMs = epochMs()
    const [exitCode] = await Promise.all([scene.stopWorker(last), scene.load.deleteWebhook()])
    await untilDealt(scene)
    const third = await scene.startWorker()
    await untilDealt(scene)
    return {
      endedAtMs: stoppedAtMs,
      measure: () => [
        takeOver(scene, [last.name]),
        unclean([exitCode]),
        { name: 'dealtToTheNewOne', value: dealtTo(third).length, atLeast: 1 },
      ],
    }
  },
}

const scale: Row = {
  name: 'scale',
  what: 'one worker becomes four, five, and one again',
  goal: '0 duplicates; take-over within 5 s; from four to five, at most 1/5 of the partitions and one more move',
  ground: 'shared',
  workers: 1,
  recoveryWithinMs: 5_000,
  async happen(scene) {
    await Promise.all([scene.startWorker(), scene.startWorker(), scene.startWorker()])
    await untilDealt(scene)
    const before = ownersOf(scene)
    await scene.startWorker()
    await untilDealt(scene)
    const after = ownersOf(scene)
    const moved = [...before].filter(([partition, owner]) => after.get(partition) !== owner).length
    const codes: (number | null)[] = []
    const leaving = scene.members.slice(0, 4)
    await scene.load.deleteWebhook()
    for (const member of leaving) {
      codes.push(await scene.stopWorker(member))
      await untilDealt(scene)
    }
    return {
      endedAtMs: epochMs(),
      measure: () => [
        takeOver(
          scene,
          leaving.map(({ name }) => name),
        ),
        unclean(codes),
        { name: 'movedFromFourToFive', value: moved, atMost: Math.floor(before.size / 5) + 1 },
      ],
    }
  },
}

const stopWhileSomeHang: Row = {
  name: 'stop while some hang',
  what: 'one of two workers is stopped while two of twenty receivers do not answer',
  goal: '0 duplicates; its partitions are delivered again within the total timeout and 5 s',
  ground: 'shared',
  // Receivers that hung are called again when their breakers let them.
  recoveryWithinMs: 90_000,
  async happen(scene) {
    const last = lastOf(scene)
    const hanging = [0, 1]
    await scene.receivers.behave(hanging, 'silent')
    // Until its attempts there are under way.
    const fromMs = epochMs()
    const isCalled = (destination: number): boolean =>
      scene.arrivals.all.some((each) => each.destination === destination && each.atMs > fromMs)
    await until(() => hanging.every(isCalled), 'a call of the receivers that hang')
    const stoppedAtMs = epochMs()
    const partitionsLeft = dealtTo(last)
    const [exitCode] = await Promise.all([scene.stopWorker(last), scene.load.deleteWebhook()])
    await untilDealt(scene)
    await scene.receivers.behave(hanging, 'well')
    return {
      endedAtMs: stoppedAtMs,
      measure: () => [
        {
          name: 'deliveredAgainMs',
          value: Math.max(
            ...partitionsLeft.map((partition) =>
              firstOutcomeMs(scene, { partition, notBy: last.name, fromMs: stoppedAtMs }),
            ),
          ),
          atMost: scene.rig.settings.http.totalTimeoutMs + 5_000,
        },
        unclean([exitCode]),
      ],
    }
  },
}

export const cleanLeaves: readonly Row[] = [stopOne, stopWhileSomeHang, scale]

function lastOf({ members }: Scene): Member {
  const last = members.at(-1)
  if (last === undefined) throw new Error('no worker lives')
  return last
}

/** Milliseconds until anybody but the named worker wrote an outcome of the partition. */
function firstOutcomeMs(
  { rig }: Scene,
  { partition, notBy, fromMs }: { partition: number; notBy: string; fromMs: number },
): number {
  const written = rig.outcomes
    .filter(({ source_partition, worker_id }) => source_partition === partition && worker_id !== notBy)
    .map(({ written_at }) => written_at)
    .filter((atMs) => atMs >= fromMs)
  return Math.min(...written) - fromMs
}

function ownersOf({ members }: Scene): ReadonlyMap<number, string> {
  return new Map(
    members.flatMap((member) => dealtTo(member).map((partition) => [partition, member.name] as const)),
  )
}
