// Ready is a fact that is asked for, never a time that is waited out: Kafka answers a request as a broker, the
// registry answers with its subjects. A process that dies first ends the wait at once, with its log.
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { notReady } from './tied-process.ts'
import type { TiedProcess } from './tied-process.ts'

// A refused connection costs well under a millisecond, so asking often is what makes a start quick.
const pollMs = 25
// How long one question may stay unanswered before it is asked again.
const answerMs = 2_000

/**
 * Resolves when `probe` first answers true.
 * @throws {StackUnavailable} `not_ready` when the process ends first, or the deadline passes
 */
export async function untilReady(
  process: TiedProcess,
  probe: () => Promise<boolean>,
  deadlineMs: number,
): Promise<void> {
  const died = process.ended.then((code) => `ended with exit code ${code} before it was ready`)
  const giveUpAtMs = performance.now() + deadlineMs
  while (performance.now() < giveUpAtMs) {
    const answer = await Promise.race([died, probe()])
    if (answer === true) return
    const reason = typeof answer === 'string' ? answer : await Promise.race([died, delay(pollMs, undefined)])
    if (reason !== undefined) throw await notReady(process, reason)
  }
  throw await notReady(process, `was not ready after ${Math.round(deadlineMs / 1000)} s`)
}

// Kafka's ApiVersions request, version 0: size, API key 18, version 0, correlation id 7, client id "up".
const apiVersionsRequest = Buffer.from([0, 0, 0, 12, 0, 18, 0, 0, 0, 0, 0, 7, 0, 2, 0x75, 0x70])
// Its answer begins with size, correlation id and an error code of 0.
const answerHead = 10

/** Whether a Kafka broker answers on the port. */
export function brokerAnswers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    let received = Buffer.alloc(0)
    const finish = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(answerMs, () => finish(false))
    socket.once('error', () => finish(false))
    socket.once('close', () => finish(false))
    socket.once('connect', () => socket.write(apiVersionsRequest))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length >= answerHead)
        finish(received.readInt32BE(4) === 7 && received.readInt16BE(8) === 0)
    })
  })
}

/** Whether a registry that speaks Confluent's API answers under the address. */
export async function registryAnswers(registryUrl: string): Promise<boolean> {
  try {
    const answer = await fetch(`${registryUrl}/subjects`, { signal: AbortSignal.timeout(answerMs) })
    await answer.body?.cancel()
    return answer.status === 200
  } catch {
    return false
  }
}
