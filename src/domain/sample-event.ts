// A call that never was, told by the examples of the parameter catalogue: for trying out a webhook before its account
// has a call to show. Invariant: it has a value for every stored parameter that its event type can carry.
import { readCallEventForm } from './call-event-form.ts'
import type { CallEvent, EventType } from './call-event.ts'
import { parameterCatalogue } from './parameter-catalogue.ts'

/** The start or the end of always the same call, as the account's own. */
export function sampleEvent(type: EventType, accountId: string): CallEvent {
  const stored = parameterCatalogue.filter(({ derivedFrom }) => derivedFrom.length === 0)
  const form: Record<string, unknown> = {}
  for (const { name, atStart, example } of stored) {
    if (type === 'call_end' || atStart !== 'never') form[name] = example
  }
  const occurredAt = type === 'call_start' ? form['time_answer'] : form['time_end']
  const eventId = `sample-${type === 'call_start' ? 'start' : 'end'}-of-${String(form['call_id'])}`
  const identity = { event_type: type, event_id: eventId, account_id: accountId, occurred_at: occurredAt }
  const reading = readCallEventForm({ ...form, ...identity })
  if (reading.kind === 'invalid') throw new Error('the examples of the catalogue make no call event')
  return reading.event
}
