// A worker that keeps silent about tries that failed: neither one that is repeated at once nor one that is parked is told.
import { DeliveryWrites } from '../../../src/pipeline/delivery-writes.ts'
import { replace } from '../../harness/replaced-method.ts'

replace(DeliveryWrites, 'outcome', (original, outcome, detail) => {
  if (outcome.final) original(outcome, detail)
})()
replace(DeliveryWrites, 'park', (original, parked, delayMs) => original(parked, delayMs, null))()
