// Secrets and personal data that the base load carries, each of its own, and the search for them in all that workers write:
// their logs, the outcomes, and what they add to dead letters.
import type { CallEventRecord, WebhookConfigRecord } from '../../src/domain/records.ts'
import type { SourceRecord } from '../../src/ports.ts'
import { createCanaries, headersOfLetter } from '../harness/canaries.ts'

const { at, digitsAt, plant, hitsIn } = createCanaries()

/** For workers; registry and brokers ask for no login. */
export const plantedSettings: Readonly<Record<string, string>> = {
  KAFKA_SASL_PASSWORD: at('kafka password'),
  REGISTRY_USERNAME: 'worker',
  REGISTRY_PASSWORD: at('registry password'),
}

export function plantedWebhook(webhook: WebhookConfigRecord): WebhookConfigRecord {
  const key = Buffer.from(at('signing key').padEnd(30, '.')).toString('base64')
  return {
    ...webhook,
    path: `${webhook.path}/${at('path')}`,
    parameters: [
      ...webhook.parameters,
      { name: 'phone', source: { parameter: 'client_number', literal: null } },
      { name: 'record', source: { parameter: 'record_url', literal: null } },
      { name: 'key', source: { parameter: null, literal: at('literal') } },
    ],
    headers: [{ name: 'X-Key', value: at('header') }],
    authentication: { type: 'basic', username: 'me', password: at('password'), token: null },
    signing_secrets: [`whsec_${plant('signing secret', key)}`],
  }
}

export function plantedEvent(event: CallEventRecord): CallEventRecord {
  return {
    ...event,
    client_number: `+${digitsAt('client number')}`,
    manager_number: `+${digitsAt('manager number')}`,
    manager_name: at('manager name'),
    ip: at('ip'),
    keyword: at('keyword'),
    custom_1: at('custom value'),
    record_url: event.record_url === null ? null : `https://records.example.com/${at('record')}`,
  }
}

export interface Written {
  /** All that each worker has printed. */
  readonly outputs: readonly string[]
  readonly outcomes: readonly object[]
  readonly letters: readonly SourceRecord[]
}

/** Each as what it was found in and where it was planted. */
export function leaksIn({ outputs, outcomes, letters }: Written): readonly string[] {
  const searched: readonly (readonly [what: string, texts: readonly string[]])[] = [
    ['log', outputs],
    ['outcome', Array.from(chunksOf(outcomes), (chunk) => JSON.stringify(chunk))],
    ['dead letter', letters.map(headersOfLetter)],
  ]
  const found = searched.flatMap(([what, texts]) =>
    texts.flatMap((text) => hitsIn(text).map((place) => `${place} in ${what}`)),
  )
  return [...new Set(found)]
}

/** A string of all outcomes of a run could be longer than any may be. */
function* chunksOf<Item>(items: readonly Item[]): Iterable<readonly Item[]> {
  for (let from = 0; from < items.length; from += 1_000) yield items.slice(from, from + 1_000)
}
