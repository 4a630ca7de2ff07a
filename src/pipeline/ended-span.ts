// The end of a span that lasts as long as some work does.
// Invariant: work that is part of no trace is handed back as it is: a promise more for each delivery and each attempt is
// paid where somebody looks at it.
import type { TracedSpan, WorkEnding } from '../domain/traced-work.ts'

/** `work` never rejects. */
export function endedWith<Value>(
  span: TracedSpan,
  work: Promise<Value>,
  endingOf: (value: Value) => WorkEnding,
): Promise<Value> {
  if (span.context === null) return work
  return work.then((value) => {
    span.end(endingOf(value))
    return value
  })
}
