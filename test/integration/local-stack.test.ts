// The launcher against the real thing, on Java: it starts, serves, keeps data, restarts, and leaves nothing behind.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Kafka, Partitioners, logLevel } from 'kafkajs'
import { createTopics } from '../../src/kafka/topics.ts'
import { startLocalStack } from '../../src/local/stack.ts'
import type { LocalStack } from '../../src/local/stack.ts'
import { readTopic } from '../harness/whole-topic.ts'

// A broker that was killed is let in again when its old session has run out: 9 s by default.
const shortSession = { 'broker.session.timeout.ms': '2000', 'broker.heartbeat.interval.ms': '500' }

const onJava = { origin: 'java', kafkaPort: 0, registryPort: 0 } as const

function lives(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0)
  } catch {
    return false
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(25)
}

const clientOf = ({ brokers }: LocalStack) => ({
  clientId: 'test',
  brokers: [...brokers],
  logLevel: logLevel.NOTHING,
  retry: { retries: 2 },
})

async function createTopic(stack: LocalStack, topic: string): Promise<void> {
  await createTopics(clientOf(stack), [{ topic, partitions: 1, replicationFactor: 1, config: {} }])
}

async function produce(stack: LocalStack, topic: string, value: string): Promise<void> {
  const producer = new Kafka(clientOf(stack)).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  await producer.send({ topic, messages: [{ value }] })
  await producer.disconnect()
}

/** The client's own consumer waits for ever for a partition that had no leader yet when it asked. */
async function firstValue(stack: LocalStack, topic: string): Promise<string | undefined> {
  const { records } = await readTopic(clientOf(stack), topic)
  return records[0]?.value?.toString()
}

const schema = (...fields: string[]) =>
  JSON.stringify({
    type: 'record',
    name: 'Call',
    fields: fields.map((name) => ({ name, type: 'string' })),
  })

describe('a local stack on free ports', () => {
  const lines: string[] = []
  let stack: LocalStack

  beforeAll(async () => {
    stack = await startLocalStack({ ...onJava, onProgress: (line) => lines.push(line) })
  })
  afterAll(() => stack.stop())

  it('takes a topic and a record, and gives it to who reads it', async () => {
    await createTopic(stack, 'first')
    await produce(stack, 'first', 'hello')
    expect(await firstValue(stack, 'first')).toBe('hello')
  })

  it('does not create topics by mistake', async () => {
    await expect(produce(stack, 'misspelt', 'x')).rejects.toThrow()
  })

  it('serves the registry client, and refuses a schema that could not replace the last', async () => {
    const registry = new SchemaRegistry({ host: stack.registryUrl })
    const { id } = await registry.register(
      { type: SchemaType.AVRO, schema: schema('call_id') },
      { subject: 'calls-value' },
    )
    const bytes = await registry.encode(id, { call_id: 'c-1' })
    expect(await registry.decode(bytes)).toMatchObject({ call_id: 'c-1' })

    const answer = await fetch(`${stack.registryUrl}/subjects/calls-value/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema: schema('call_id', 'added_without_default') }),
    })
    expect(answer.status).toBe(409)
  })

  it('took its programs from the cache that an earlier start filled', async () => {
    await stack.stop()
    lines.length = 0
    stack = await startLocalStack({
      ...onJava,
      brokerProperties: shortSession,
      onProgress: (line) => lines.push(line),
    })
    expect(lines).toEqual([
      expect.stringMatching(
        /^starting Kafka on 127\.0\.0\.1:\d+ and the schema registry on 127\.0\.0\.1:\d+…$/,
      ),
      expect.stringMatching(/^ready in \d+\.\d s$/),
    ])
  })

  it('restarts its broker on the same port with the same records, even after a kill', async () => {
    await createTopic(stack, 'kept')
    await produce(stack, 'kept', 'before')
    const before = stack.kafka?.pid ?? 0
    process.kill(before, 'SIGKILL')
    await stack.kafka?.restart()
    expect(stack.kafka?.pid).not.toBe(before)
    expect(await firstValue(stack, 'kept')).toBe('before')
  })

  it('ends both servers when it is stopped', async () => {
    const pids = [stack.kafka?.pid, stack.registry?.pid]
    expect(pids.map(lives)).toEqual([true, true])
    await stack.stop()
    expect(pids.map(lives)).toEqual([false, false])
  })
})

it('keeps records and schemas where a data folder is given', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'stack-data-'))
  const one = await startLocalStack({ ...onJava, dataDir })
  await createTopic(one, 'kept')
  await produce(one, 'kept', 'from the first start')
  const subject = { subject: 'kept-value' }
  const written = { type: SchemaType.AVRO, schema: schema('call_id') } as const
  const { id } = await new SchemaRegistry({ host: one.registryUrl }).register(written, subject)
  await one.stop()

  const other = await startLocalStack({ ...onJava, dataDir })
  expect(await firstValue(other, 'kept')).toBe('from the first start')
  expect(await new SchemaRegistry({ host: other.registryUrl }).getLatestSchemaId('kept-value')).toBe(id)
  await other.stop()
  await rm(dataDir, { recursive: true })
  // Two brokers and two registries, each of which may take a minute.
}, 240_000)

it('names a port that is taken, and starts nothing', async () => {
  const occupant = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(occupant, 'listening')
  const address = occupant.address()
  const registryPort = typeof address === 'object' && address !== null ? address.port : 0
  const lines: string[] = []
  const start = startLocalStack({ ...onJava, registryPort, onProgress: (line) => lines.push(line) })
  await expect(start).rejects.toMatchObject({
    code: 'port_taken',
    message: expect.stringMatching(new RegExp(`schema registry.*${registryPort}.*registryPort`)),
  })
  expect(lines).toEqual([])
  occupant.close()
})

it('says why a broker could not start, and leaves neither server running', async () => {
  const start = startLocalStack({ ...onJava, brokerProperties: { 'log.segment.bytes': 'many' } })
  const error: unknown = await start.catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    code: 'not_ready',
    message: expect.stringMatching(/Kafka.*before it was ready.*kafka\.log:(.|\n)*many/),
  })
  // The folder stays for whoever reads the error.
  const logFile = /(\/\S+kafka\.log):/.exec(String(error))?.[1] ?? ''
  expect(existsSync(logFile)).toBe(true)
  await rm(dirname(logFile), { recursive: true })
})

it('leaves no server and no file behind when the launching process is killed', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'stack-killed-'))
  const module = new URL('../../src/local/stack.ts', import.meta.url).href
  const script = `
    import { startLocalStack } from '${module}'
    const stack = await startLocalStack(${JSON.stringify(onJava)})
    console.log(JSON.stringify([stack.kafka.pid, stack.registry.pid]))`
  const launcher = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: launcher.stdout }), 'line')
  const pids = JSON.parse(String(line)) as number[]
  expect(pids.map(lives)).toEqual([true, true])

  launcher.kill('SIGKILL')
  await until(() => !pids.some(lives))
  await until(async () => (await readdir(temporary)).length === 0)
  await rm(temporary, { recursive: true })
})
