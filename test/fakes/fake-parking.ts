// The retry topics, in memory: what is parked stands in the fake source's logs at once, and is acknowledged when the test
// lets it. A record whose writer dies meanwhile stays written.
import { expectationHeaders } from '../../src/domain/parked-delivery.ts'
import type { ParkedDelivery } from '../../src/domain/parked-delivery.ts'
import type { RecordPosition } from '../../src/domain/record-position.ts'
import type { DecodedParked } from '../../src/domain/decoded.ts'
import type { EventDecoder, ParkedDecoder, Parking, SourceRecord } from '../../src/ports.ts'
import type { FakeEventSource } from './fake-event-source.ts'

export interface ParkedWrite {
  readonly parked: ParkedDelivery
  readonly delayMs: number
  readonly place: RecordPosition
}

/** What outlives a process: every record that was ever parked, and what its bytes mean. */
export class RetryLog {
  readonly writes: ParkedWrite[] = []
  readonly #source: FakeEventSource

  constructor(source: FakeEventSource) {
    this.#source = source
  }

  append(parked: ParkedDelivery, delayMs: number): RecordPosition {
    const value = Buffer.from(String(this.writes.length))
    const record = { key: Buffer.from(parked.callId), value, headers: expectationHeaders(parked) }
    const place = this.#source.park(delayMs, parked.source.partition, record)
    this.writes.push({ parked, delayMs, place })
    return place
  }

  /** The same record once more, as a write whose acknowledgement was lost leaves it. */
  duplicate(index: number): void {
    const write = this.writes[index]
    if (write !== undefined) this.append(write.parked, write.delayMs)
  }

  decoder(events: EventDecoder): ParkedDecoder {
    return {
      decode: (record: SourceRecord, signal: AbortSignal): DecodedParked | Promise<DecodedParked> => {
        const write = this.writes[Number(Buffer.from(record.value ?? []).toString())]
        if (write === undefined)
          return { kind: 'undecodable', reason: 'undecodable', detail: 'nobody wrote it' }
        const { parked } = write
        const decoded = events.decode({ ...record, value: parked.eventBytes }, signal)
        const asParked = (event: Awaited<typeof decoded>): DecodedParked =>
          event.kind === 'event' ? { kind: 'parked', parked, event: event.event } : event
        return decoded instanceof Promise ? decoded.then(asParked) : asParked(decoded)
      },
    }
  }
}

export class FakeParking implements Parking {
  readonly #log: RetryLog
  readonly #waiting: { readonly acknowledge: () => void; readonly reject: (error: Error) => void }[] = []
  #holding = false
  #stopped = false

  constructor(log: RetryLog) {
    this.#log = log
  }

  /** Acknowledgements wait from now on. */
  hold(): void {
    this.#holding = true
  }

  release(): void {
    this.#holding = false
    for (const { acknowledge } of this.#waiting.splice(0)) acknowledge()
  }

  get unacknowledged(): number {
    return this.#waiting.length
  }

  async park(parked: ParkedDelivery, delayMs: number): Promise<RecordPosition> {
    if (this.#stopped) throw new Error('the parking was stopped')
    const place = this.#log.append(parked, delayMs)
    if (this.#holding) {
      await new Promise<void>((acknowledge, reject) => {
        this.#waiting.push({ acknowledge, reject })
      })
    }
    return place
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the parking was stopped'))
    await Promise.resolve()
  }
}
