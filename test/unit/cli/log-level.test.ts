import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createServer } from 'node:http'
import { LogLevelControl } from '../../../src/telemetry/log-level.ts'
import { createOpsServer } from '../../../src/telemetry/ops-server.ts'
import type { OpsServer } from '../../../src/telemetry/ops-server.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'
import { runCli } from '../../harness/run-cli.ts'

const control = new LogLevelControl({
  configured: 'info',
  clock: new VirtualClock(),
  apply: () => {},
  tell: () => {},
})
let server: OpsServer
let url = ''
beforeEach(async () => {
  server = createOpsServer({
    host: '127.0.0.1',
    port: 0,
    metrics: { text: async () => '', contentType: 'text/plain' },
    status: () => ({}),
    ready: () => ({}),
    live: () => ({}),
    logLevel: control,
  })
  url = `http://127.0.0.1:${(await server.start()).port}`
})
afterEach(() => server.stop())

describe('log-level', () => {
  it('shows the level, and changes it for ten minutes where no time is given', async () => {
    expect(await runCli(['log-level', '--url', url])).toEqual({ exitCode: 0, out: 'info', err: '' })
    const changed = await runCli(['log-level', 'debug', '--url', url])
    expect(changed).toEqual({ exitCode: 0, out: 'debug for 10m, then info', err: '' })
    const shown = await runCli(['log-level', '--url', url, '--json'])
    expect(JSON.parse(shown.out)).toEqual({ level: 'debug', configured: 'info', for: '10m' })
    const longer = await runCli(['log-level', 'warn', '--url', url, '--for', '2h'])
    expect(longer.out).toBe('warn for 2h, then info')
  })

  it.each([
    [['verbose'], 'answers 400: the body has to be one of debug, info, warn, error, silent'],
    [
      ['debug', '--for', '3 days'],
      'answers 400: "for" has to be a time such as 90s, 10m or 2h, of at most 24h',
    ],
  ])('%j is answered in one line', async (words, text) => {
    const { exitCode, out, err } = await runCli(['log-level', ...words, '--url', url])
    expect({ exitCode, out, err }).toEqual({ exitCode: 1, out: '', err: `${url} ${text}` })
  })

  it('says in one line that nobody answers, or something else does', async () => {
    expect(await runCli(['log-level', '--url', 'nonsense'])).toMatchObject({
      exitCode: 1,
      err: '--url: "nonsense" is no URL; for example http://127.0.0.1:9464',
    })
    const other = createServer((_request, response) => void response.end('{"level":1}\u001b[2J'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' ? address?.port : 0
    const elsewhere = `http://127.0.0.1:${port}`
    expect((await runCli(['log-level', '--url', elsewhere])).err).toBe(
      `${elsewhere} answers 200: {"level":1}\\u001b[2J`,
    )
    other.closeAllConnections()
    await new Promise((resolve) => other.close(resolve))
    expect((await runCli(['log-level', '--url', elsewhere])).err).toBe(
      `${elsewhere} does not answer (ECONNREFUSED); see --url, and ops.host and ops.port`,
    )
  })
})
