// Room for sockets without any socket: who gets a turn, in which order, and when one has to be closed for it.
import { describe, expect, it } from '@jest/globals'
import { SocketRoom } from '../../../src/http/socket-room.ts'
import type { RoomSeeker } from '../../../src/http/socket-room.ts'

function world(size: number) {
  const told: string[] = []
  const over = new Set<string>()
  const room = new SocketRoom(size, () => told.push('sought'))
  const seeker = (name: string): RoomSeeker => ({
    home: null,
    get over() {
      return over.has(name)
    },
    turn() {
      told.push(over.has(name) ? `${name} over` : name)
      if (!over.has(name)) room.take()
    },
  })
  return { room, told, over, seeker }
}

describe('room', () => {
  it('is given in the order in which it was asked for, one at a time', () => {
    const { room, told, seeker } = world(2)
    room.take()
    room.take()
    expect([room.full, room.taken]).toEqual([true, 2])
    for (const name of ['one', 'two', 'three']) room.seek(seeker(name))
    room.giveBack()
    room.giveBack()
    expect(told).toEqual(['sought', 'sought', 'sought', 'one', 'two'])
    expect([room.full, room.taken]).toEqual([true, 2])
    room.giveBack()
    room.giveBack()
    expect([room.full, room.taken]).toEqual([false, 1])
  })

  it('is not taken by those who need it no more, nor kept from those behind them', () => {
    const { room, told, over, seeker } = world(1)
    room.take()
    for (const name of ['one', 'two', 'three']) room.seek(seeker(name))
    over.add('one').add('two')
    room.giveBack()
    expect(told.slice(3)).toEqual(['one over', 'two over', 'three'])
    expect(room.taken).toBe(1)
  })

  it('names as first who still needs it', () => {
    const { room, over, seeker } = world(1)
    room.take()
    const [one, two] = [seeker('one'), seeker('two')]
    room.seek(one)
    room.seek(two)
    expect(room.firstSeeker).toBe(one)
    over.add('one')
    expect(room.firstSeeker).toBe(two)
    room.passFirst()
    expect(room.firstSeeker).toBeUndefined()
  })

  it('is short by those whom no closing socket helps', () => {
    const { room, told, seeker } = world(3)
    for (let count = 0; count < 3; count += 1) room.take()
    room.seek(seeker('one'))
    room.expectOne()
    expect(room.short).toBe(false)
    room.expectOne()
    room.seek(seeker('two'))
    expect(told).toEqual(['sought'])
    room.seek(seeker('three'))
    expect([told, room.short]).toEqual([['sought', 'sought'], true])
  })

  it('that another socket gave back is not counted upon twice', () => {
    const { room, seeker } = world(1)
    room.take()
    room.expectOne()
    room.giveBack()
    room.giveBack()
    room.take()
    room.seek(seeker('one'))
    expect(room.short).toBe(true)
  })

  it('is given to nobody once it is closed', () => {
    const { room, told, seeker } = world(1)
    room.take()
    room.seek(seeker('one'))
    room.close()
    room.giveBack()
    expect(told).toEqual(['sought'])
  })
})
