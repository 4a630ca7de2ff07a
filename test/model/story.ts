// A run told so that it can be read: its plan in short, and its last steps.
import type { RunResult } from './run.ts'

/** MODEL_STEPS: how many of the last steps are told. */
const lastSteps = Number(process.env['MODEL_STEPS'] ?? 120)

export function storyOf({ plan, breaches, ledger }: RunResult): string {
  const { seed, flavour, partitions, settings, spells, faults, healsAtMs, calmFromMs } = plan
  const steps = ledger.story.slice(-lastSteps).map(line)
  return [
    ...breaches.map(({ kind, text }) => `${kind}: ${text}`),
    `seed ${seed}, ${flavour}, ${partitions} partitions; calm from ${calmFromMs}, heals at ${healsAtMs}`,
    `settings: ${JSON.stringify(settings)}`,
    `faults: ${JSON.stringify(faults)}`,
    `spells: ${JSON.stringify(spells)}`,
    ...steps,
    `once more: MODEL_SEED=${seed} npm test -- --selectProjects property -- model`,
  ].join('\n')
}

function line([atMs, ...words]: readonly unknown[]): string {
  const text = words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word)))
  return `${Number(atMs).toFixed(1).padStart(9)} ${text.join(' ')}`
}
