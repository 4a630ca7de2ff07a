import { createServer } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { expectedError } from '../../../src/cli/expected-error.ts'
import { runCli } from '../../harness/run-cli.ts'

const run = (words: readonly string[], environment: Record<string, string> = {}) =>
  runCli(words, { environment })

/** A port that was free a moment ago, so that nothing answers there. */
async function silentPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

const faultyFile = 'test/unit/cli/no-such-file.json'

/** Every command and subcommand, as the help texts themselves list them. */
async function commandsBelow(words: readonly string[]): Promise<readonly (readonly string[])[]> {
  const { out } = await run([...words, '--help'])
  const listed = out.split('\nCommands:\n')[1]?.split('\n\n')[0] ?? ''
  const names = [...listed.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name = '']) => name)
  const below = await Promise.all(
    names.filter((name) => name !== 'help').map((name) => commandsBelow([...words, name])),
  )
  return [words, ...below.flat()]
}

describe('help', () => {
  it('is had of every command, with an example', async () => {
    const commands = await commandsBelow([])
    expect(commands.map((words) => words.join(' '))).toEqual([
      '',
      'worker',
      'console',
      'topics',
      'topics create',
      'topics check',
      'schemas',
      'schemas register',
      'schemas check',
      'top',
      'webhooks',
      'webhooks validate',
      'webhooks list',
      'webhooks get',
      'webhooks put',
      'webhooks import',
      'webhooks delete',
      'pause',
      'resume',
      'pauses',
      'render',
      'send-test',
      'tail',
      'inspect',
      'replay',
      'secrets',
      'secrets key',
      'secrets rotate',
      'log-level',
      'settings',
      'settings print',
      'simulate',
      'stack',
      'demo',
    ])
    for (const words of commands) {
      const { exitCode, out, err } = await run([...words, '--help'])
      expect({ words, exitCode, err }).toEqual({ words, exitCode: 0, err: '' })
      expect(out).toMatch(/\nExamples?:\n {2}.*(node src\/main\.ts|npm run)/)
    }
  })

  it('has the version', async () => {
    expect(await run(['--version'])).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+/),
    })
  })
})

describe('what cannot be done is said in one line, with exit code 1', () => {
  it.each([
    [['topicz'], 'error: no such command: topicz; see --help'],
    [['worker', '--port', '3'], "error: unknown option '--port'"],
    [
      ['stack', '--kafka-port', 'x'],
      "error: option '--kafka-port <port>' argument 'x' is invalid. Allowed: a whole number from 0 to 65535.",
    ],
    [
      ['settings', 'print', '--config', faultyFile],
      `${faultyFile}: the file cannot be read (ENOENT); name files with --config or CONFIG_FILES`,
    ],
    [
      ['--config', faultyFile],
      `${faultyFile}: the file cannot be read (ENOENT); name files with --config or CONFIG_FILES`,
    ],
  ])('%j', async (words, err) => {
    expect(await run(words)).toEqual({ exitCode: 1, out: '', err })
  })

  it('every fault of the settings has a line', async () => {
    const { exitCode, err } = await run(['worker'], { OPS_PORT: 'high', LOG_LEVEL: 'loud' })
    expect(exitCode).toBe(1)
    expect(err.split('\n')).toEqual([
      'ops.port (OPS_PORT): "high" is text; allowed: a whole number from 0 to 65535',
      'log.level (LOG_LEVEL): "loud" is text; allowed: one of debug, info, warn, error, silent',
    ])
  })

  it('a registry that does not answer is named', async () => {
    const url = `http://127.0.0.1:${await silentPort()}`
    const { exitCode, err } = await run(['schemas', 'check'], { REGISTRY_URL: url })
    expect(exitCode).toBe(1)
    expect(err).toBe(
      `the schema registry at ${url} does not answer: connect ECONNREFUSED ${url.slice('http://'.length)}; see registry.url (REGISTRY_URL)`,
    )
  })

  it('brokers that do not answer are named', async () => {
    const broker = `127.0.0.1:${await silentPort()}`
    const { exitCode, err } = await run(['topics', 'check'], { KAFKA_BROKERS: broker })
    expect(exitCode).toBe(1)
    expect(err).toBe(
      `Kafka at ${broker}: Connection error: connect ECONNREFUSED ${broker}; see kafka.brokers (KAFKA_BROKERS), kafka.ssl and kafka.sasl`,
    )
  })
})

describe('settings print', () => {
  it('prints what is in force, without secrets', async () => {
    const { exitCode, out } = await run(['settings', 'print', '-c', 'config/demo.json'], {
      REGISTRY_USERNAME: 'u',
      REGISTRY_PASSWORD: 'hidden',
    })
    expect(exitCode).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      registry: { username: 'u', password: '***' },
      topics: { events: { partitions: 4 } },
    })
    expect(out).not.toContain('hidden')
  })
})

describe('expectedError', () => {
  it('tells the Kafka client’s errors with what to look at', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { name: 'KafkaJSConnectionError' })
    expect(expectedError(refused)).toBe(
      'Kafka: connect ECONNREFUSED; see kafka.brokers (KAFKA_BROKERS), kafka.ssl and kafka.sasl',
    )
    const absent = { name: 'KafkaJSProtocolError', type: 'UNKNOWN_TOPIC_OR_PARTITION' }
    expect(expectedError(Object.assign(new Error('No such topic'), absent))).toBe(
      'Kafka: No such topic; see "topics check" and "topics create"',
    )
  })

  it('knows the refusals by code, and takes all else for a bug', () => {
    expect(expectedError(Object.assign(new Error('no'), { code: 'START_POSITION_MISSING' }))).toBe('no')
    expect(expectedError(Object.assign(new Error('no'), { code: 'ECONNRESET' }))).toBeNull()
    expect(expectedError(Object.assign(new Error('no'), { code: 'constructor' }))).toBeNull()
    expect(expectedError(new TypeError('bug'))).toBeNull()
    expect(expectedError('text')).toBeNull()
  })
})
