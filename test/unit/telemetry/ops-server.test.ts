import { afterEach, describe, expect, it } from '@jest/globals'
import type { Checks, OpsServer } from '../../../src/telemetry/ops-server.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { LogLevelControl } from '../../../src/telemetry/log-level.ts'
import { createOpsServer } from '../../../src/telemetry/ops-server.ts'

const running: OpsServer[] = []
const told: object[] = []
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop()
})

function serverWith(
  checks: { ready?: Checks; live?: Checks; port?: number; text?: () => Promise<string> } = {},
) {
  const server = createOpsServer({
    host: '127.0.0.1',
    port: checks.port ?? 0,
    metrics: { text: checks.text ?? (async () => 'up 1\n'), contentType: 'text/plain; version=0.0.4' },
    status: () => ({ version: '1.2.3' }),
    ready: () => checks.ready ?? {},
    live: () => checks.live ?? {},
    logLevel: new LogLevelControl({
      configured: 'info',
      clock: systemClock,
      apply: () => {},
      tell: (text, fields) => void told.push({ text, ...fields }),
    }),
  })
  running.push(server)
  return server
}

describe('createOpsServer', () => {
  it('serves the metrics', async () => {
    const { port } = await serverWith().start()
    const response = await fetch(`http://127.0.0.1:${port}/metrics`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4')
    expect(await response.text()).toBe('up 1\n')
  })

  it('serves its status as JSON for a person', async () => {
    const { port } = await serverWith().start()
    const response = await fetch(`http://127.0.0.1:${port}/status`)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.text()).toBe('{\n  "version": "1.2.3"\n}\n')
  })

  it.each([
    ['readyz', 200, { ready: true, checks: { table: true, assigned: true } }],
    ['livez', 503, { live: false, checks: { heartbeat: true, progress: false } }],
  ])('answers /%s with %i and the checks', async (path, status, body) => {
    const server = serverWith({
      ready: { table: true, assigned: true },
      live: { heartbeat: true, progress: false },
    })
    const { port } = await server.start()
    const response = await fetch(`http://127.0.0.1:${port}/${path}?from=probe`)
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual(body)
  })

  it('knows no other path and no other method', async () => {
    const { port } = await serverWith().start()
    const [unknown, posted] = await Promise.all([
      fetch(`http://127.0.0.1:${port}/`),
      fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' }),
    ])
    expect([unknown.status, posted.status]).toEqual([404, 405])
    expect(await unknown.text()).toBe('known here: /metrics /status /log-level /readyz /livez\n')
  })

  it('shows the level of the log, changes it for a time, and says who did', async () => {
    const { port } = await serverWith().start()
    const url = `http://127.0.0.1:${port}/log-level`
    expect(await (await fetch(url)).json()).toEqual({ level: 'info', configured: 'info', for: null })
    const asked = { method: 'PUT', body: 'debug\n', headers: { 'user-agent': 'who\u00a0asks' } }
    const changed = await fetch(`${url}?for=10m`, asked)
    expect(await changed.json()).toEqual({ level: 'debug', configured: 'info', for: '10m' })
    expect(told.at(-1)).toEqual({
      text: 'log level changed',
      from: 'info',
      to: 'debug',
      forS: 600,
      by: expect.stringMatching(/^127\.0\.0\.1 who/),
    })
    expect(await (await fetch(url, { method: 'PUT', body: 'info' })).json()).toMatchObject({ for: null })
  })

  it.each([
    ['PUT', '', 'verbose', 400, 'the body has to be one of debug, info, warn, error, silent'],
    ['PUT', '', 'debug'.padStart(1_000_000, 'x'), 400, 'the body has to be one of'],
    ['PUT', '?for=soon', 'debug', 400, '"for" has to be a time such as 90s, 10m or 2h, of at most 24h'],
    ['PUT', '?for=25h', 'debug', 400, '"for" has to be a time'],
    ['PUT', '?for=0s', 'debug', 400, '"for" has to be a time'],
    ['POST', '', 'debug', 405, 'only GET, HEAD and PUT are answered'],
  ])('refuses %s /log-level%s and changes nothing', async (method, query, body, status, words) => {
    const { port } = await serverWith().start()
    const url = `http://127.0.0.1:${port}/log-level`
    const asked = { method, body }
    const response = await fetch(url + query, asked)
    expect(response.status).toBe(status)
    expect(await response.text()).toContain(words)
    expect(await (await fetch(url)).json()).toMatchObject({ level: 'info' })
  })

  it('names the setting when its port is taken', async () => {
    const { port } = await serverWith().start()
    await expect(serverWith({ port }).start()).rejects.toMatchObject({
      code: 'OPS_SERVER_REFUSED',
      message: `port ${port} on 127.0.0.1 is taken; choose another with ops.port (OPS_PORT), or 0 for a free one`,
    })
  })

  it('survives metrics that fail', async () => {
    const { port } = await serverWith({ text: async () => Promise.reject(new Error('no')) }).start()
    await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow()
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200)
  })

  it('stops twice, and also when it never began', async () => {
    const server = serverWith()
    await server.stop()
    await server.start()
    await server.stop()
    await server.stop()
  })
})
