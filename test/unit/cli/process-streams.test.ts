import { describe, expect, it } from '@jest/globals'
import { PassThrough } from 'node:stream'
import { processStreams } from '../../../src/cli/process-streams.ts'

/** A process whose streams are or are not a person's. */
function started(tty: { readonly out: boolean; readonly err: boolean }, env: Record<string, string> = {}) {
  const streamOf = (isTTY: boolean) =>
    Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 30 })
  const [stdin, stdout, stderr] = [streamOf(false), streamOf(tty.out), streamOf(tty.err)]
  const streams = { env, stdin, stdout, stderr }
  const terminal = processStreams(streams as unknown as Parameters<typeof processStreams>[0])
  const read = (stream: PassThrough): string => String(stream.read() ?? '')
  return { terminal, stdout, out: () => read(stdout), err: () => read(stderr) }
}

describe('progress', () => {
  it('is shown to a person, each in the place of the one before, cut to a line, and taken away', () => {
    const { terminal, err } = started({ out: true, err: true })
    terminal.progress('one')
    terminal.progress('one')
    terminal.progress('x'.repeat(40))
    terminal.progress(null)
    expect(err().split('\r\u001B[K')).toEqual(['', 'one', 'x'.repeat(29), ''])
  })

  it('makes way for a line, and stands below it again', () => {
    const { terminal, out, err } = started({ out: true, err: true })
    terminal.progress('half')
    terminal.out('result')
    expect(out()).toBe('result\n')
    expect(err().split('\r\u001B[K')).toEqual(['', 'half', '', 'half'])
  })

  it('is not written where nobody looks', () => {
    const { terminal, err } = started({ out: true, err: false })
    terminal.progress('half')
    terminal.err('line')
    expect(err()).toBe('line\n')
  })
})

it('has colours for a person who wants them', () => {
  expect(started({ out: true, err: false }).terminal.style).toBe('colours')
  expect(started({ out: false, err: true }).terminal.style).toBe('plain')
  expect(started({ out: true, err: true }, { NO_COLOR: '1' }).terminal.style).toBe('plain')
})

it('asks nobody where nobody sits', async () => {
  await expect(started({ out: true, err: true }).terminal.ask('sure?')).resolves.toBeNull()
})

describe('output', () => {
  it('that nobody reads any more is told, and no more of it is written', async () => {
    const { terminal, stdout, out } = started({ out: false, err: false })
    const unread = terminal.untilUnread()
    stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    await unread
    terminal.out('more')
    expect(out()).toBe('')
  })

  it('that fails otherwise is a fault', () => {
    const { stdout } = started({ out: false, err: false })
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    expect(() => stdout.emit('error', full)).toThrow('no space left')
  })
})
