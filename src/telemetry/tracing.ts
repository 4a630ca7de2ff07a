// Tracing as it is configured: by an exporter of spans, whose packages are loaded only then, or by none.
import type { Clock, Tracer } from '../ports.ts'
import { noTracer } from './no-tracer.ts'
import type { SpanExportOptions } from './span-export.ts'

export interface Tracing {
  readonly tracer: Tracer
  /** Hands over what is left, within two seconds: a collector that hangs holds up no end. */
  stop(): Promise<void>
}

const handOverMs = 2_000

/** `exporting`: null where nobody wants spans. */
export async function startTracing(
  exporting: SpanExportOptions | null,
  clock: Pick<Clock, 'after'>,
): Promise<Tracing> {
  if (exporting === null) return { tracer: noTracer, stop: () => Promise.resolve() }
  const { startSpanExport } = await import('./span-export.ts')
  const { tracer, stop } = startSpanExport(exporting)
  return {
    tracer,
    async stop() {
      const late = Promise.withResolvers<void>()
      const cancel = clock.after(handOverMs, late.resolve)
      // What the collector did not take was told where it failed.
      await Promise.race([stop().catch(() => {}), late.promise])
      cancel()
    },
  }
}
