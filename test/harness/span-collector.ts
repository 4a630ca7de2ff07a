// A collector of spans: takes OTLP over HTTP as Protobuf and reads of it what tests ask for, by the field numbers of
// opentelemetry-proto's trace.proto and by nothing of the exporter's own.
import { createServer } from 'node:http'
import { once } from 'node:events'
import { gunzipSync } from 'node:zlib'

export interface CollectedSpan {
  readonly name: string
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  /** Empty: the trace's first. */
  readonly parentSpanId: string
  readonly startNs: bigint
  readonly endNs: bigint
  readonly attributes: Readonly<Record<string, string | number>>
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number
}

export interface SpanCollector {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string
  readonly spans: readonly CollectedSpan[]
  /** Of whom the spans are: the resource of the last batch. */
  readonly resource: Readonly<Record<string, string | number>>
  /** All that has come, as text: for what must not be in it. */
  text(): string
  readonly requests: number
  stop(): Promise<void>
}

/** `silent`: takes requests and never answers. */
export async function startSpanCollector(manner: 'well' | 'silent' = 'well'): Promise<SpanCollector> {
  const spans: CollectedSpan[] = []
  const bodies: Buffer[] = []
  let resource: Readonly<Record<string, string | number>> = {}
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const sent = Buffer.concat(chunks)
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
      bodies.push(body)
      if (manner === 'silent') return
      for (const resourceSpans of messages(body, 1)) {
        resource = attributesOf(messages(resourceSpans, 1)[0] ?? Buffer.alloc(0), 1)
        for (const scopeSpans of messages(resourceSpans, 2))
          spans.push(...messages(scopeSpans, 2).map(spanOf))
      }
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    spans,
    get resource() {
      return resource
    },
    get requests() {
      return requests
    },
    text: () => Buffer.concat(bodies).toString('latin1'),
    async stop() {
      server.closeAllConnections()
      server.close()
      if (server.listening) await once(server, 'close')
    },
  }
}

type Field = { readonly number: number; readonly value: bigint | Buffer }

/** Of a message's bytes: varints and fixed numbers as numbers, the rest as bytes. */
function fieldsOf(bytes: Buffer): readonly Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = tag >> 3
    switch (tag & 7) {
      case 0:
        fields.push({ number, value: varint() })
        break
      case 1:
        fields.push({ number, value: bytes.readBigUInt64LE(at) })
        at += 8
        break
      case 2: {
        const length = Number(varint())
        fields.push({ number, value: bytes.subarray(at, at + length) })
        at += length
        break
      }
      case 5:
        fields.push({ number, value: BigInt(bytes.readUInt32LE(at)) })
        at += 4
        break
      default:
        throw new Error(`not Protobuf: tag ${tag}`)
    }
  }
  return fields
}

function messages(bytes: Buffer, number: number): readonly Buffer[] {
  return fieldsOf(bytes).flatMap((field) =>
    field.number === number && field.value instanceof Buffer ? [field.value] : [],
  )
}

function numberIn(bytes: Buffer, number: number): bigint {
  const found = fieldsOf(bytes).find((field) => field.number === number)?.value
  return typeof found === 'bigint' ? found : 0n
}

function hexIn(bytes: Buffer, number: number): string {
  return messages(bytes, number)[0]?.toString('hex') ?? ''
}

function spanOf(bytes: Buffer): CollectedSpan {
  const [status = Buffer.alloc(0)] = messages(bytes, 15)
  return {
    traceId: hexIn(bytes, 1),
    spanId: hexIn(bytes, 2),
    parentSpanId: hexIn(bytes, 4),
    name: messages(bytes, 5)[0]?.toString() ?? '',
    kind: Number(numberIn(bytes, 6)),
    startNs: numberIn(bytes, 7),
    endNs: numberIn(bytes, 8),
    attributes: attributesOf(bytes, 9),
    status: Number(numberIn(status, 3)),
  }
}

/** Texts and whole numbers: the worker has no others. */
function attributesOf(bytes: Buffer, number: number): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    messages(bytes, number).map((pair) => {
      const [value = Buffer.alloc(0)] = messages(pair, 2)
      const [text] = messages(value, 1)
      return [messages(pair, 1)[0]?.toString() ?? '', text?.toString() ?? Number(numberIn(value, 3))]
    }),
  )
}
