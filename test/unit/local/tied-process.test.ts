import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startTied } from '../../../src/local/tied-process.ts'
import type { TiedCommand } from '../../../src/local/tied-process.ts'

let folder: string
let running: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tied-'))
  running = join(folder, 'run')
  await mkdir(running)
})

afterEach(() => rm(folder, { recursive: true, force: true }))

const start = (script: string, more: Partial<TiedCommand> = {}) =>
  startTied({
    title: 'The child',
    command: ['sh', '-c', script],
    logFile: join(running, 'child.log'),
    graceSeconds: 5,
    ...more,
  })

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10)
}

const log = () => readFile(join(running, 'child.log'), 'utf8').catch(() => '')

describe('a tied process', () => {
  it('is asked to end, and its folder is removed', async () => {
    const child = await start('exec sleep 600', { removeOnEnd: running })
    expect(lives(child.pid)).toBe(true)
    expect(await child.stop()).toBe(128 + 15)
    expect(lives(child.pid)).toBe(false)
    expect(existsSync(running)).toBe(false)
  })

  it('is ended when it does not listen', async () => {
    const child = await start('trap "" TERM; echo deaf; while :; do sleep 0.05; done', { graceSeconds: 0 })
    await until(async () => (await log()).includes('deaf'))
    expect(await child.stop()).toBe(128 + 9)
  })

  it('that is frozen is ended all the same', async () => {
    const child = await start('exec sleep 600', { graceSeconds: 1 })
    process.kill(child.pid, 'SIGSTOP')
    // A signal that comes before the process has stopped overtakes the stop.
    await until(() =>
      execFileSync('ps', ['-o', 'stat=', '-p', String(child.pid)])
        .toString()
        .startsWith('T'),
    )
    expect(await child.stop()).toBe(128 + 9)
  })

  it('can be ended with its files left in place', async () => {
    const child = await start('echo said; exec sleep 600', { removeOnEnd: running })
    await until(async () => (await log()).includes('said'))
    await child.end()
    expect(lives(child.pid)).toBe(false)
    expect(await log()).toBe('said\n')
  })

  it('that ends by itself keeps its log until it is stopped', async () => {
    const child = await start('echo last words; exit 7', { removeOnEnd: running })
    expect(await child.ended).toBe(7)
    expect(await log()).toBe('last words\n')
    expect(await child.stop()).toBe(7)
    expect(existsSync(running)).toBe(false)
  })

  it('passes on its environment and arguments as they are', async () => {
    const child = await startTied({
      title: 'The child',
      command: ['sh', '-c', 'echo "$WORD|$1"', 'sh', `two words 'and' "quotes" $HOME *`],
      environment: { WORD: 'a b' },
      logFile: join(running, 'child.log'),
      graceSeconds: 1,
    })
    await child.ended
    expect(await log()).toBe(`a b|two words 'and' "quotes" $HOME *\n`)
  })

  it.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
    'ends when its parent ends by %s, and its folder goes too',
    async (signal) => {
      const module = new URL('../../../src/local/tied-process.ts', import.meta.url).href
      const options = {
        title: 'The child',
        command: ['sleep', '600'],
        logFile: join(running, 'child.log'),
        graceSeconds: 5,
        removeOnEnd: running,
      }
      const parent = spawn(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `import { startTied } from '${module}'
           const child = await startTied(${JSON.stringify(options)})
           console.log(child.pid)`,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      const [line] = await once(createInterface({ input: parent.stdout }), 'line')
      const pid = Number(line)
      expect(lives(pid)).toBe(true)
      parent.kill(signal)
      await until(() => !lives(pid) && !existsSync(running))
    },
  )
})
