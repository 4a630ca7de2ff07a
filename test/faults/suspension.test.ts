// Whoever judges dead receivers is killed, while clients edit: never two verdicts for one version, nothing lost.
import { expect, it } from '@jest/globals'
import { killWhoJudges } from './suspension-scene.ts'

it('two workers under kills and edits give one verdict for a version at most, and lose nothing', async () => {
  const figures = await killWhoJudges({
    webhooks: 6,
    eventsPerSecond: 30,
    kills: 2,
    killEveryMs: 4_000,
    editEveryMs: 1_500,
  })
  process.stdout.write(`${JSON.stringify(figures)}\n`)
  expect(figures).toMatchObject({ lost: 0, unexpected: 0, suspendedTwice: 0, noticesAmiss: 0 })
  expect(Math.min(figures.suspended, figures.rejected, figures.killsOfJudge)).toBeGreaterThan(0)
  expect(figures.liftedWithinMs).toBeLessThanOrEqual(2_000)
}, 150_000)
