// Metrics, health and status over HTTP, for Prometheus, an orchestrator and the person on call.
// Invariant: it answers from what is known at that moment and waits for nobody, so a probe says how the worker
// is and never becomes a load on it.
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LogLevelControl } from './log-level.ts'
import { answerLogLevel } from './log-level-requests.ts'

/** Named facts; all true = well. */
export type Checks = Readonly<Record<string, boolean>>

export interface OpsServerOptions {
  readonly host: string
  /** 0 = any free one. */
  readonly port: number
  readonly metrics: { text(): Promise<string>; readonly contentType: string }
  /** How it stands, as JSON can tell it. */
  status(): object
  readonly logLevel: LogLevelControl
  /** May it be given work? */
  ready(): Checks
  /** Is it worth keeping? Not so = a restart would help. */
  live(): Checks
}

export interface OpsServer {
  /** @throws OpsServerRefused when it cannot listen, with the setting to change. */
  start(): Promise<{ readonly port: number }>
  /** Cuts requests that are under way. Safe to call twice. */
  stop(): Promise<void>
}

/** Refusal to start: metrics and health could not be served where the settings say. */
class OpsServerRefused extends Error {
  readonly code = 'OPS_SERVER_REFUSED'
}

export function createOpsServer(options: OpsServerOptions): OpsServer {
  const server = createServer((request, response) => {
    answer(options, request, response).catch(() => response.destroy())
  })
  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', (error) => reject(refusal(options, error)))
        server.listen(options.port, options.host, () => {
          const address = server.address()
          resolve({ port: typeof address === 'object' && address !== null ? address.port : options.port })
        })
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  { metrics, status, ready, live, logLevel }: OpsServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path, query] = (request.url ?? '').split('?', 2)
  if (path === '/log-level') {
    const { status, contentType, body } = await answerLogLevel(logLevel, request, new URLSearchParams(query))
    return reply(response, status, contentType, body)
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return reply(response, 405, 'text/plain; charset=utf-8', 'only GET and HEAD are answered\n')
  }
  switch (path) {
    case '/metrics':
      return reply(response, 200, metrics.contentType, await metrics.text())
    case '/status':
      return reply(response, 200, 'application/json', `${JSON.stringify(status(), null, 2)}\n`)
    case '/readyz':
      return replyWithChecks(response, 'ready', ready())
    case '/livez':
      return replyWithChecks(response, 'live', live())
    default:
      return reply(
        response,
        404,
        'text/plain; charset=utf-8',
        'known here: /metrics /status /log-level /readyz /livez\n',
      )
  }
}

function replyWithChecks(response: ServerResponse, name: 'ready' | 'live', checks: Checks): void {
  const well = Object.values(checks).every(Boolean)
  reply(response, well ? 200 : 503, 'application/json', `${JSON.stringify({ [name]: well, checks })}\n`)
}

function reply(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' })
  response.end(body)
}

function refusal({ host, port }: OpsServerOptions, error: Error): OpsServerRefused {
  const code = 'code' in error ? String(error.code) : error.message
  const text =
    code === 'EADDRINUSE'
      ? `port ${port} on ${host} is taken; choose another with ops.port (OPS_PORT), or 0 for a free one`
      : `cannot serve metrics on ${host}:${port} (${code}); see ops.host (OPS_HOST) and ops.port (OPS_PORT)`
  return new OpsServerRefused(text, { cause: error })
}
