// Pieces of work in OpenTelemetry's words: its semantic conventions for messaging and HTTP clients.
// Invariant: no attribute holds a path, a query, a header, a number or a rendered value; `url.full`, which the
// conventions ask of a client's span, is left out for that.
import { retryTopicOf } from '../domain/retry-topic.ts'
import type { TracedWork, WorkEnding } from '../domain/traced-work.ts'

export type SpanRole = 'consumer' | 'producer' | 'client' | 'internal'

type Attributes = Readonly<Record<string, string | number>>

export interface SpanWords {
  readonly name: string
  readonly role: SpanRole
  readonly attributes: Attributes
}

/** The names of what the worker reads and writes. */
export interface SpanNames {
  readonly groupId: string
  readonly outcomesTopic: string
  readonly retryTopicPrefix: string
}

export function spanWordsOf(work: TracedWork, names: SpanNames): SpanWords {
  switch (work.kind) {
    case 'record': {
      const { topic, partition, offset } = work.source
      const attributes = {
        ...messaging('process', topic),
        'messaging.consumer.group.name': names.groupId,
        'messaging.destination.partition.id': String(partition),
        'messaging.kafka.offset': Number(offset),
      }
      return { name: `process ${topic}`, role: 'consumer', attributes }
    }
    case 'delivery': {
      const attributes = {
        'webhook.delivery_id': work.deliveryId,
        'webhook.id': work.webhookId,
        'webhook.event_id': work.eventId,
        'webhook.account_id': work.accountId,
      }
      return { name: 'deliver', role: 'internal', attributes }
    }
    case 'rendering':
      return { name: 'render', role: 'internal', attributes: {} }
    case 'attempt':
      return { name: work.method, role: 'client', attributes: attemptAttributes(work) }
    case 'outcome': {
      const attributes = {
        ...messaging('send', names.outcomesTopic),
        'webhook.result': work.result,
        'webhook.reason': work.reason,
      }
      return { name: `send ${names.outcomesTopic}`, role: 'producer', attributes }
    }
    case 'parking': {
      const topic = retryTopicOf(names.retryTopicPrefix, work.delayMs)
      return { name: `send ${topic}`, role: 'producer', attributes: messaging('send', topic) }
    }
  }
}

export interface EndingWords {
  readonly attributes: Attributes
  readonly status: 'unset' | 'error'
}

export function endingWordsOf(ending: WorkEnding): EndingWords {
  switch (ending.kind) {
    case 'done':
      return { attributes: {}, status: 'unset' }
    case 'failed':
      return { attributes: { 'error.type': ending.reason }, status: 'error' }
    case 'attempted': {
      const { result } = ending
      if (result.kind === 'unanswered')
        return { attributes: { 'error.type': result.failure }, status: 'error' }
      const answered = { 'http.response.status_code': result.statusCode }
      return result.statusCode < 400
        ? { attributes: answered, status: 'unset' }
        : { attributes: { ...answered, 'error.type': String(result.statusCode) }, status: 'error' }
    }
  }
}

function messaging(operation: 'process' | 'send', topic: string): Attributes {
  return {
    'messaging.system': 'kafka',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': topic,
  }
}

function attemptAttributes({
  method,
  origin,
  attempt,
}: Extract<TracedWork, { kind: 'attempt' }>): Attributes {
  const { hostname, port, protocol } = new URL(origin)
  const attributes = {
    'http.request.method': method,
    'server.address': hostname,
    'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
    'url.scheme': protocol.slice(0, -1),
  }
  return attempt === 1 ? attributes : { ...attributes, 'http.request.resend_count': attempt - 1 }
}
