// `webhooks put` and `webhooks import`: everything is judged before anything is written, and what stands in the topic
// already is not written again. Invariant: a webhook keeps the time at which it was first added.
import { createHash } from 'node:crypto'
import type { WebhookId } from '../domain/ids.ts'
import type { WebhookConfigRecord } from '../domain/records.ts'
import { webhookFormOf } from '../domain/webhook-form.ts'
import type { WebhookRules } from '../domain/webhook-rules.ts'
import { openedRecord } from '../domain/webhook-secrets.ts'
import { systemClock } from '../runtime/clock.ts'
import { sealedRecord } from '../secrets/sealing.ts'
import type { Sealer } from '../secrets/sealing.ts'
import type { Settings } from '../settings/schema.ts'
import { readJsonInput } from './json-input.ts'
import type { InputEntry } from './json-input.ts'
import { storedRecords } from './stored-webhooks.ts'
import type { ExitCode, Terminal } from './terminal.ts'
import { placedFault, readForms } from './webhook-forms.ts'
import { writeAll } from './webhook-writer.ts'
import type { Write } from './webhook-writer.ts'

export interface WriteChoice {
  readonly file: string
  readonly rules: WebhookRules
  /** Null: what is written is not sealed. */
  readonly sealer: Sealer | null
  /** `one`: more than one form is refused. */
  readonly amount: 'one' | 'many'
  readonly dryRun?: true
}

export async function writeWebhooks(
  settings: Settings,
  choice: WriteChoice,
  terminal: Terminal,
): Promise<ExitCode> {
  const { file, rules, sealer, dryRun } = choice
  const input = await readJsonInput(file, terminal)
  const entries = input.kind === 'entries' ? () => input.entries() : () => [input]
  const ids = judge(entries(), choice, terminal)
  if (ids === null) return 1
  const stored = await storedRecords(
    settings,
    (id) => ids.has(id),
    (record) => storedVersion(record, rules),
  )
  const changes = new Changes(entries, { rules, stored, sealer, nowMs: systemClock.nowMs() })
  if (dryRun === true) {
    for (const _ of changes.writes()) continue
    terminal.out(`${changes.summary()}; nothing is written (--dry-run)`)
    return 0
  }
  const total = ids.size
  await writeAll(settings, changes.writes(), (written) => {
    if (total > progressFrom) terminal.err(`${written} written, of at most ${total}`)
  })
  terminal.out(changes.summary())
  return 0
}

/** Below this many a person sees the end at once. */
const progressFrom = 5_000
/** More lines than a person reads say no more than how many there are. */
const maxFaultLines = 1_000

/** The ids of all forms; null where any is wrong, and then every fault is told. */
function judge(
  entries: Iterable<InputEntry>,
  { file, rules, amount }: WriteChoice,
  terminal: Terminal,
): ReadonlySet<WebhookId> | null {
  const ids = new Set<WebhookId>()
  let count = 0
  let lines = 0
  for (const reading of readForms(entries, rules)) {
    count += 1
    if (reading.kind === 'valid') {
      ids.add(reading.webhook.webhookId)
      continue
    }
    for (const fault of reading.faults) {
      lines += 1
      if (lines <= maxFaultLines) terminal.err(placedFault(reading.place, fault))
    }
  }
  if (lines > maxFaultLines) terminal.err(`${lines - maxFaultLines} more faults`)
  if (lines === 0 && count > 1 && amount === 'one') {
    terminal.err(`${file}: holds ${count} webhooks; allowed: one (for more there is "webhooks import")`)
  } else if (count === 0) terminal.err(`${file}: holds no webhook`)
  else if (lines === 0) return ids
  terminal.err('nothing is written')
  return null
}

/** What has to be known of a version in the topic to follow it. */
interface StoredVersion {
  readonly createdAt: number | null
  /** Null where it cannot be decoded. */
  readonly digest: string | null
}

function storedVersion(record: WebhookConfigRecord | null, rules: WebhookRules): StoredVersion {
  return { createdAt: record?.created_at ?? null, digest: record === null ? null : digestOf(record, rules) }
}

/** The same for records that say the same, whenever they were written, sealed or not. */
function digestOf(record: WebhookConfigRecord, { unseal }: WebhookRules): string {
  const opened = openedRecord({ ...record, created_at: null, updated_at: null }, unseal, () => {})
  const form = webhookFormOf(opened, { secrets: 'shown' })
  return createHash('sha256').update(JSON.stringify(form)).digest('base64')
}

interface ChangesOptions {
  readonly rules: WebhookRules
  readonly stored: ReadonlyMap<WebhookId, StoredVersion>
  readonly sealer: Sealer | null
  readonly nowMs: number
}

/** What an input changes in the topic, counted while it is gone through. */
class Changes {
  readonly #entries: () => Iterable<InputEntry>
  readonly #options: ChangesOptions
  #created = 0
  #updated = 0
  #unchanged = 0

  constructor(entries: () => Iterable<InputEntry>, options: ChangesOptions) {
    this.#entries = entries
    this.#options = options
  }

  *writes(): Iterable<Write> {
    const { rules, stored, sealer, nowMs } = this.#options
    for (const reading of readForms(this.#entries(), rules)) {
      // Judged before; the entries are the same.
      if (reading.kind === 'invalid') continue
      const { record, webhook } = reading
      const before = stored.get(webhook.webhookId)
      if (before === undefined) this.#created += 1
      else if (before.digest === digestOf(record, rules)) {
        this.#unchanged += 1
        continue
      } else this.#updated += 1
      const createdAt = before?.createdAt ?? record.created_at ?? nowMs
      const sealed = sealedRecord(record, sealer)
      yield (publisher) => publisher.webhook({ ...sealed, created_at: createdAt, updated_at: nowMs })
    }
  }

  summary(): string {
    return `created: ${this.#created}, updated: ${this.#updated}, unchanged: ${this.#unchanged}`
  }
}
