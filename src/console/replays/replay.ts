// One session of sending deliveries again, from its counting to its end.
// Invariants: it is sent only after it was counted and asked for; whoever interrupts it stops it at the next slice, and
// what was sent by then stays sent.
import type { ReplayReport, Unsent } from '../../replay/replay-run.ts'
import type { ReplaySelection } from '../../replay/replay-selection.ts'
import type { Clock } from '../../ports.ts'
import type { ReplayRequest, ReplaySession, SendRequest } from '../../replay-session.ts'
import { unlessAborted } from '../../runtime/unless-aborted.ts'
import type { ReplayTurns } from './replay-turns.ts'

export interface ReplayState {
  readonly replayId: string
  readonly kind: 'counting' | 'counted' | 'sending' | 'done' | 'failed' | 'another_runs'
  /** Share of the outcomes that were read, 0 to 1. */
  readonly read: number
  /** Deliveries; null before they are counted. */
  readonly count: number | null
  /** Of those, by how they ended. */
  readonly byResult: Readonly<Record<string, number>>
  readonly sent: number
  readonly passedOver: number
  readonly unsent: ReadonlyMap<Unsent, number>
  readonly left: number
  /** In general terms, for clients. */
  readonly error: string | null
}

export interface ReplayMeans {
  open(request: Omit<ReplayRequest, 'settings' | 'clock'>): Promise<ReplaySession>
  /** A webhook's own retry horizon, in milliseconds; null: it has none. */
  readonly horizonOf: SendRequest['horizonOf']
  /** Deliveries. */
  readonly perSecond: number
  readonly clock: Clock
  /** What a client is told only in general. */
  troubled(error: unknown): void
}

export interface ReplayParts extends ReplayMeans {
  readonly replayId: string
  readonly selection: ReplaySelection
  readonly counting: ReplayTurns
  readonly sending: ReplayTurns
  /** Milliseconds without being asked for, after which `quiet` is called; never while it sends. */
  readonly quietAfterMs: number
  quiet(): void
}

const kafkaAway = 'Kafka could not be reached'

export class Replay {
  readonly replayId: string
  readonly #parts: ReplayParts
  readonly #calledOff = new AbortController()
  #kind: ReplayState['kind'] = 'counting'
  #read = 0
  #session: ReplaySession | null = null
  #report: ReplayReport | null = null
  #error: string | null = null
  #ended: Promise<void> = Promise.resolve()
  #cancelQuiet: () => void = () => {}

  constructor(parts: ReplayParts) {
    this.#parts = parts
    this.replayId = parts.replayId
    this.#asked()
  }

  get underWay(): boolean {
    return this.#kind === 'counting' || this.#kind === 'sending'
  }

  /** Resolves when nothing of it is under way. */
  get ended(): Promise<void> {
    return this.#ended
  }

  state(): ReplayState {
    this.#asked()
    const count = this.#session?.plan.rows.length ?? null
    const { sent = 0, passedOver = 0, unsent = [], left = count ?? 0 } = this.#report ?? {}
    const counts = new Map<Unsent, number>()
    for (const { why } of unsent) counts.set(why, (counts.get(why) ?? 0) + 1)
    return {
      replayId: this.replayId,
      kind: this.#kind,
      read: this.#read,
      count,
      byResult: byResult(this.#session?.plan.byReason ?? []),
      sent,
      passedOver,
      unsent: counts,
      left,
      error: this.#error,
    }
  }

  count(): void {
    this.#run(this.#parts.counting, async () => {
      const { selection, replayId } = this.#parts
      const { signal } = this.#calledOff
      const onRead = (read: number, all: number): void => {
        this.#read = all === 0 ? 1 : read / all
      }
      // Brokers that are away end a reading after half a minute only.
      const opening = this.#parts.open({ selection, runId: replayId, signal, onRead })
      this.#session = await unlessAborted(signal, opening)
      this.#read = 1
      this.#kind = 'counted'
    })
  }

  send(): 'begun' | 'not_counted' {
    this.#asked()
    const session = this.#session
    if (this.#kind !== 'counted' || session === null) return 'not_counted'
    this.#kind = 'sending'
    this.#run(this.#parts.sending, async () => {
      const { perSecond, horizonOf } = this.#parts
      const told = (report: ReplayReport): void => {
        this.#report = report
      }
      const result = await session.send(
        { perSecond, horizonOf, others: 'wait', told },
        this.#calledOff.signal,
      )
      if (result.kind === 'another_runs') {
        this.#kind = 'another_runs'
        return
      }
      told(result.report)
      this.#endAs(result.report)
    })
    return 'begun'
  }

  interrupt(): void {
    this.#cancelQuiet()
    this.#calledOff.abort(new Error('the replay was called off'))
  }

  #endAs({ end }: ReplayReport): void {
    switch (end) {
      case 'done':
        this.#kind = 'done'
        return
      case 'shut_out':
        this.#kind = 'another_runs'
        return
      case 'interrupted':
      case 'under_way':
        this.#kind = 'failed'
        this.#error = 'it was interrupted'
        return
      case 'brokers_away':
        this.#kind = 'failed'
        this.#error = kafkaAway
    }
  }

  #run(turns: ReplayTurns, work: () => Promise<void>): void {
    this.#ended = turns.take(async () => {
      if (this.#calledOff.signal.aborted) return
      try {
        await work()
      } catch (error) {
        if (this.#calledOff.signal.aborted) return
        this.#kind = 'failed'
        this.#error = kafkaAway
        this.#parts.troubled(error)
      } finally {
        this.#asked()
      }
    })
  }

  #asked(): void {
    this.#cancelQuiet()
    if (this.#calledOff.signal.aborted) return
    const { clock, quietAfterMs, quiet } = this.#parts
    this.#cancelQuiet = clock.after(quietAfterMs, () => {
      if (this.#kind === 'sending') this.#asked()
      else quiet()
    })
  }
}

/** From counts by `result: reason`. */
function byResult(counts: readonly (readonly [string, number])[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [name, count] of counts) {
    const result = name.split(':', 1)[0] ?? ''
    sums[result] = (sums[result] ?? 0) + count
  }
  return sums
}
