// A call event from a JSON file, for trying a webhook on it.
import { readCallEventForm } from '../domain/call-event-form.ts'
import type { CallEvent } from '../domain/call-event.ts'
import { readJsonInput } from './json-input.ts'
import type { Terminal } from './terminal.ts'
import type { Choice } from './webhook-choice.ts'
import { refused } from './webhook-choice.ts'
import { placedFault } from './webhook-forms.ts'

export async function eventOfFile(file: string, terminal: Terminal): Promise<Choice<CallEvent>> {
  const input = await readJsonInput(file, terminal)
  const entries = input.kind === 'entries' ? [...input.entries()] : [input]
  const [entry] = entries
  if (entry === undefined || entries.length > 1) {
    return refused(`${file}: holds ${entries.length} call events; allowed: one`)
  }
  if (entry.kind === 'unreadable') return refused(`${entry.place}: ${entry.fault}`)
  const reading = readCallEventForm(entry.value)
  if (reading.kind === 'valid') return { kind: 'chosen', value: reading.event }
  return refused(...reading.faults.map((fault) => placedFault(entry.place, fault)))
}
