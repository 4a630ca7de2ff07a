// `npm run test:suspension`: whoever judges dead receivers is killed again and again, while clients edit.
import { onLocalStack } from '../figures/on-local-stack.ts'
import { killWhoJudges } from './suspension-scene.ts'

const plan = { webhooks: 20, eventsPerSecond: 60, kills: 10, killEveryMs: 12_000, editEveryMs: 600 }

await onLocalStack(async () => {
  const figures = await killWhoJudges(plan)
  console.log(JSON.stringify(figures, null, 2))
  const { lost, unexpected, suspendedTwice, noticesAmiss, suspended, liftedWithinMs } = figures
  const isMet =
    lost + unexpected + suspendedTwice + noticesAmiss === 0 && suspended > 0 && liftedWithinMs <= 2_000
  process.exitCode = isMet ? 0 : 1
})
