// Which call events to render a webhook for: one from a file or a position, the latest of its account, or, when
// nothing is said, a call that never was.
import { InvalidArgumentError, Option } from 'commander'
import type { CallEvent } from '../domain/call-event.ts'
import { sampleEvent } from '../domain/sample-event.ts'
import type { Webhook } from '../domain/webhook.ts'
import { readKafkaAccess } from '../settings/kafka-access.ts'
import type { Settings } from '../settings/schema.ts'
import { eventOfFile } from './event-file.ts'
import { shownText } from './shown-text.ts'
import type { Terminal } from './terminal.ts'
import type { Choice } from './webhook-choice.ts'
import { refused } from './webhook-choice.ts'

export interface EventChoice {
  readonly event?: string
  readonly eventAt?: Place
  readonly latestEvent?: true
}

interface Place {
  readonly partition: number
  readonly offset: bigint
}

export function eventFileOption(): Option {
  return new Option('--event <file>', 'JSON file with the fields of a call event; - is the standard input')
}

export function eventOptions(): readonly Option[] {
  return [
    eventFileOption().conflicts(['eventAt', 'latestEvent']),
    new Option('--event-at <partition/offset>', 'the call event at this place of its topic')
      .conflicts('latestEvent')
      .argParser(place),
    new Option(
      '--latest-event',
      'the latest call event of the webhook’s account, for each type that it takes',
    ),
  ]
}

/** At least one event where it is chosen. */
export async function chosenEvents(
  settings: Settings,
  choice: EventChoice,
  { webhook, terminal }: { readonly webhook: Webhook; readonly terminal: Terminal },
): Promise<Choice<readonly CallEvent[]>> {
  if (choice.event !== undefined) {
    const read = await eventOfFile(choice.event, terminal)
    return read.kind === 'chosen' ? { kind: 'chosen', value: [read.value] } : read
  }
  if (choice.eventAt !== undefined) return eventOfTopic(settings, choice.eventAt)
  if (choice.latestEvent === true) return latestOf(settings, webhook)
  return { kind: 'chosen', value: webhook.eventTypes.map((type) => sampleEvent(type, webhook.accountId)) }
}

async function eventOfTopic(settings: Settings, place: Place): Promise<Choice<readonly CallEvent[]>> {
  const { eventAt } = await import('../kafka/event-lookup.ts')
  const { name } = settings.topics.events
  const at = `${name} ${place.partition}/${place.offset}`
  const found = await eventAt(await eventTopic(settings), place)
  switch (found.kind) {
    case 'event':
      return { kind: 'chosen', value: [found.event] }
    case 'no_partition':
      return refused(`${at}: no such partition; ${name} has ${found.partitions}, counted from 0`)
    case 'no_record':
      return refused(`${at}: no record; ${held(found.from, found.to)}`)
    case 'unknown_type':
      return refused(`${at}: an event of a type that this version does not know`)
    case 'undecodable':
      return refused(shownText(`${at}: cannot be decoded: ${found.reason}: ${found.detail}`))
  }
}

function held(from: bigint, to: bigint): string {
  return from === to ? 'the partition is empty' : `the partition holds the offsets ${from} to ${to - 1n}`
}

async function latestOf(settings: Settings, webhook: Webhook): Promise<Choice<readonly CallEvent[]>> {
  const { latestEvents, latestEventsWithin } = await import('../kafka/event-lookup.ts')
  const latest = await latestEvents(await eventTopic(settings), webhook.accountId)
  const events = webhook.eventTypes.flatMap((type) => latest.get(type) ?? [])
  if (events.length > 0) return { kind: 'chosen', value: events }
  const among = `among the last ${latestEventsWithin} records of each partition of ${settings.topics.events.name}`
  const types = webhook.eventTypes.join(' or ')
  return refused(shownText(`no ${types} of account ${webhook.accountId} ${among}`))
}

async function eventTopic(settings: Settings) {
  const { clientConfigOf } = await import('../kafka/kafka-client.ts')
  return {
    client: clientConfigOf(readKafkaAccess(settings), () => () => {}),
    registry: settings.registry,
    topic: settings.topics.events.name,
  }
}

function place(text: string): Place {
  const [, partition, offset] = /^(\d{1,9})\/(\d{1,18})$/.exec(text) ?? []
  if (partition !== undefined && offset !== undefined) {
    return { partition: Number(partition), offset: BigInt(offset) }
  }
  throw new InvalidArgumentError('Allowed: a partition and an offset, such as 3/1042.')
}
