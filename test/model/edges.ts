// A process's edges to the simulated world, with somebody at each who writes down what passes.
import type { CallEvent } from '../../src/domain/call-event.ts'
import type { RecordPosition } from '../../src/domain/record-position.ts'
import type { DecodedEvent, DecodedParked } from '../../src/domain/decoded.ts'
import type {
  DeadLetterSink,
  EventDecoder,
  HttpSender,
  OutcomeSink,
  ParkedDecoder,
  Parking,
  SourceRecord,
} from '../../src/ports.ts'
import type { TableEntry } from '../../src/table/table-entry.ts'
import type { Dice } from './dice.ts'
import type { ProcessFacts, RequestFacts } from './facts.ts'
import type { Surroundings } from './surroundings.ts'
import type { SentRequest } from './receivers.ts'
import { placeOf } from './topics.ts'
import type { WriteOf } from './weather.ts'

/** The process is there when anything passes. */
type Watched = () => ProcessFacts

export interface Decoders {
  readonly decoder: EventDecoder
  readonly parkedDecoder: ParkedDecoder
  /** Notes what the process's table matched with an event that it decoded. */
  matched(event: Pick<CallEvent, 'account_id'>, entries: readonly TableEntry[]): void
}

export function decoders(watched: Watched, { topics, weather, clock, ledger }: Surroundings): Decoders {
  const places = new WeakMap<object, RecordPosition>()
  const decode = ({ value, position }: SourceRecord): DecodedEvent => {
    const content = topics.contentOf(value)
    if (content.kind === 'unknown_type') return content
    if (content.kind !== 'event') return { kind: 'undecodable', reason: 'not_framed', detail: 'garbage' }
    const event = { ...content.event }
    places.set(event, position)
    return { kind: 'event', event }
  }
  const decoder: EventDecoder = {
    decode(record, signal) {
      const { number, life } = watched()
      const spell = weather.now('registry', number)
      if (spell === null) return decode(record)
      return new Promise((resolve, reject) => {
        const stop = (): void => reject(new Error('stopped waiting'))
        if (signal.aborted) stop()
        signal.addEventListener('abort', stop, { once: true })
        clock.after(spell.untilMs - clock.monotonicMs(), () => life.run(() => resolve(decode(record))))
      })
    },
  }
  const parkedDecoder: ParkedDecoder = {
    decode({ value, position }) {
      const content = topics.contentOf(value)
      if (content.kind !== 'parked') {
        return { kind: 'undecodable', reason: 'undecodable', detail: 'nobody wrote it' }
      }
      const { parked } = content
      const event = topics.contentOf(parked.eventBytes)
      if (event.kind !== 'event') throw new Error('only events are parked')
      ledger.parkedRead(watched(), position, parked)
      const decoded: DecodedParked = { kind: 'parked', parked, event: { ...event.event } }
      return decoded
    },
  }
  const matched: Decoders['matched'] = (event, entries) => {
    const position = places.get(event)
    if (position === undefined) return
    const whole = event as CallEvent
    const matches = new Map(
      entries.map((entry) => {
        const delivery = ledger.ordered(whole, entry.webhookId, position.partition)
        const origin = entry.kind === 'valid' ? entry.webhook.origin : null
        return [delivery.id, { delivery, origin }] as const
      }),
    )
    ledger.eventRead({ process: watched(), position, atMs: ledger.nowMs, event: whole, matches })
  }
  return { decoder, parkedDecoder, matched }
}

export function sender(watched: Watched, { receivers, ledger }: Surroundings): HttpSender {
  const requests = new WeakMap<SentRequest, RequestFacts>()
  const witness = {
    begun: (sent: SentRequest): void => {
      const request = ledger.requestBegun(watched(), sent)
      if (request !== null) requests.set(sent, request)
    },
    ended: (sent: SentRequest, answered: Parameters<typeof ledger.requestEnded>[1]): void => {
      const request = requests.get(sent)
      if (request !== undefined) ledger.requestEnded(request, answered)
    },
  }
  return {
    send: (request, limits, signal) =>
      receivers.sender(watched().life, witness).send(request, limits, signal),
    stop: () => Promise.resolve(),
  }
}

export interface Sinks {
  readonly outcomes: OutcomeSink
  readonly parking: Parking
  readonly deadLetters: DeadLetterSink
}

export function sinks(watched: Watched, dice: Dice, around: Surroundings): Sinks {
  const { ledger, topics, clock, doubled } = around
  const stop = (): Promise<void> => Promise.resolve()
  const writeOf = (of: WriteOf): Writing => new Writing(watched, dice, around, of)
  const [outcomes, parking, deadLetters] = [writeOf('outcomes'), writeOf('parking'), writeOf('deadLetters')]
  return {
    outcomes: {
      stop,
      async write(outcome) {
        const write = ledger.outcomeIssued(watched(), outcome)
        await outcomes.write((answer) => {
          ledger.landed(write, null)
          answer(null)
        })
        ledger.acknowledged(write)
      },
    },
    parking: {
      stop,
      async park(parked, delayMs) {
        const content = topics.contentOf(parked.eventBytes)
        const eventId = content.kind === 'event' ? content.event.event_id : ''
        const write = ledger.parkIssued(watched(), parked, delayMs, eventId)
        const land = (): RecordPosition => {
          const place = topics.appendParked(parked, delayMs)
          ledger.landed(write, place)
          return place
        }
        const place = await parking.write<RecordPosition>((answer) => {
          const first = land()
          if (dice.chance(doubled)) clock.after(dice.next() * 100, () => answer(land()))
          else answer(first)
        })
        ledger.acknowledged(write)
        return place
      },
    },
    deadLetters: {
      stop,
      async write({ record: { position } }) {
        await deadLetters.write((answer) => answer(null))
        watched().deadLetters.add(placeOf(position))
      },
    },
  }
}

/** Writes of one process to one topic: in the order in which they were issued. What the dead sent may arrive or not. */
class Writing {
  readonly #watched: Watched
  readonly #dice: Dice
  readonly #around: Surroundings
  readonly #of: WriteOf
  #lastLandsAtMs = 0

  constructor(watched: Watched, dice: Dice, around: Surroundings, of: WriteOf) {
    this.#watched = watched
    this.#dice = dice
    this.#around = around
    this.#of = of
  }

  write<Answer>(land: (answer: (answer: Answer) => void) => void): Promise<Answer> {
    const { clock, weather, ledger } = this.#around
    const { life, number } = this.#watched()
    const { landMs, acknowledgeMs } = weather.writeDelays(this.#of, number)
    const nowMs = clock.monotonicMs()
    this.#lastLandsAtMs = Math.max(this.#lastLandsAtMs, nowMs + landMs)
    return new Promise((resolve) => {
      clock.after(this.#lastLandsAtMs - nowMs, () => {
        if (life.isDead) {
          if (this.#dice.chance(0.5)) return
          ledger.saw('write of the dead')
        }
        land((answer) => clock.after(acknowledgeMs, () => life.run(() => resolve(answer))))
      })
    })
  }
}
