// The results topic, with acknowledgements that a test may hold back or never give.
import type { Outcome } from '../../src/domain/outcome.ts'
import type { OutcomeSink } from '../../src/ports.ts'
import { HeldWrites } from './held-writes.ts'

export class FakeOutcomeSink extends HeldWrites<Outcome> implements OutcomeSink {
  /** Ids as they were written, shortened to what stands behind the delivery's id: `0/a1`, `0/final`. */
  get steps(): readonly string[] {
    return this.written.map(({ outcomeId, deliveryId }) => outcomeId.slice(deliveryId.length + 1))
  }

  /** The final outcomes, as `result: reason after attempt n`. */
  get endings(): readonly string[] {
    return this.written
      .filter(({ final }) => final)
      .map(({ result, reason, attempt }) => `${result}: ${reason} after ${attempt}`)
  }
}
