// The Kafka client's own log lines in ours. A plain function in the client's shape, without importing it.
// Invariant: of what the client adds to a line only a few fields pass; its dumps of requests may hold anything.
import type { Log } from './log.ts'

/** One line as the client hands it over. */
export interface KafkaLogEntry {
  readonly namespace: string
  /** 1 error, 2 warn, 4 info, 5 debug. */
  readonly level: number
  readonly log: Readonly<Record<string, unknown>>
}

const passedFields = ['broker', 'groupId', 'topic', 'partition', 'error', 'retryCount', 'retryTime']

/** For the client's `logCreator` option. Its info lines (every join, every fetcher) are debug lines here. */
export function kafkaLogCreator(log: Log): (level: number) => (entry: KafkaLogEntry) => void {
  return () =>
    ({ namespace, level, log: line }) => {
      const fields = Object.fromEntries(passedFields.map((name) => [name, plain(line[name])]))
      const text = `kafka client: ${String(line['message'])}`
      const write = level <= 1 ? log.error : level <= 2 ? log.warn : log.debug
      write(text, { ...fields, namespace: namespace === '' ? undefined : namespace })
    }
}

function plain(value: unknown): string | number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined
}
