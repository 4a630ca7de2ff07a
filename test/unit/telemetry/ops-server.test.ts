import { afterEach, describe, expect, it } from '@jest/globals'
import type { Checks, OpsServer } from '../../../src/telemetry/ops-server.ts'
import { createOpsServer } from '../../../src/telemetry/ops-server.ts'

const running: OpsServer[] = []
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
    expect(await unknown.text()).toBe('known here: /metrics /status /readyz /livez\n')
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
