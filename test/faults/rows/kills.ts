// Workers that are killed without a word, and started again at once as an orchestrator would.
import { setTimeout as delay } from 'node:timers/promises'
import type { Row } from '../row.ts'
import type { Scene } from '../scene.ts'

const common = {
  goal: 'duplicates within the bound of what the last commit left unfinished; recovery within 15 s',
  ground: 'shared',
  recoveryWithinMs: 15_000,
} as const

const nothing = (): readonly [] => []

const killOne: Row = {
  ...common,
  name: 'kill one',
  what: 'one of two workers is killed, and not replaced',
  async happen(scene) {
    const endedAtMs = await scene.kill(...scene.members.slice(-1))
    await scene.load.deleteWebhook()
    return { endedAtMs, measure: nothing }
  },
}

const killBoth: Row = {
  ...common,
  name: 'kill both',
  what: 'both workers are killed at once, and replaced',
  async happen(scene) {
    const endedAtMs = await scene.kill(...scene.members)
    await Promise.all([scene.startWorker(), scene.startWorker(), scene.load.deleteWebhook()])
    return { endedAtMs, measure: nothing }
  },
}

const killTwo: Row = {
  ...common,
  name: 'kill two 3 s apart',
  what: 'both workers are killed, one 3 s after the other, and replaced',
  happen: (scene) => killOneByOne(scene, 2, 3_000),
}

const killMany: Row = {
  ...common,
  name: 'kill again and again',
  what: 'every 15 s, 8 times, the older of two workers is killed and replaced',
  happen: (scene, { kills, killEveryMs }) => killOneByOne(scene, kills, killEveryMs),
}

export const kills: readonly Row[] = [killOne, killBoth, killTwo, killMany]

async function killOneByOne(scene: Scene, count: number, everyMs: number): ReturnType<Row['happen']> {
  const replacing: Promise<unknown>[] = [scene.load.deleteWebhook()]
  let endedAtMs = 0
  for (let killed = 0; killed < count; killed += 1) {
    if (killed > 0) await delay(everyMs)
    const [oldest] = scene.members
    if (oldest === undefined) throw new Error('no worker lives')
    endedAtMs = await scene.kill(oldest)
    replacing.push(scene.startWorker())
  }
  await Promise.all(replacing)
  return { endedAtMs, measure: nothing }
}
