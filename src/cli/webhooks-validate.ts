// `webhooks validate`: forms judged as the worker would judge them, without Kafka.
import type { WebhookFault } from '../domain/webhook-fault.ts'
import type { WebhookRules } from '../domain/webhook-rules.ts'
import { readJsonInput } from './json-input.ts'
import type { InputEntry } from './json-input.ts'
import { shownText } from './shown-text.ts'
import type { ExitCode, Terminal } from './terminal.ts'
import { placedFault, readForms, warningText } from './webhook-forms.ts'
import type { FormReading } from './webhook-forms.ts'

export interface ValidateChoice {
  readonly json?: true
}

/** Exit code 1 with any fault, and where a file cannot be read or holds no webhook. */
export async function validateWebhooks(
  files: readonly string[],
  rules: WebhookRules,
  { json }: ValidateChoice,
  terminal: Terminal,
): Promise<ExitCode> {
  const report: Report = json === true ? new JsonReport() : new LineReport(terminal)
  let valid = 0
  let invalid = 0
  let empty = 0
  for (const file of files) {
    let isEmpty = true
    for (const reading of readForms(await entriesOf(file, terminal), rules)) {
      isEmpty = false
      if (reading.kind === 'valid') valid += 1
      else invalid += 1
      report.add(reading)
    }
    if (!isEmpty) continue
    empty += 1
    report.add({ place: file === '-' ? 'standard input' : file, kind: 'invalid', faults: [noWebhook] })
  }
  terminal.out(report.end(valid, invalid))
  return invalid + empty === 0 ? 0 : 1
}

const noWebhook: WebhookFault = { path: '', rule: 'required', found: 'holds no webhook', allowed: '' }

/** A file that cannot be read is one entry that cannot be. */
async function entriesOf(file: string, terminal: Terminal): Promise<Iterable<InputEntry>> {
  const input = await readJsonInput(file, terminal)
  return input.kind === 'entries' ? input.entries() : [input]
}

interface Report {
  add(reading: FormReading): void
  /** The last thing to print. */
  end(valid: number, invalid: number): string
}

class LineReport implements Report {
  readonly #terminal: Terminal

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  add(reading: FormReading): void {
    const { place } = reading
    if (reading.kind === 'invalid') {
      for (const fault of reading.faults) this.#terminal.err(placedFault(place, fault))
      return
    }
    for (const warning of reading.warnings)
      this.#terminal.err(`${shownText(place)}: warning: ${warningText(warning)}`)
  }

  end(valid: number, invalid: number): string {
    return `valid: ${valid}, invalid: ${invalid}`
  }
}

/** Only what has something to tell is listed. */
class JsonReport implements Report {
  readonly #entries: object[] = []

  add(reading: FormReading): void {
    const { place } = reading
    if (reading.kind === 'invalid') this.#entries.push({ place, faults: reading.faults })
    else if (reading.warnings.length > 0) {
      const { webhookId } = reading.webhook
      this.#entries.push({ place, webhook_id: webhookId, warnings: reading.warnings })
    }
  }

  end(valid: number, invalid: number): string {
    return JSON.stringify({ valid, invalid, entries: this.#entries }, null, 2)
  }
}
