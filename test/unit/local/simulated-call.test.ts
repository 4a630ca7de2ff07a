import avro from 'avsc'
import { describe, expect, it } from '@jest/globals'
import { readSchema } from '../../../src/kafka/schema-files.ts'
import { simulateCall } from '../../../src/local/simulated-call.ts'

const type = avro.Type.forSchema(readSchema('call-event'))
const nowMs = 1_700_000_000_000
const calls = Array.from({ length: 50 }, (_, index) => simulateCall(index, 'acme', nowMs))

describe('a simulated call', () => {
  it('can be written by the schema, and is no larger than a real one', () => {
    for (const { start, end } of calls) {
      for (const event of start === null ? [end] : [start, end]) {
        expect(type.isValid(event)).toBe(true)
        expect(type.toBuffer(event).length).toBeLessThan(3_000)
      }
    }
  })

  it('is consistent: a start knows nothing of the end, and times follow each other', () => {
    for (const { start, end } of calls) {
      expect(end).toMatchObject({ event_type: 'call_end', account_id: 'acme', time_end: nowMs })
      const [received, answered] = [end.time_received ?? Number.NaN, end.time_answer]
      expect(received).toBeLessThan(nowMs)
      if (start === null) {
        expect(end).toMatchObject({
          is_answered: false,
          time_answer: null,
          record_url: null,
          call_status: 'missed',
        })
        continue
      }
      expect(start).toMatchObject({
        event_type: 'call_start',
        call_id: end.call_id,
        time_end: null,
        call_status: null,
        record_url: null,
      })
      expect(start.event_id).not.toBe(end.event_id)
      expect(end).toMatchObject({ is_answered: true, record_status: 'ready' })
      expect(received).toBeLessThan(answered ?? Number.NaN)
      expect(answered).toBeLessThan(nowMs)
    }
  })

  it('is missed every fifth time', () => {
    expect(calls.filter(({ start }) => start === null)).toHaveLength(10)
    expect(calls[4]?.start).toBeNull()
  })

  it('is the same each time but for its ids', () => {
    const [once, again] = [simulateCall(7, 'a', nowMs), simulateCall(7, 'a', nowMs)]
    expect(once.end.event_id).not.toBe(again.end.event_id)
    const ids = { event_id: '', call_id: '', record_url: null }
    expect({ ...once.end, ...ids }).toEqual({ ...again.end, ...ids })
  })
})
