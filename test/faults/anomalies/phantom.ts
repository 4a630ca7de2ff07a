// A worker that sends what nobody ordered: now and then a request goes out a second time under another id.
import { randomUUID } from 'node:crypto'
import { ConnectionDirectory } from '../../../src/http/connection-directory.ts'
import { Exchange } from '../../../src/http/exchange.ts'
import { replace } from '../../harness/replaced-method.ts'

let requests = 0

replace(ConnectionDirectory, 'dispatch', (original, origin, request, exchange) => {
  original(origin, request, exchange)
  requests += 1
  if (requests % 50 !== 0 || !Array.isArray(request.headers)) return
  const headers = [...request.headers]
  headers[headers.indexOf('webhook-id') + 1] = randomUUID()
  const { signal } = new AbortController()
  const bounds = { totalTimeoutMs: 5_000, maxResponseBytes: 1_024, signal }
  const unseen = new Exchange({ ...bounds, monotonicMs: () => performance.now() }, () => {})
  original(origin, { ...request, headers }, unseen)
})()
