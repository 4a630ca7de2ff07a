import { describe, expect, it } from '@jest/globals'
import { readSpanExport } from '../../../src/settings/span-export.ts'

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.internal:4318' }

describe('spans are exported', () => {
  it('where an endpoint is named, as OpenTelemetry has it by default', () => {
    expect(readSpanExport(endpoint)).toEqual({
      kind: 'on',
      endpoint: { host: 'collector.internal', port: 4318 },
      sampling: { ratio: 1, parent: 'heeded' },
      batching: {
        scheduledDelayMillis: 5_000,
        exportTimeoutMillis: 30_000,
        maxQueueSize: 2_048,
        maxExportBatchSize: 512,
      },
    })
  })

  it.each([
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, { host: 'localhost', port: 4318 }],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://c.test/v1/traces' }, { host: 'c.test', port: 443 }],
    [
      { ...endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c.test' },
      { host: 'c.test', port: 80 },
    ],
    [{ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }, { host: 'collector.internal' }],
    [
      {
        ...endpoint,
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      },
      {},
    ],
  ])('%j', (environment, expected) => {
    expect(readSpanExport(environment)).toMatchObject({ kind: 'on', endpoint: expected })
  })

  it.each([
    ['always_on', '', { ratio: 1, parent: 'ignored' }],
    ['always_off', '', { ratio: 0, parent: 'ignored' }],
    ['traceidratio', '0.25', { ratio: 0.25, parent: 'ignored' }],
    ['parentbased_always_off', '', { ratio: 0, parent: 'heeded' }],
    ['parentbased_traceidratio', '0.01', { ratio: 0.01, parent: 'heeded' }],
    ['parentbased_traceidratio', '', { ratio: 1, parent: 'heeded' }],
  ])('in the part that %s (%s) says', (name, argument, sampling) => {
    const environment = { ...endpoint, OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument }
    expect(readSpanExport(environment)).toMatchObject({ kind: 'on', sampling })
  })

  it('in batches of the size that is asked for, if it is one', () => {
    const asked = { ...endpoint, OTEL_BSP_MAX_QUEUE_SIZE: '100', OTEL_BSP_SCHEDULE_DELAY: '-1' }
    expect(readSpanExport(asked)).toMatchObject({
      batching: { maxQueueSize: 100, maxExportBatchSize: 100, scheduledDelayMillis: 5_000 },
    })
  })
})

describe('spans are not exported', () => {
  it.each([
    [{}],
    [{ OTEL_TRACES_EXPORTER: 'none', ...endpoint }],
    [{ OTEL_SDK_DISABLED: 'TRUE', ...endpoint }],
    [{ OTEL_SERVICE_NAME: 'x', OTEL_TRACES_SAMPLER: 'always_on' }],
  ])('where nobody wants it: %j', (environment) => {
    expect(readSpanExport(environment)).toEqual({ kind: 'off', why: null })
  })

  it.each([
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER is zipkin; known are otlp and none'],
    [
      { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'OTEL_EXPORTER_OTLP_PROTOCOL is grpc; known is http/protobuf',
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' },
      'OTEL_EXPORTER_OTLP_ENDPOINT is no URL of http or https',
    ],
    [
      { ...endpoint, OTEL_TRACES_SAMPLER: 'xray' },
      'OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG name no known sampler',
    ],
    [
      { ...endpoint, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
      'OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG name no known sampler',
    ],
  ])('where it is asked for in a way that is not known, with a word: %j', (environment, why) => {
    expect(readSpanExport(environment)).toEqual({ kind: 'off', why })
  })
})
