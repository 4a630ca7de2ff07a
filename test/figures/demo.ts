// The demo as a newcomer runs it: seconds to the first delivered webhook on the screen and to the end, its exit
// code, and the processes that it left behind. One JSON line. With `--cold` the stack's cache is a new, empty one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const root = new URL('../../', import.meta.url).pathname
const cold = process.argv.includes('--cold')
const cache = cold ? await mkdtemp(join(tmpdir(), 'demo-figure-')) : null
const mark = `demo-figure-${process.pid}`
const startedAtMs = performance.now()
const secondsSoFar = (): number => Number(((performance.now() - startedAtMs) / 1_000).toFixed(1))

const child = spawn('npm', ['run', 'demo', '--', '--calls', '50'], {
  cwd: root,
  env: { ...process.env, DEMO_FIGURE: mark, ...(cache === null ? {} : { XDG_CACHE_HOME: cache }) },
  stdio: ['ignore', 'pipe', 'inherit'],
})
let text = ''
let firstDelivery: number | null = null
child.stdout.on('data', (chunk: Buffer) => {
  text += chunk.toString('utf8')
  if (firstDelivery === null && text.includes('received:')) firstDelivery = secondsSoFar()
})
await once(child, 'exit')
const figures = {
  figure: `demo, ${cold ? 'cold' : 'warm'}`,
  exitCode: child.exitCode,
  firstDeliverySeconds: firstDelivery,
  totalSeconds: secondsSoFar(),
  missing: Number(/missing (\d+)/.exec(text)?.[1] ?? Number.NaN),
  processesLeft: await leftAfterASecond(mark),
}
console.log(JSON.stringify(figures))
if (cache !== null) await rm(cache, { recursive: true, force: true })
if (figures.exitCode !== 0 || figures.missing !== 0 || figures.processesLeft.length > 0) process.exitCode = 1

/** What is still there when the last helpers of a shutdown have had their second. */
async function leftAfterASecond(wanted: string): Promise<readonly string[]> {
  await delay(1_000)
  return marked(wanted)
}

/** Commands of the processes whose environment carries the mark: whatever the demo started, however deep. */
async function marked(wanted: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      if (Number(pid) === process.pid || !environment.includes(wanted)) return []
      return [
        (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').slice(0, 80),
      ]
    }),
  )
  return found.flat()
}
