import { describe, expect, it } from '@jest/globals'
import { EventStream } from '../../../../../src/console/page/log/event-stream.ts'

const text = [
  ': here\n\n',
  'event: deliveries\ndata: {"webhook_id":"w1"}\n\n',
  'id: 7\r\nevent:health\r\ndata: {}\r\n\r\n',
  'event: nothing\n\n',
  'data: one\ndata: two\n\n',
  'event: cut',
].join('')
const names = ['deliveries', 'health', 'message']

describe('a stream of events', () => {
  it('is told by the names of those that hold something', () => {
    expect(new EventStream().push(text)).toEqual(names)
  })

  it.each(Array.from({ length: text.length - 1 }, (_, index) => index + 1))(
    'is the same when it is cut at %i',
    (at) => {
      const events = new EventStream()
      expect([...events.push(text.slice(0, at)), ...events.push(text.slice(at))]).toEqual(names)
    },
  )

  it('is the same letter by letter', () => {
    const events = new EventStream()
    expect(Array.from(text).flatMap((letter) => events.push(letter))).toEqual(names)
  })
})
