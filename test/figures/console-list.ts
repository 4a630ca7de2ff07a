// What a large account costs the console: 10,000 webhooks of one account in the topic, the time to be ready, the list's
// slowest page, a search, a save, and the memory of the process. One JSON line; exit code 1 above 200 ms or 300 MB.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parameterCatalogue } from '../../src/domain/parameter-catalogue.ts'
import { freePort } from '../../src/local/stack-ports.ts'
import { draftForm } from '../harness/console-rig.ts'
import { peakMegabytesOf } from '../harness/memory.ts'
import { until } from '../harness/until.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import { onLocalStack } from './on-local-stack.ts'

const webhooks = Number(process.env['FIGURE_WEBHOOKS'] ?? 10_000)
const maxPageMs = 200
const maxMegabytes = 300
const root = new URL('../../', import.meta.url).pathname

await onLocalStack(async () => {
  const rig = await startWorkerRig()
  const folder = await mkdtemp(join(tmpdir(), 'console-figure-'))
  await Promise.all(Array.from({ length: webhooks }, (_, index) => rig.publisher.webhook(large(index))))
  const port = await freePort()
  const environment = {
    ...rig.environment,
    PATH: process.env['PATH'],
    CONSOLE_PORT: String(port),
    CONSOLE_STORE_FILE: join(folder, 'counts.sqlite'),
    CONSOLE_REQUESTS_PER_MINUTE: '1000000',
  }
  const startedAtMs = performance.now()
  const child = spawn(process.execPath, ['src/main.ts', 'console'], {
    cwd: root,
    env: environment,
    stdio: 'inherit',
  })
  try {
    const ask = async (path: string, init?: RequestInit) => {
      const begunAtMs = performance.now()
      const response = await fetch(`http://127.0.0.1:${port}/api${path}`, init)
      const body = (await response.json()) as { total: number; next: string | null }
      return { body, status: response.status, ms: performance.now() - begunAtMs }
    }
    const isReady = async (): Promise<boolean> => {
      try {
        return (await ask('/webhooks?limit=1')).status === 200
      } catch {
        return false
      }
    }
    await until(isReady, 'the console to be ready', 60_000)
    const readyMs = performance.now() - startedAtMs
    const first = await ask('/webhooks?limit=50')
    if (first.body.total !== webhooks) throw new Error(`${first.body.total} webhooks are listed`)
    const pages = [first.ms]
    for (let after = first.body.next; after !== null;) {
      const page = await ask(`/webhooks?limit=500&after=${after}`)
      pages.push(page.ms)
      after = page.body.next
    }
    const search = await ask('/webhooks?search=client-9999')
    const save = await ask('/webhooks', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(draftForm()),
    })
    const afterSave = await ask('/webhooks?limit=50')
    const megabytes = await peakMegabytesOf(child.pid ?? 0)
    const slowestPageMs = Math.max(...pages, search.ms, afterSave.ms)
    const rounded = (ms: number): number => Number(ms.toFixed(1))
    console.log(
      JSON.stringify({
        figure: 'console list',
        webhooks,
        readyMs: rounded(readyMs),
        firstPageMs: rounded(first.ms),
        slowestPageMs: rounded(slowestPageMs),
        pages: pages.length,
        searchMs: rounded(search.ms),
        saveMs: rounded(save.ms),
        peakMegabytes: rounded(megabytes),
      }),
    )
    if (slowestPageMs > maxPageMs || megabytes > maxMegabytes) process.exitCode = 1
  } finally {
    child.kill('SIGTERM')
    await rig.stop()
    await rm(folder, { recursive: true })
  }
})

/** As many fields as a client who uses everything fills in. */
function large(index: number) {
  return webhookRecord({
    webhook_id: `wh-${String(index).padStart(6, '0')}`,
    account_id: 'demo',
    host: `client-${index}.example.com`,
    port: 443,
    protocol: 'https',
    path: `hooks/${'t'.repeat(40)}-${index}`,
    parameters: parameterCatalogue
      .slice(0, 25)
      .map(({ name }) => ({ name: `their-${name}`, source: { parameter: name, literal: null } })),
    headers: [{ name: 'X-Key', value: `secret-${index}` }],
    created_at: 1_700_000_000_000 + index,
    updated_at: 1_700_000_000_000 + index,
  })
}
