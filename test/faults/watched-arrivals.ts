// What arrives at the receivers, asked for again and again while a run lasts, so that the course of it can be judged
// meanwhile: how fast deliveries are made, and since when that is as usual again.
import { setTimeout as delay } from 'node:timers/promises'
import type { Arrival, Receivers } from '../harness/receivers.ts'
import type { BaseLoad } from './base-load.ts'
import { deliveredWithin, recoveryMs, waitingAt } from './oracle/recovery.ts'
import type { Course } from './oracle/recovery.ts'

export interface WatchedArrivals {
  readonly all: Arrival[]
  /** First arrivals of deliveries that surely have to be made. */
  perSecond(fromMs: number, toMs: number): number
  /** Share of what was ordered in that time that arrived in that time. */
  share(fromMs: number, toMs: number): number
  /** Resolves with the milliseconds that it took since the end of a fault; null: not within the time. */
  recovery(endedAtMs: number, usualPerSecond: number, withinMs: number): Promise<number | null>
  /** Ordered and not arrived. */
  waiting(): number
  /** Resolves when all that has arrived is in. */
  complete(): Promise<void>
  forget(): void
  stop(): Promise<void>
}

const everyMs = 100

export function watchArrivals(receivers: Receivers, load: BaseLoad): WatchedArrivals {
  const all: Arrival[] = []
  const seen = new Set<string>()
  const arrivalOf: number[] = []
  const arrivedAtMs: number[] = []
  const course: Course = {
    arrivedAtMs,
    orderedAtMs: load.orderedAtMs,
    arrivalOf,
    partitionOf: load.partitionOf,
  }
  const stopping = new AbortController()
  let knownToMs = 0
  let asking: Promise<void> = Promise.resolve()

  const ask = async (): Promise<void> => {
    const askedAtMs = nowMs()
    for (const arrival of await receivers.collect()) {
      all.push(arrival)
      const place = load.placeOf(arrival.deliveryId)
      if (place === undefined || seen.has(arrival.deliveryId)) continue
      seen.add(arrival.deliveryId)
      arrivalOf[place] = arrival.atMs
      arrivedAtMs.push(arrival.atMs)
    }
    knownToMs = askedAtMs
  }
  // One question at a time: two answers could not be told apart.
  const askNext = (): Promise<void> => (asking = asking.then(ask))
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await askNext()
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()
  return {
    all,
    perSecond: (fromMs, toMs) => deliveredWithin(course, fromMs, toMs) / ((toMs - fromMs) / 1_000),
    share(fromMs, toMs) {
      const { orderedAtMs } = load
      const ordered = deliveredWithin({ ...course, arrivedAtMs: orderedAtMs }, fromMs, toMs)
      return deliveredWithin(course, fromMs, toMs) / Math.max(1, ordered)
    },
    async recovery(endedAtMs, usualPerSecond, withinMs) {
      for (;;) {
        const tookMs = recoveryMs(course, { usualPerSecond, endedAtMs, nowMs: knownToMs })
        if (tookMs !== null) return tookMs
        if (knownToMs - endedAtMs > withinMs) return null
        await delay(everyMs)
      }
    },
    waiting: () => waitingAt(course, nowMs()),
    complete: askNext,
    forget() {
      all.length = 0
      arrivedAtMs.length = 0
      arrivalOf.length = 0
      seen.clear()
    },
    async stop() {
      stopping.abort()
      await watching
      await asking
    },
  }
}

function nowMs(): number {
  return performance.timeOrigin + performance.now()
}
