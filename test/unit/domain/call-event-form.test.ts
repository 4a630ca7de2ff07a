import { describe, expect, it } from '@jest/globals'
import { readCallEventForm } from '../../../src/domain/call-event-form.ts'
import { faultText } from '../../../src/domain/webhook-fault.ts'
import { readSchema } from '../../../src/kafka/schema-files.ts'

const form = {
  event_id: 'e-1',
  event_type: 'call_end',
  call_id: 'c-1',
  account_id: '10427',
  occurred_at: '2026-03-14T09:15:02Z',
}

const faultsOf = (given: unknown): readonly string[] => {
  const reading = readCallEventForm(given)
  return reading.kind === 'invalid' ? reading.faults.map(faultText) : []
}

/** The fields as the topic has them; only the schema knows. */
const { fields } = readSchema('call-event') as unknown as { readonly fields: readonly { name: string }[] }

describe('a call event written down by hand', () => {
  it('has every field of the record, the absent ones null', () => {
    const reading = readCallEventForm(form)
    if (reading.kind === 'invalid') throw new Error('the form is valid')
    expect(new Set(Object.keys(reading.event))).toEqual(new Set(fields.map(({ name }) => name)))
    const { event_id, event_type, call_id, account_id, occurred_at, ...nullable } = reading.event
    const occurredAt = Date.UTC(2026, 2, 14, 9, 15, 2)
    expect({ event_id, event_type, call_id, account_id, occurred_at }).toEqual({
      ...form,
      occurred_at: occurredAt,
    })
    expect(new Set(Object.values(nullable))).toEqual(new Set([null]))
  })

  it('takes each kind of value as it is', () => {
    const given = {
      client_number: '+79161234567',
      hold_duration: 12,
      is_answered: false,
      tags: ['a', 'b'],
      city: '',
      manager_name: null,
    }
    expect(readCallEventForm({ ...form, ...given })).toMatchObject({ kind: 'valid', event: given })
  })

  it.each([
    ['2026-03-14T12:15:02+03:00', Date.UTC(2026, 2, 14, 9, 15, 2)],
    ['2026-03-14T09:15:02.250Z', Date.UTC(2026, 2, 14, 9, 15, 2, 250)],
    ['2024-02-29T00:00Z', Date.UTC(2024, 1, 29)],
    [1_773_479_714_000, 1_773_479_714_000],
    [0, 0],
  ])('takes the time %j', (time_end, ms) => {
    expect(readCallEventForm({ ...form, time_end })).toMatchObject({ kind: 'valid', event: { time_end: ms } })
  })

  it.each([
    ['2026-02-30T00:00:00Z'],
    ['2025-02-29T00:00:00Z'],
    ['2026-13-01T00:00:00Z'],
    ['2026-03-14T24:00:00Z'],
    ['2026-03-14T09:15:02'],
    ['2026-03-14 09:15:02Z'],
    ['yesterday'],
    [''],
  ])('refuses the time %j', (time_end) => {
    expect(faultsOf({ ...form, time_end })).toEqual([
      'time_end is text that tells no time with its zone; allowed: a time such as 2026-03-14T09:15:02Z, or epoch milliseconds',
    ])
  })

  it.each([
    [{ client_number: 79161234567 }, 'client_number is a number; allowed: text or null'],
    [{ hold_duration: '12' }, 'hold_duration is text; allowed: a whole number up to 2147483647, or null'],
    [{ hold_duration: 1.5 }, 'hold_duration is 1.5; allowed: a whole number up to 2147483647, or null'],
    [
      { hold_duration: 2 ** 31 },
      'hold_duration is 2147483648; allowed: a whole number up to 2147483647, or null',
    ],
    [{ is_answered: 1 }, 'is_answered is a number; allowed: true, false or null'],
    [{ tags: 'a,b' }, 'tags is text; allowed: a list of texts, or null'],
    [{ tags: ['a', 1] }, 'tags holds something else than texts; allowed: a list of texts, or null'],
    [
      { time_end: 1.5 },
      'time_end is 1.5; allowed: a time such as 2026-03-14T09:15:02Z, or epoch milliseconds',
    ],
    [
      { time_end: {} },
      'time_end is an object; allowed: a time such as 2026-03-14T09:15:02Z, or epoch milliseconds',
    ],
    [{ event_type: 'unknown' }, 'event_type is none that is known; allowed: call_start, call_end'],
    [{ event_id: '' }, 'event_id has 0 characters; allowed: text of 1 to 200 characters without a line feed'],
    [
      { event_id: 'a\nb' },
      'event_id contains a line feed; allowed: text of 1 to 200 characters without a line feed',
    ],
    [{ call_id: null }, 'call_id is missing; allowed: text of 1 to 200 characters without a line feed'],
    [
      { duration: 12 },
      'duration is computed, and no field of a call event; allowed: what it follows from: event_type, is_answered, time_answer, time_end',
    ],
    [{ utm_sourse: 'x' }, 'utm_sourse is no field of a call event; allowed: perhaps utm_source was meant'],
    [
      JSON.parse('{"__proto__": {"city": "x"}}') as object,
      '__proto__ is no field of a call event; allowed: occurred_at and the stored call parameters',
    ],
  ])('names the field of %j', (given, text) => {
    const entries = [...Object.entries(form), ...Object.entries(given)]
    const built = Object.create(null) as Record<string, unknown>
    for (const [name, value] of entries) built[name] = value
    expect(faultsOf(built)).toEqual([text])
  })

  it('tells every fault at once, and names each field that has to be there', () => {
    expect(readCallEventForm({ colour: 'red' })).toMatchObject({
      kind: 'invalid',
      faults: [
        { path: 'colour', rule: 'unknown_field' },
        { path: 'occurred_at', rule: 'required' },
        { path: 'call_id', rule: 'required' },
        { path: 'event_id', rule: 'required' },
        { path: 'event_type', rule: 'required' },
        { path: 'account_id', rule: 'required' },
      ],
    })
  })

  it.each([[null], [[]], ['text'], [7]])('refuses %j as a whole', (given) => {
    expect(faultsOf(given)).toHaveLength(1)
  })
})
