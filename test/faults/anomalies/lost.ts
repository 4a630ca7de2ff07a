// A worker that loses: now and then a delivery waits for room at its receiver and is forgotten there. Nothing says that it
// has ended, and nothing is committed past it.
import { LiveIsolation } from '../../../src/pipeline/live-isolation.ts'
import { replace } from '../../harness/replaced-method.ts'

let asked = 0

replace(LiveIsolation, 'ask', (original, question) => {
  asked += 1
  return asked % 50 === 0 ? new Promise<never>(() => {}) : original(question)
})()
