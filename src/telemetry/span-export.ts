// Spans by OpenTelemetry's packages, on their way to a collector. Loaded only where one is configured.
// Invariants: nothing here waits for the collector, nor does anything wait for this; what it does not take in time is lost,
// and counted.
import {
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api'
import type { Context, Span } from '@opentelemetry/api'
import { ExportResultCode } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace'
import type { TraceContext } from '../domain/trace-context.ts'
import type { TracedSpan } from '../domain/traced-work.ts'
import type { Observer, Tracer } from '../ports.ts'
import { endingWordsOf, spanWordsOf } from './span-words.ts'
import type { SpanNames, SpanRole } from './span-words.ts'

export interface SpanExportOptions {
  readonly names: SpanNames
  readonly version: string
  readonly workerId: string
  readonly sampling: { readonly ratio: number; readonly parent: 'heeded' | 'ignored' }
  readonly batching: {
    readonly scheduledDelayMillis: number
    readonly exportTimeoutMillis: number
    readonly maxQueueSize: number
    readonly maxExportBatchSize: number
  }
  readonly observer: Observer
}

export interface SpanExporting {
  readonly tracer: Tracer
  /** Hands over what is there; resolves when the collector has it or failed. */
  stop(): Promise<void>
}

export function startSpanExport(options: SpanExportOptions): SpanExporting {
  const { names, version, workerId, sampling } = options
  const own = {
    'service.name': 'call-webhook-worker',
    'service.version': version,
    'service.instance.id': workerId,
  }
  const resource = defaultResource()
    .merge(resourceFromAttributes(own))
    .merge(detectResources({ detectors: [envDetector] }))
  const root = new TraceIdRatioBasedSampler(sampling.ratio)
  const provider = new TracerProvider({
    resource,
    sampler: sampling.parent === 'heeded' ? new ParentBasedSampler({ root }) : root,
    spanProcessors: [countedProcessor(options)],
  })
  const tracer = provider.getTracer('call-webhook-worker', version)
  return {
    tracer: {
      begin(work, parent) {
        const { name, role, attributes } = spanWordsOf(work, names)
        const span = tracer.startSpan(
          name,
          { kind: kinds[role], attributes },
          parent === null ? ROOT_CONTEXT : contextOf(parent, work.kind === 'record'),
        )
        return tracedSpan(span, parent)
      },
    },
    stop: () => provider.shutdown(),
  }
}

const kinds: Readonly<Record<SpanRole, SpanKind>> = {
  consumer: SpanKind.CONSUMER,
  producer: SpanKind.PRODUCER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
}

function contextOf({ traceId, spanId, recorded, traceState }: TraceContext, isRemote: boolean): Context {
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: recorded === 'yes' ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote,
    ...(traceState === '' ? {} : { traceState: createTraceState(traceState) }),
  })
}

function tracedSpan(span: Span, parent: TraceContext | null): TracedSpan {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return {
    context: {
      traceId,
      spanId,
      recorded: (traceFlags & TraceFlags.SAMPLED) === 0 ? 'no' : 'yes',
      traceState: parent?.traceState ?? '',
    },
    end(ending) {
      const { attributes, status } = endingWordsOf(ending)
      span.setAttributes(attributes)
      if (status === 'error') span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    },
  }
}

/** The package drops in silence what finds its queue full: here it is turned away one step before, and counted. */
function countedProcessor({ batching, observer }: SpanExportOptions): SpanProcessor {
  const exporter = new OTLPTraceExporter()
  let waiting = 0
  const counted: SpanExporter = {
    export(spans, done) {
      waiting -= spans.length
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.FAILED) {
          const error = result.error?.message ?? 'the collector refuses'
          observer.observe({ kind: 'spans_lost', why: 'not_taken', spans: spans.length, error })
        }
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  }
  const batches = new BatchSpanProcessor({ ...batching, exporter: counted })
  return {
    onStart: (span, context) => batches.onStart(span, context),
    onEnd(span) {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return
      if (waiting >= batching.maxQueueSize) {
        observer.observe({ kind: 'spans_lost', why: 'queue_full', spans: 1, error: null })
        return
      }
      waiting += 1
      batches.onEnd(span)
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  }
}
