import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { createInterface } from 'node:readline'
import { describe, expect, it } from '@jest/globals'
import { createLogOutput } from '../../../src/telemetry/log-output.ts'

const line = `${'x'.repeat(1_023)}\n`

function outputTo(stream: Writable) {
  let lost = 0
  const told: number[] = []
  const output = createLogOutput(stream, {
    lost: () => void (lost += 1),
    goesOn: (lines) => void told.push(lines),
  })
  return { output, lost: () => lost, told }
}

describe('createLogOutput', () => {
  it('keeps a bounded part of what a slow reader does not take, and tells how much was lost once it goes on', async () => {
    const stream = new PassThrough()
    const { output, lost, told } = outputTo(stream)
    for (let index = 0; index < 5_000; index += 1) output.write(line)
    expect(stream.writableLength).toBeLessThanOrEqual(1_048_576 + line.length)
    const lostLines = lost()
    expect(lostLines).toBeGreaterThan(3_900)
    const drained = once(stream, 'drain')
    stream.resume()
    await drained
    expect(told).toEqual([lostLines])
    output.write(line)
    expect(lost()).toBe(lostLines)
  })

  it('outlives its reader', async () => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })),
    })
    const { output, lost } = outputTo(stream)
    const failed = once(stream, 'error')
    output.write(line)
    await failed
    output.write(line)
    expect(lost()).toBe(1)
  })

  it('lets go of its stream', () => {
    const stream = new PassThrough()
    const { output } = outputTo(stream)
    output.stop()
    expect(stream.listenerCount('drain') + stream.listenerCount('error')).toBe(0)
  })
})

/**
 * What a program says on its error stream, until it has ended, with a pipe as the shell makes it for its output, which is
 * full already where `pipe` says so, and whose reader never reads: what a log shipper that hangs is.
 */
async function saidUnread(pipe: 'empty' | 'full', words: readonly string[]): Promise<readonly string[]> {
  const fill = pipe === 'full' ? 'head -c 65536 /dev/zero;' : ''
  const shell = spawn(
    'sh',
    ['-c', `{ ${fill} "$0" "$@"; echo ended >&2; } | sleep 60`, process.execPath, ...words],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      env: { ...process.env, KAFKA_BROKERS: '127.0.0.1:1', OPS_PORT: '0', LOG_LEVEL: 'debug' },
    },
  )
  const kill = (): void => void (shell.pid !== undefined && process.kill(-shell.pid, 'SIGKILL'))
  const tooLate = setTimeout(kill, 25_000)
  const said: string[] = []
  for await (const text of createInterface({ input: shell.stderr })) {
    said.push(text)
    if (text === 'ended') break
  }
  clearTimeout(tooLate)
  if (said.includes('ended')) kill()
  return said
}

describe('a process whose log nobody reads', () => {
  it('goes on', async () => {
    const program = [
      "import { createLog } from './src/telemetry/log.ts'",
      "import { systemClock } from './src/runtime/clock.ts'",
      'let lost = 0',
      "const log = createLog({ level: 'info', workerId: 'me', clock: systemClock, lost: () => (lost += 1) })",
      "for (let i = 0; i < 20_000; i += 1) log.error('x'.repeat(200))",
      "setImmediate(() => process.stderr.write(lost > 10_000 ? 'alive\\n' : 'nothing lost\\n', () => process.exit()))",
    ].join('\n')
    expect(await saidUnread('empty', ['--input-type=module', '-e', program])).toEqual(['alive', 'ended'])
  })

  it('ends when it has failed', async () => {
    const said = await saidUnread('full', ['src/main.ts', 'worker'])
    expect(said).toEqual([expect.stringContaining('Kafka at 127.0.0.1:1'), 'ended'])
  })
})
