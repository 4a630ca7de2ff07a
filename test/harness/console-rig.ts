// Consoles on the real broker and registry, with topics of their own, and a client for their API.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PageAssets } from '../../src/console/assets.ts'
import { startConsole } from '../../src/console/console.ts'
import type { RunningConsole } from '../../src/console/console.ts'
import { loadSettings } from '../../src/settings/load.ts'
import type { Observer } from '../../src/ports.ts'
import { startWorkerRig } from './worker-rig.ts'
import type { WorkerRig } from './worker-rig.ts'

/** Beyond which nobody asks by accident. */
const many = '1000000'

export interface ConsoleClient {
  readonly address: string
  readonly console: RunningConsole
  /** As the account; headers on top of the usual ones. */
  ask(account: string, method: string, path: string, options?: AskOptions): Promise<Answer>
}

export interface AskOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Parsed where it is JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of many shapes.
  readonly body: any
}

export interface ConsoleRig extends WorkerRig {
  startConsole(overrides?: Readonly<Record<string, string>>, ...observers: Observer[]): Promise<ConsoleClient>
}

/** Accounts come in the header of a trusted proxy, which every test is. `assets`: default none, they take a second. */
export async function startConsoleRig(
  overrides: Readonly<Record<string, string>> = {},
  assets: PageAssets = noAssets,
): Promise<ConsoleRig> {
  const rig = await startWorkerRig(overrides)
  const folder = await mkdtemp(join(tmpdir(), 'console-'))
  const consoles: RunningConsole[] = []
  return {
    ...rig,
    async startConsole(more = {}, ...observers) {
      const environment = {
        ...rig.environment,
        CONSOLE_PORT: '0',
        CONSOLE_AUTHENTICATION: 'proxy',
        CONSOLE_STORE_FILE: join(folder, `${randomUUID()}.sqlite`),
        CONSOLE_REQUESTS_PER_MINUTE: many,
        CONSOLE_TESTS_PER_MINUTE: '10000',
        ...more,
      }
      const settings = loadSettings({ files: [], environment })
      const console = await startConsole(settings, { observers, assets })
      consoles.push(console)
      await console.ready
      return clientOf(console)
    },
    async stop() {
      await Promise.all(consoles.map((console) => console.stop()))
      await rig.stop()
      await rm(folder, { recursive: true })
    },
  }
}

const page = {
  path: '/',
  contentType: 'text/html',
  etag: 'none',
  bodies: { identity: Buffer.from(''), gzip: Buffer.from(''), br: Buffer.from('') },
}
const noAssets: PageAssets = { pages: { ru: page, en: page }, files: [] }

function clientOf(console: RunningConsole): ConsoleClient {
  const { address } = console
  return {
    address,
    console,
    async ask(account, method, path, { body, headers = {} } = {}) {
      const response = await fetch(new URL(path, address), {
        method,
        headers: {
          'x-account-id': account,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
      return {
        status: response.status,
        headers: response.headers,
        body: isJson ? (JSON.parse(text) as unknown) : text,
      }
    },
  }
}

/** A webhook as a page sends it. */
export function draftForm(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    address: 'https://crm.example.com',
    path: 'in/token-1.php',
    method: 'POST',
    content_type: 'application/json',
    event_types: ['call_start', 'call_end'],
    parameters: [
      { name: 'phone', parameter: 'client_number' },
      { name: 'key', literal: 'v1' },
    ],
    ...more,
  }
}
