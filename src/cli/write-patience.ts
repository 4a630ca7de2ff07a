// How long a person waits for brokers: a writer itself goes on for ever, and the client's tries add up to minutes.
import { setTimeout as delay } from 'node:timers/promises'
import type { Settings } from '../settings/schema.ts'

/** The brokers take nothing, or refuse a record. */
export class WriteFailed extends Error {
  readonly code: 'KAFKA_UNREACHABLE' | 'KAFKA_REFUSED'

  constructor(code: WriteFailed['code'], text: string, options: ErrorOptions) {
    super(text, options)
    this.code = code
  }
}

const giveUpMs = 30_000

/** @throws what `work` throws, or an error once half a minute is over; `last` answers the last that was heard. */
export async function withinPatience<Value>(work: Promise<Value>, last?: () => string): Promise<Value> {
  work.catch(() => {})
  const over = new AbortController()
  const late = delay(giveUpMs, undefined, { signal: over.signal }).then(() => {
    const seconds = giveUpMs / 1_000
    throw new Error(
      last === undefined
        ? `no answer within ${seconds} s`
        : `no acknowledgement within ${seconds} s: ${last()}`,
    )
  })
  late.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    over.abort()
  }
}

/** @throws WriteFailed where the brokers keep silent; what `starting` throws */
export async function startedInTime<Writer>(settings: Settings, starting: Promise<Writer>): Promise<Writer> {
  try {
    return await withinPatience(starting)
  } catch (error) {
    if (!(error instanceof Error) || !isOfSilence(error)) throw error
    const text = `Kafka at ${settings.kafka.brokers.join(', ')}: ${error.message}`
    throw new WriteFailed('KAFKA_UNREACHABLE', text, { cause: error })
  }
}

/** Of brokers that fell silent the client says which request timed out, or by a plain error "Broker not connected". */
function isOfSilence(error: Error): boolean {
  const timedOut = error.cause instanceof Error && error.cause.name === 'KafkaJSRequestTimeoutError'
  return timedOut || (error.name === 'Error' && !('code' in error))
}
