// Whether and how spans are exported: by OpenTelemetry's own environment variables, which platforms set for all programs.
// Where to, with which headers and certificates, and under which name is read by its packages themselves, once they are
// loaded. Invariant: what is not understood here turns tracing off, with a word; it never keeps a worker from delivering.
import process from 'node:process'

export type SpanExport =
  /** `why`: null where nobody asked for it. */
  | { readonly kind: 'off'; readonly why: string | null }
  | {
      readonly kind: 'on'
      /** The collector's: no webhook may lead there. */
      readonly endpoint: { readonly host: string; readonly port: number }
      readonly sampling: Sampling
      readonly batching: Batching
    }

interface Sampling {
  /** Of traces that begin here, the part that is recorded: 0 to 1. */
  readonly ratio: number
  /** Whether a trace that began elsewhere is recorded as was decided there. */
  readonly parent: 'heeded' | 'ignored'
}

interface Batching {
  readonly scheduledDelayMillis: number
  readonly exportTimeoutMillis: number
  /** Spans that wait; what comes beyond is lost. */
  readonly maxQueueSize: number
  readonly maxExportBatchSize: number
}

/** On where an OTLP endpoint is named, or `OTEL_TRACES_EXPORTER` is `otlp`. */
export function readSpanExport(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): SpanExport {
  const of = (name: string): string => environment[name]?.trim() ?? ''
  const ofTraces = (name: string): string =>
    of(`OTEL_EXPORTER_OTLP_TRACES_${name}`) || of(`OTEL_EXPORTER_OTLP_${name}`)
  const exporter = of('OTEL_TRACES_EXPORTER') || (ofTraces('ENDPOINT') === '' ? 'none' : 'otlp')
  if (exporter === 'none' || of('OTEL_SDK_DISABLED').toLowerCase() === 'true') return off(null)
  if (exporter !== 'otlp') return off(`OTEL_TRACES_EXPORTER is ${exporter}; known are otlp and none`)
  const protocol = ofTraces('PROTOCOL') || 'http/protobuf'
  if (protocol !== 'http/protobuf')
    return off(`OTEL_EXPORTER_OTLP_PROTOCOL is ${protocol}; known is http/protobuf`)
  const endpoint = ofTraces('ENDPOINT') || 'http://localhost:4318'
  if (!URL.canParse(endpoint) || !/^https?:/i.test(endpoint))
    return off('OTEL_EXPORTER_OTLP_ENDPOINT is no URL of http or https')
  const sampling = readSampling(
    of('OTEL_TRACES_SAMPLER') || 'parentbased_always_on',
    of('OTEL_TRACES_SAMPLER_ARG'),
  )
  if (sampling === null) return off('OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG name no known sampler')
  const { hostname, port, protocol: scheme } = new URL(endpoint)
  const maxQueueSize = count(of('OTEL_BSP_MAX_QUEUE_SIZE'), 2_048)
  return {
    kind: 'on',
    endpoint: { host: hostname, port: Number(port || (scheme === 'https:' ? 443 : 80)) },
    sampling,
    batching: {
      scheduledDelayMillis: count(of('OTEL_BSP_SCHEDULE_DELAY'), 5_000),
      exportTimeoutMillis: count(of('OTEL_BSP_EXPORT_TIMEOUT'), 30_000),
      maxQueueSize,
      maxExportBatchSize: Math.min(maxQueueSize, count(of('OTEL_BSP_MAX_EXPORT_BATCH_SIZE'), 512)),
    },
  }
}

function off(why: string | null): SpanExport {
  return { kind: 'off', why }
}

/** Null: there is none of that name, or its argument is no part of 1. */
function readSampling(name: string, argument: string): Sampling | null {
  const own = name.replace(/^parentbased_/, '')
  const parent = own === name ? 'ignored' : 'heeded'
  switch (own) {
    case 'always_on':
      return { ratio: 1, parent }
    case 'always_off':
      return { ratio: 0, parent }
    case 'traceidratio': {
      const ratio = argument === '' ? 1 : Number(argument)
      return ratio >= 0 && ratio <= 1 ? { ratio, parent } : null
    }
    default:
      return null
  }
}

/** A whole number from 1 on, or else the default, as OpenTelemetry has it. */
function count(text: string, fallback: number): number {
  const value = Number(text)
  return Number.isSafeInteger(value) && value > 0 ? value : fallback
}
