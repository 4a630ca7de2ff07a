// The errors that a person can mend: they are told in their own words, without a stack trace.
// They are known by their codes, because the rooms that throw them do not know each other.
import { kafkaFault } from './kafka-fault.ts'

// What to look at, where the error's own text does not say.
const advice: Readonly<Record<string, string>> = {
  CONSOLE_REFUSED: '',
  INVALID_SETTINGS: '',
  KAFKA_UNREACHABLE: '; see kafka.brokers (KAFKA_BROKERS), kafka.ssl and kafka.sasl',
  KAFKA_REFUSED: '',
  OPS_SERVER_REFUSED: '',
  REGISTRY_REFUSED: '; see registry.url (REGISTRY_URL)',
  SCHEMA_NOT_REGISTERED: '',
  START_POSITION_MISSING: '',
  START_REFUSED: '',
  STORE_FILE_REFUSED: '; see console.storeFile (CONSOLE_STORE_FILE)',
  UNSUPPORTED_KAFKA_CLIENT: '',
}

/** What to say about an error that was to be expected, or null for a bug. */
export function expectedError(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  // The stack's launcher tells several reasons apart by code, under one name.
  if (error.name === 'StackUnavailable') return error.message
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const fault = code.startsWith('KAFKA_') ? kafkaFault(error.message) : null
  if (fault !== null) return oneLine(`${error.message.trimEnd()}: ${fault}`)
  if (Object.hasOwn(advice, code)) return error.message + (advice[code] ?? '')
  return error.name.startsWith('KafkaJS') ? kafkaError(error) : null
}

// From the client itself, in a worker's start: its text names the broker, or nothing but the fault.
function kafkaError(error: Error): string {
  const type = 'type' in error ? error.type : undefined
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION')
    return `Kafka: ${error.message}; see "topics check" and "topics create"`
  const fault = kafkaFault(error.message)
  return oneLine(
    fault === null
      ? `Kafka: ${error.message}${advice['KAFKA_UNREACHABLE']}`
      : `Kafka: ${error.message.trimEnd()}: ${fault}`,
  )
}

// OpenSSL ends its texts with a line break.
function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ')
}
