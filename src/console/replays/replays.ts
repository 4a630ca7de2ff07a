// Failed deliveries that a client has sent again: counted first, sent when he says so, by the same path as the command.
// Invariants: a session belongs to an account and chooses from one webhook of it; one of an account is under way at a time,
// one of all sends, since a later writer shuts out an earlier one; nothing is kept of it but in memory, for what was sent
// stands in Kafka. What is under way ends with the console.
import type { Random } from '../../ports.ts'
import type { ReplaySelection } from '../../replay/replay-selection.ts'
import { runIdOf } from '../../replay/run-id.ts'
import { ReplayTurns } from './replay-turns.ts'
import { Replay } from './replay.ts'
import type { ReplayMeans, ReplayState } from './replay.ts'

export interface ReplaysOptions extends ReplayMeans {
  readonly random: Random
}

export type ReplayBegun =
  | { readonly kind: 'begun'; readonly replayId: string }
  /** One of the account is under way. */
  | { readonly kind: 'busy' }
  /** As many of all accounts are under way as may be. */
  | { readonly kind: 'full' }

/** Each holds 56 bytes for a delivery that it chose from. */
const mostAtOnce = 20
/** Reading outcomes keeps this process busy: others have their turn between. */
const countedAtOnce = 2
/** After it was asked for last. */
const forgottenAfterMs = 600_000
const stopWithinMs = 3_000

export class Replays {
  readonly #options: ReplaysOptions
  readonly #byAccount = new Map<string, Replay>()
  readonly #counting = new ReplayTurns(countedAtOnce)
  readonly #sending = new ReplayTurns(1)

  constructor(options: ReplaysOptions) {
    this.#options = options
  }

  /** Begins to count. One of the account that has ended, or waits to be sent, gives way. */
  begin(accountId: string, selection: Omit<ReplaySelection, 'accountId'>): ReplayBegun {
    const before = this.#byAccount.get(accountId)
    if (before?.underWay === true) return { kind: 'busy' }
    if (before !== undefined) this.#forget(accountId, before)
    if (this.#byAccount.size >= mostAtOnce && !this.#makeRoom()) return { kind: 'full' }
    const { clock, random } = this.#options
    const replayId = runIdOf(clock.nowMs(), random.next())
    const replay = new Replay({
      ...this.#options,
      replayId,
      selection: { ...selection, accountId },
      counting: this.#counting,
      sending: this.#sending,
      quietAfterMs: forgottenAfterMs,
      quiet: () => this.#forget(accountId, replay),
    })
    this.#byAccount.set(accountId, replay)
    replay.count()
    return { kind: 'begun', replayId }
  }

  /** Null: the account has no such session. */
  state(accountId: string, replayId: string): ReplayState | null {
    return this.#find(accountId, replayId)?.state() ?? null
  }

  /** Null: the account has no such session. `not_counted`: there is nothing that could be sent now. */
  send(accountId: string, replayId: string): 'begun' | 'not_counted' | null {
    return this.#find(accountId, replayId)?.send() ?? null
  }

  /** Interrupts what is under way; false: the account has no such session. */
  remove(accountId: string, replayId: string): boolean {
    const replay = this.#find(accountId, replayId)
    if (replay === null) return false
    this.#forget(accountId, replay)
    return true
  }

  /** Resolves when nothing is under way any more, or after some seconds: brokers that are away answer no farewell. */
  async stop(): Promise<void> {
    const all = [...this.#byAccount.entries()]
    for (const [accountId, replay] of all) this.#forget(accountId, replay)
    const late = Promise.withResolvers<void>()
    const cancel = this.#options.clock.after(stopWithinMs, late.resolve)
    await Promise.race([Promise.all(all.map(([, replay]) => replay.ended)), late.promise])
    cancel()
  }

  /** The oldest that nobody waits for gives way; false: all are under way. */
  #makeRoom(): boolean {
    const [idle] = [...this.#byAccount].filter(([, replay]) => !replay.underWay)
    if (idle === undefined) return false
    this.#forget(...idle)
    return true
  }

  #find(accountId: string, replayId: string): Replay | null {
    const replay = this.#byAccount.get(accountId)
    return replay?.replayId === replayId ? replay : null
  }

  #forget(accountId: string, replay: Replay): void {
    replay.interrupt()
    if (this.#byAccount.get(accountId) === replay) this.#byAccount.delete(accountId)
  }
}
