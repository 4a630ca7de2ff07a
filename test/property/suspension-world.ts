// Workers that try one webhook, tell what they see and judge it in turns, over topics in memory: what the property of
// suspension runs on. Each process reads every topic as far as it has come; who judges first shuts the others out, then
// reads all three to their ends, as the orchestration does.
// Invariant: it checks each verdict, as it is written, against everything that was ever told and done.
import type { ConfigPosition } from '../../src/domain/delivery.ts'
import type { AccountId, WebhookId } from '../../src/domain/ids.ts'
import type { HeldSuspension, Verdict, WebhookFact } from '../../src/domain/suspension.ts'
import { isSameConfig } from '../../src/suspension/config-order.ts'
import { FailingStreaks } from '../../src/suspension/failing-streaks.ts'
import { Judge } from '../../src/suspension/judge.ts'
import { SuspensionTable } from '../../src/suspension/suspension-table.ts'

export const webhookId = 'w' as WebhookId
const accountId = 'acme' as AccountId

export const rules = { afterMs: 1_000, attempts: 5, forgetAfterMs: 20_000 }
const streakRules = { reportEveryMs: 50, retellEveryMs: 100, forgetAfterMs: 20_000, most: 10 }

export type Answer = 'fails' | 'gone' | 'accepts'

interface Try {
  readonly atMs: number
  readonly config: ConfigPosition
  readonly answer: Answer
}

interface ToldFact {
  readonly processId: string
  readonly fact: WebhookFact
}

class Process {
  readonly id: string
  readonly table = new SuspensionTable()
  readonly streaks = new FailingStreaks(streakRules, this.table)
  configs = 0
  suspensions = 0
  /** Of the one that judges. */
  facts = 0
  term = 0
  judge: Judge | null = null

  constructor(id: string) {
    this.id = id
  }
}

export class SuspensionWorld {
  /** The config topic: each entry is a version, at its own place; null: deleted. */
  readonly configs: (ConfigPosition | null)[] = []
  readonly verdicts: (Verdict & { readonly offset: bigint })[] = []
  readonly facts: ToldFact[] = []
  readonly tries: Try[] = []
  readonly #processes: Process[] = []
  #born = 0
  #term = 0
  nowMs = 10_000_000

  constructor(processes: number) {
    this.edit()
    for (let index = 0; index < processes; index += 1) this.restart(index)
  }

  edit(): void {
    this.configs.push({ partition: 0, offset: BigInt(this.configs.length) })
  }

  delete(): void {
    this.configs.push(null)
  }

  /** A kill and a new process: what it had counted and not told is lost. */
  restart(index: number): void {
    this.#born += 1
    const process = new Process(`p${this.#born}`)
    this.#processes[index] = process
    this.read(index, 'all')
  }

  /** It hears of the next so many versions and verdicts, or of all. */
  read(index: number, count: number | 'all'): void {
    const process = this.#at(index)
    const most = count === 'all' ? Number.POSITIVE_INFINITY : count
    process.configs = Math.min(this.configs.length, process.configs + most)
    const until = Math.min(this.verdicts.length, process.suspensions + most)
    for (const { suspension, offset } of this.verdicts.slice(process.suspensions, until)) {
      process.table.apply(webhookId, suspension === null ? null : { ...suspension, offset })
    }
    process.suspensions = until
  }

  /** An attempt, with the version that the process knows; none where it is suspended there and this is no probe. */
  attempt(index: number, answer: Answer, as: 'delivery' | 'probe'): void {
    const { streaks, table, configs } = this.#at(index)
    const config = this.configs[configs - 1]
    if (config === undefined || config === null) return
    if (as === 'delivery' && table.find(webhookId, config)?.state === 'suspended') return
    this.tries.push({ atMs: this.nowMs, config, answer })
    const seen = { webhookId, accountId, config, atMs: this.nowMs }
    if (answer === 'accepts') streaks.succeeded(seen, this.nowMs)
    else {
      const statusCode = answer === 'gone' ? 410 : 500
      streaks.failed(seen, { reason: 'http_status', statusCode }, this.nowMs)
    }
  }

  tell(index: number): void {
    const { id, streaks } = this.#at(index)
    for (const fact of streaks.take('due', 10, { nowMs: this.nowMs, monotonicMs: this.nowMs }))
      this.facts.push({ processId: id, fact })
  }

  /** The process shuts out whoever judged, and reads all to the end. */
  takeOver(index: number): void {
    const process = this.#at(index)
    this.#term += 1
    process.term = this.#term
    this.read(index, 'all')
    process.facts = 0
    process.judge = new Judge(rules, process.table, () => this.configs[process.configs - 1] ?? null)
  }

  /**
   * One round of the process, if it judges. One that was shut out writes nothing; of what is `in_doubt` it does not
   * know whether it was written, and opens anew.
   */
  judge(index: number, write: 'written' | 'in_doubt_written' | 'in_doubt_lost'): void {
    const process = this.#at(index)
    const { judge } = process
    if (judge === null) return
    for (const { processId, fact } of this.facts.slice(process.facts))
      judge.fact(fact.webhookId, processId, fact)
    process.facts = this.facts.length
    const verdicts = judge.round('all', this.nowMs, 10)
    if (process.term !== this.#term) {
      process.judge = null
      return
    }
    if (write !== 'in_doubt_lost') for (const verdict of verdicts) this.#write(verdict)
    if (write === 'written') this.read(index, 'all')
    else this.takeOver(index)
  }

  /** What holds at the end of the topic. */
  held(): HeldSuspension | null {
    const last = this.verdicts.at(-1)
    const suspension = last?.suspension ?? null
    return last === undefined || suspension === null ? null : { ...suspension, offset: last.offset }
  }

  #write(verdict: Verdict): void {
    const before = this.held()
    const offset = BigInt(this.verdicts.length)
    this.verdicts.push({ ...verdict, offset })
    if (verdict.suspension?.state === 'suspended') this.#checkSuspended(verdict.suspension, before)
    this.#checkNotice(verdict, before)
  }

  #checkSuspended(
    { config, cause, watchOffset, suspendedSinceMs }: NonNullable<Verdict['suspension']>,
    before: HeldSuspension | null,
  ): void {
    const ofVersion = before !== null && isSameConfig(before.config, config) ? before : null
    must(ofVersion?.state !== 'suspended', 'a webhook was suspended twice for one version')
    const since = ofVersion?.offset ?? null
    const told = this.facts.map(({ fact }) => fact).filter((fact) => isSameConfig(fact.config, config))
    must(
      told.every((fact) => fact.watchOffset !== since || fact.succeededAtMs === null),
      'a webhook was suspended though a success was told',
    )
    const earlier = this.verdicts
      .slice(0, -1)
      .findLast(
        ({ suspension }) => suspension?.state === 'suspended' && isSameConfig(suspension.config, config),
      )
    must(
      earlier === undefined || this.#succeededSince(earlier.suspension?.watchedSinceMs ?? 0, config),
      'a version was suspended again without a success in between',
    )
    const tried = this.tries.filter((each) => isSameConfig(each.config, config))
    if (cause === 'gone') {
      must(
        tried.some(({ answer }) => answer === 'gone'),
        'a webhook was gone that never said so',
      )
      return
    }
    const watch = this.verdicts[Number(watchOffset)]?.suspension
    const sinceMs = watch?.watchedSinceMs ?? Number.POSITIVE_INFINITY
    const failed = tried.filter(({ atMs, answer }) => atMs >= sinceMs && answer !== 'accepts')
    must(failed.length >= rules.attempts, 'fewer attempts than are needed failed since the watch')
    must((suspendedSinceMs ?? 0) - sinceMs >= rules.afterMs, 'it was suspended too soon')
  }

  #succeededSince(sinceMs: number, config: ConfigPosition): boolean {
    return this.tries.some(
      (each) => isSameConfig(each.config, config) && each.answer === 'accepts' && each.atMs >= sinceMs,
    )
  }

  /** One for each suspension, and one for its end. */
  #checkNotice({ suspension, notice }: Verdict, before: HeldSuspension | null): void {
    const begins = suspension?.state === 'suspended'
    const ends = before?.state === 'suspended' && !begins
    must((notice !== null) === (begins || ends), 'a notice is missing, or one too many')
    must((notice?.liftedBy ?? null) === null || ends, 'what was not suspended is told to be lifted')
  }

  #at(index: number): Process {
    const process = this.#processes[index]
    if (process === undefined) throw new Error(`there is no process ${index}`)
    return process
  }
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}
