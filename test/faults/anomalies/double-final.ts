// A worker that ends a delivery twice: now and then the final outcome is written again under an id of its own.
import { DeliveryWrites } from '../../../src/pipeline/delivery-writes.ts'
import { replace } from '../../harness/replaced-method.ts'

let finals = 0

replace(DeliveryWrites, 'outcome', (original, outcome, detail) => {
  original(outcome, detail)
  if (!outcome.final) return
  finals += 1
  if (finals % 50 === 0) original({ ...outcome, outcomeId: `${outcome.outcomeId}-${finals}` }, detail)
})()
