// Keeps every span that was begun, and how it ended; ids are numbers in the order of beginning.
import type { TraceContext } from '../../src/domain/trace-context.ts'
import type { TracedSpan, TracedWork, WorkEnding } from '../../src/domain/traced-work.ts'
import type { Tracer } from '../../src/ports.ts'

export interface FakeSpan {
  readonly work: TracedWork
  readonly context: TraceContext
  /** Empty: the first of its trace. */
  readonly parentSpanId: string
  readonly endings: WorkEnding[]
}

export class FakeTracer implements Tracer {
  readonly spans: FakeSpan[] = []

  begin(work: TracedWork, parent: TraceContext | null): TracedSpan {
    const id = this.spans.length + 1
    const context: TraceContext = {
      traceId: parent?.traceId ?? id.toString(16).padStart(32, '0'),
      spanId: id.toString(16).padStart(16, '0'),
      recorded: 'yes',
      traceState: parent?.traceState ?? '',
    }
    const span = { work, context, parentSpanId: parent?.spanId ?? '', endings: [] as WorkEnding[] }
    this.spans.push(span)
    return { context, end: (ending) => void span.endings.push(ending) }
  }

  of(kind: TracedWork['kind']): readonly FakeSpan[] {
    return this.spans.filter(({ work }) => work.kind === kind)
  }
}
