import { describe, expect, it } from '@jest/globals'
import { eventTypes } from '../../../src/domain/call-event.ts'
import { parameterCatalogue } from '../../../src/domain/parameter-catalogue.ts'
import { sampleEvent } from '../../../src/domain/sample-event.ts'

describe('the sample call', () => {
  it.each(eventTypes)('has a value for every parameter that a %s can carry', (type) => {
    const event = sampleEvent(type, 'acme')
    expect(event).toMatchObject({ event_type: type, account_id: 'acme' })
    for (const { name, atStart, value } of parameterCatalogue) {
      const isKnown = value(event) !== null
      expect({ name, isKnown }).toEqual({ name, isKnown: type === 'call_end' || atStart !== 'never' })
    }
  })

  it('is one call whose start and end are two events', () => {
    const [start, end] = [sampleEvent('call_start', 'a'), sampleEvent('call_end', 'a')]
    expect(start.call_id).toBe(end.call_id)
    expect(start.event_id).not.toBe(end.event_id)
    expect([start.occurred_at, end.occurred_at]).toEqual([start.time_answer, end.time_end])
  })
})
