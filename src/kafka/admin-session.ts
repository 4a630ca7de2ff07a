// One round of questions to the brokers, from connecting to disconnecting, for whoever a person waits for.
// Invariant: it ends within a bounded time, and what goes wrong is one error that names the brokers: the client's
// own tries add up to minutes where connections are taken and nothing is answered.
import kafkajs from 'kafkajs'
import type { Admin, KafkaConfig } from 'kafkajs'
import { applyClientPatches } from './client-patches.ts'

const { Kafka, logLevel } = kafkajs

/** Above two request timeouts at their default, below the half minute after which a person takes it for stuck. */
const answerWithinMs = 22_000
/** Without this the client's disconnect waits for answers that never come. */
const disconnectWithinMs = 1_000

/** The brokers cannot be reached, or refuse what was asked of them. */
class KafkaRefused extends Error {
  readonly code: 'KAFKA_UNREACHABLE' | 'KAFKA_REFUSED'

  constructor(code: KafkaRefused['code'], text: string, options?: ErrorOptions) {
    super(text, options)
    this.code = code
  }
}

/**
 * Asks the brokers through a connection of its own.
 * @throws KafkaRefused also when they have not answered within 22 s
 */
export async function withAdmin<Answer>(
  kafka: KafkaConfig,
  ask: (admin: Admin) => Promise<Answer>,
): Promise<Answer> {
  applyClientPatches()
  const admin = new Kafka({
    // What goes wrong is the error; the client's own log would say it a second time, and in the wrong place.
    logLevel: logLevel.NOTHING,
    // A person waits: about two seconds of trying instead of the client's default of half a minute.
    retry: { initialRetryTime: 200, maxRetryTime: 1_000, retries: 3 },
    enforceRequestTimeout: true,
    ...kafka,
  }).admin()
  const answered = async (): Promise<Answer> => {
    await admin.connect()
    return ask(admin)
  }
  try {
    const late = () => new Error(`no answer within ${answerWithinMs / 1_000} s`)
    return await within(answerWithinMs, answered(), late)
  } catch (error) {
    const code = isAnswer(error) ? 'KAFKA_REFUSED' : 'KAFKA_UNREACHABLE'
    throw new KafkaRefused(code, `Kafka at ${brokersOf(kafka)}: ${reasonOf(error)}`, { cause: error })
  } finally {
    await within(disconnectWithinMs, admin.disconnect(), () => new Error('late')).catch(() => undefined)
  }
}

async function within<Value>(ms: number, work: Promise<Value>, late: () => Error): Promise<Value> {
  const expired = Promise.withResolvers<never>()
  const timer = setTimeout(() => expired.reject(late()), ms)
  // The one that loses may still reject, with nobody listening.
  work.catch(() => undefined)
  try {
    return await Promise.race([work, expired.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** What a broker said carries the protocol's name of the fault, or is a collection of such. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && ('type' in error || 'errors' in error)
}

function brokersOf({ brokers }: KafkaConfig): string {
  return typeof brokers === 'function' ? 'the brokers' : brokers.join(', ')
}

// The client collects what brokers say about several topics into one error whose own text is empty.
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('type' in error && error.type === 'INVALID_REPLICATION_FACTOR') {
    return 'the cluster has fewer brokers than the replication factor asks for'
  }
  if (!('errors' in error) || !Array.isArray(error.errors)) return error.message
  return error.errors
    .map((each: unknown) => {
      const topic: unknown = Object(each).topic
      return typeof topic === 'string' ? `${topic}: ${reasonOf(each)}` : reasonOf(each)
    })
    .join('; ')
}
