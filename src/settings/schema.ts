// Every setting of the worker: what it is for, what it may be, and what it is when nobody says anything.
// Invariant: each default passes its own format, and the defaults together pass the cross checks, so a worker
// without any file or variable is a working one. The README's table is made from this tree.
import { sectionsOfConsole } from './sections-of-console.ts'
import { sectionsOfDelivery } from './sections-of-delivery.ts'
import { sectionsOfIsolation } from './sections-of-isolation.ts'
import { sectionsOfKafka } from './sections-of-kafka.ts'
import { sectionsOfProcess } from './sections-of-process.ts'
import { sectionsOfSuspension } from './sections-of-suspension.ts'
import { sectionsOfTopics } from './sections-of-topics.ts'
import type { SettingsOf } from './setting.ts'

export const settingsTree = {
  ...sectionsOfKafka,
  ...sectionsOfTopics,
  ...sectionsOfDelivery,
  ...sectionsOfIsolation,
  ...sectionsOfSuspension,
  ...sectionsOfProcess,
  ...sectionsOfConsole,
}

/** All settings, checked and deep-frozen. `worker.id` is never empty in it. */
export type Settings = SettingsOf<typeof settingsTree>
