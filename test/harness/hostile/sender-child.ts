// The sender in a process of its own: what receivers pour into it is not counted as the memory of those who pour, and a
// rejection that nobody handles ends it.
import { createHttpSender } from '../../../src/http/http-sender.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { loopback } from '../loopback.ts'
import type { SenderCommand, SenderReply, SenderSetting } from './sender-process.ts'

const setting = JSON.parse(process.argv[2] ?? '{}') as SenderSetting
const { totalTimeoutMs: _ours, ...options } = setting
const sender = createHttpSender(
  { maxResponseBytes: 65_536, keepAliveMs: 4_000, allowedAddresses: loopback, ...options },
  systemClock,
)
const never = new AbortController().signal
const tell = (reply: SenderReply): void => void process.send?.(reply)
const mebibyte = 1_048_576

let mostRss = 0
const sampling = setInterval(() => (mostRss = Math.max(mostRss, process.memoryUsage.rss())), 5)

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

async function send(command: Extract<SenderCommand, { kind: 'send' }>): Promise<void> {
  const { id, origin, target, bodyBytes, totalTimeoutMs } = command
  const startedAtMs = performance.now()
  const headers = ['content-type', 'text/plain', 'webhook-id', `id-${id}`]
  const request = {
    method: 'POST',
    origin,
    tlsVerification: 'on',
    target,
    headers,
    body: 'x'.repeat(bodyBytes),
  } as const
  const result = await sender.send(
    request,
    { connectTimeoutMs: setting.connectTimeoutMs, totalTimeoutMs },
    never,
  )
  tell({ kind: 'sent', id, result, tookMs: performance.now() - startedAtMs })
}

process.on('message', (command: SenderCommand) => {
  switch (command.kind) {
    case 'send':
      void send(command)
      return
    case 'burden':
      tell({ kind: 'burden', rssMb: mostRss / mebibyte, cpuMs: cpuMs() })
      // Where it is allowed to: what is garbage now is not what comes next.
      globalThis.gc?.()
      mostRss = process.memoryUsage.rss()
      return
    case 'stop':
      clearInterval(sampling)
      process.disconnect()
      void sender.stop()
  }
})
tell({ kind: 'started' })
