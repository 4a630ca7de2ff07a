// What the outcomes topic tells, folded into a file: how many deliveries of each webhook were delivered and how many
// failed, and the log of what happened to each.
// Invariants: an answer comes from the file alone, so it never waits for Kafka; what the topic has forgotten stays
// counted for as long as the file lives, while a file made anew knows only what the topic still has.
import type { WebhookOutcomeRecord } from '../../domain/records.ts'
import { ValueDecoder } from '../../kafka/codec.ts'
import { readSchema } from '../../kafka/schema-files.ts'
import type { TopicReader } from '../../kafka/topic-reader.ts'
import type { WriterSchemas } from '../../kafka/writer-schemas.ts'
import type { Clock, Observer } from '../../ports.ts'
import { startOutcomeFeed } from './outcome-feed.ts'
import type { OutcomeFeed } from './outcome-feed.ts'
import type { LoggedOutcome } from './logged-outcome.ts'
import { logBounds } from './outcome-reading.ts'
import type { LogKeeping } from './outcome-reading.ts'
import { OutcomeStore, pruneSlices } from './outcome-store.ts'
import { nothing } from './outcome-tallies.ts'
import type { WebhookCounts } from './outcome-tallies.ts'

export type { WebhookCounts } from './outcome-tallies.ts'

export interface OutcomeCountsOptions {
  /** The database file; made if absent, moved aside and made anew if unusable. Its folder must exist. */
  readonly file: string
  /** The outcomes topic; a file that counts another one is made anew. */
  readonly topic: string
  /** How long that topic keeps a record, in milliseconds. */
  readonly retentionMs: number
  readonly keeping: LogKeeping
  /** A reader of the topic that begins at these offsets. Called again whenever a reading has ended. */
  openReader(from: ReadonlyMap<number, bigint>): TopicReader
  readonly schemas: WriterSchemas
  readonly observer: Observer
  readonly clock: Clock
}

export interface OutcomeCounts {
  /** An entry for each id asked for; zeros where nothing is known. */
  of(webhookIds: readonly string[]): ReadonlyMap<string, WebhookCounts>
  /** Asks the log; null where it cannot answer now, because its file has to be made anew. */
  ask<Answer>(question: (store: OutcomeStore) => Answer): Answer | null
  /** Told of what the log took, each time; what is returned ends it. */
  follow(told: (outcomes: readonly LoggedOutcome[]) => void): () => void
  /** All that the topic held when its reading began is counted. */
  readonly caughtUp: boolean
  /** What was counted is kept, and a next start reads on from there. */
  stop(): Promise<void>
}

/** With 4,096 slices, everything is looked at twice a day. */
const pruneEveryMs = 10_000
/**
 * How long after its record was forgotten by the topic a delivery may still be repeated: an event that is read again
 * after a crash or replayed comes from the events topic, which keeps a week by default.
 */
const repeatMarginMs = 14 * 86_400_000

/**
 * Resolves when the file is open; Kafka may be away, then counting begins when it is back.
 * @throws StoreFileRefused where no file can be opened or made
 */
export async function startOutcomeCounts(options: OutcomeCountsOptions): Promise<OutcomeCounts> {
  const { file, topic, observer, clock, openReader } = options
  const note = (text: string): void =>
    observer.observe({ kind: 'trouble', where: 'outcome-counts', error: text })
  const store = new OutcomeStore({
    file,
    topic,
    emptied: (reason) => note(`counts are built anew from the topic: ${reason}`),
  })
  const decoder = new ValueDecoder<WebhookOutcomeRecord>(readSchema('webhook-outcome'), options.schemas)
  const followers = new Set<(outcomes: readonly LoggedOutcome[]) => void>()
  const feed = startOutcomeFeed({
    store,
    openReader,
    decode: (value, signal) => decoder.decode(value, signal),
    observer,
    clock,
    keeping: options.keeping,
    stored(outcomes) {
      for (const told of followers) told(outcomes)
    },
  })
  const stopPruning = pruneNowAndThen(store, feed, options)
  return {
    of(webhookIds) {
      try {
        return store.counts(webhookIds)
      } catch (error) {
        // A list of webhooks without counts is better than none.
        feed.storeFailed(error)
        return new Map(webhookIds.map((id) => [id, nothing]))
      }
    },
    ask(question) {
      try {
        return question(store)
      } catch (error) {
        feed.storeFailed(error)
        return null
      }
    },
    follow(told) {
      followers.add(told)
      return () => void followers.delete(told)
    },
    get caughtUp() {
      return feed.caughtUp
    },
    async stop() {
      stopPruning()
      await feed.stop()
      store.close()
    },
  }
}

/** Which slice is next follows from the time, so it needs no memory, however often the process is started. */
function pruneNowAndThen(store: OutcomeStore, feed: OutcomeFeed, options: OutcomeCountsOptions): () => void {
  const { clock, retentionMs, keeping } = options
  const prune = (): void => {
    cancel = clock.after(pruneEveryMs, prune)
    // While older records are still to come, so may repeats of what would be forgotten now.
    if (!feed.caughtUp) return
    try {
      const nowMs = clock.nowMs()
      const slice = Math.floor(nowMs / pruneEveryMs) % pruneSlices
      store.prune(slice, {
        endedBeforeMs: nowMs - retentionMs - repeatMarginMs,
        dueBeforeMs: nowMs - keeping.retentionMs,
      })
      // Where outcomes come, each batch takes its step; this is for quiet times.
      store.pruneLog(logBounds(keeping, nowMs))
    } catch (error) {
      feed.storeFailed(error)
    }
  }
  let cancel = clock.after(pruneEveryMs, prune)
  return () => cancel()
}
