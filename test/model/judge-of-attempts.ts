// Judges each request: it goes to the newest version that its process knows, before the delivery's horizon and not before
// its receiver wants it, and in the end every attempt is counted and told.
import type { ParkedDelivery } from '../../src/domain/parked-delivery.ts'
import type { DeliveryFacts, EventRead, ParkedRead, ParkWrite, RequestFacts } from './facts.ts'
import { nameOf } from './ledger.ts'
import type { Judge, Ledger } from './ledger.ts'
import { versionParameter } from './plan-configs.ts'
import { horizonMsOf, matchesOf, validRecordOf, versionAt } from './published.ts'
import type { Surroundings } from './surroundings.ts'

/** What a wait in fractions of a millisecond may be rounded by. */
const toleranceMs = 1

export class JudgeOfAttempts implements Judge {
  readonly #around: Surroundings
  readonly #ledger: Ledger

  constructor(around: Surroundings) {
    this.#around = around
    this.#ledger = around.ledger
  }

  eventRead({ process, position, event, matches }: EventRead): void {
    const { settings, topics } = this.#around
    const known = matchesOf(process.configs.told, event)
    const found = new Set(Array.from(matches.values(), ({ delivery }) => delivery.webhookId))
    if (known.symmetricDifference(found).size > 0) {
      this.#ledger.breach('match', `${event.event_id} is for ${[...known].join()}, not ${[...found].join()}`)
    }
    const { horizonMs, toleranceMs: trustedMs } = settings.horizons
    const record = topics.log(position).records[Number(position.offset)]
    const appendedMs = record?.timestampMs ?? 0
    const isTrusted = Math.abs(event.occurred_at - appendedMs) <= trustedMs
    const eventTimeMs = isTrusted ? event.occurred_at : appendedMs
    for (const { delivery } of matches.values()) {
      const wishedMs = horizonMsOf(versionAt(process, delivery.webhookId))
      const isChunked = matches.size > settings.fanout.chunkSize
      const ownMs = horizonMs[event.event_type]
      delivery.expiries.add(eventTimeMs + (isChunked ? ownMs : Math.min(ownMs, wishedMs)))
    }
  }

  /** Each delivery of a chunk has the horizon that its webhook asks for when the chunk is taken. */
  parkedRead({ process, parked, deliveries }: ParkedRead): void {
    if (!isNew(parked)) return
    for (const delivery of deliveries) {
      const wishedMs = horizonMsOf(versionAt(process, delivery.webhookId))
      delivery.expiries.add(Math.min(parked.expiresAtMs, parked.eventTimeMs + wishedMs))
    }
  }

  parkIssued({ process, parked, deliveries }: ParkWrite): void {
    for (const delivery of deliveries) {
      if (delivery.expiries.has(parked.expiresAtMs)) continue
      const text = `${process.name} parks ${nameOf(delivery)} until ${parked.expiresAtMs}, not one of ${[...delivery.expiries].join()}`
      this.#ledger.breach('horizon moved', text)
    }
  }

  requestBegun({ process, delivery, sent }: RequestFacts): void {
    const what = `${process.name} begins attempt ${sent.attempt} of ${nameOf(delivery)}`
    const wrong = this.#whyNotTheNewest({ process, delivery, sent })
    if (wrong !== null) this.#ledger.breach('not the newest', `${what}, ${wrong}`)
    const nowMs = process.life.nowMs()
    if (nowMs >= Math.max(...delivery.expiries)) {
      this.#ledger.breach('past the horizon', `${what} ${nowMs - Math.max(...delivery.expiries)} ms late`)
    }
    const early = delivery.asked.find(
      ({ attempt, untilMs }) =>
        attempt < sent.attempt && nowMs < untilMs - toleranceMs - 2 * this.#around.mostSkewMs,
    )
    if (early !== undefined && delivery.allowance === 0) {
      this.#ledger.breach('too early', `${what} ${early.untilMs - nowMs} ms before its receiver wants it`)
    }
  }

  over(): void {
    for (const delivery of this.#ledger.deliveries.values()) this.#checkAll(delivery)
  }

  #whyNotTheNewest({
    process,
    delivery,
    sent,
  }: Pick<RequestFacts, 'process' | 'delivery' | 'sent'>): string | null {
    const version = versionAt(process, delivery.webhookId)
    const record = validRecordOf(version)
    if (record === null) return `which is ${version.kind}`
    const { host, path, method, parameters } = record
    const { request } = sent
    if (
      request.origin !== `http://${host}` ||
      request.target.split('?')[0] !== path ||
      request.method !== method
    ) {
      return `of an address that has moved`
    }
    const [, sentVersion] =
      new RegExp(`${versionParameter}"?[:=]"?(\\d+)`).exec(request.body ?? request.target) ?? []
    const newest = parameters[0]?.source.literal
    return sentVersion === newest ? null : `in version ${sentVersion} instead of ${newest}`
  }

  #checkAll(delivery: DeliveryFacts): void {
    const attempts = [...new Set(delivery.requests.map(({ sent }) => sent.attempt))].sort((a, b) => a - b)
    if (attempts.some((attempt, index) => attempt !== index + 1)) {
      this.#ledger.breach('gap', `${nameOf(delivery)} was tried as ${attempts.join()}`)
    }
    for (const { process, sent, ownership, endedAtMs } of delivery.requests) {
      if (endedAtMs === null || ownership === null || !ownership.isClean) continue
      const isTold = delivery.outcomes.some(
        (write) =>
          write.process === process &&
          write.outcome.attempt === sent.attempt &&
          write.issuedAtMs >= endedAtMs,
      )
      if (isTold) continue
      this.#ledger.breach(
        'gap',
        `nothing tells of attempt ${sent.attempt} of ${nameOf(delivery)} by ${process.name}`,
      )
    }
  }
}

function isNew({ progress: { attempts, deferrals } }: ParkedDelivery): boolean {
  return attempts + deferrals === 0
}
