import { describe, expect, it } from '@jest/globals'
import type { CommittedProgress } from '../../../src/ports.ts'
import { GroupStanding } from '../../../src/progress/group-standing.ts'

const at = (offset: bigint, metadata = ''): CommittedProgress => ({ offset, metadata })

describe('what is due', () => {
  it('is nothing before anything was read: the group may stand at the end', () => {
    const standing = new GroupStanding(at(5n))
    expect(standing.isDue(at(6n))).toBe(false)
    standing.readFrom(5n)
    expect(standing.isDue(at(6n))).toBe(true)
  })

  it('is what is further than the group, or says more at the same offset, and nothing below it', () => {
    const standing = new GroupStanding(null)
    standing.readFrom(5n)
    standing.taken(at(7n, 'u1:AQ'))
    expect(standing.isDue(at(7n, 'u1:AQ'))).toBe(false)
    expect(standing.isDue(at(7n, 'u1:Ag'))).toBe(true)
    expect(standing.isDue(at(8n))).toBe(true)
    expect(standing.isDue(at(6n))).toBe(false)
  })

  it('is counted from the first that was read, whatever is read after it', () => {
    const standing = new GroupStanding(null)
    standing.readFrom(5n)
    standing.readFrom(9n)
    expect(standing.isDue(at(6n))).toBe(true)
  })
})

describe('where the group stands', () => {
  it('is ours where it is as it told, as it took last, or as was sent since', () => {
    const standing = new GroupStanding(at(5n))
    expect([standing.isOurs(at(5n)), standing.isOurs(at(6n))]).toEqual([true, false])
    standing.taken(at(6n))
    standing.sent(at(7n))
    standing.sent(at(8n, 'u1:AQ'))
    expect([5n, 6n, 7n].map((offset) => standing.isOurs(at(offset)))).toEqual([false, true, true])
    expect([standing.isOurs(at(8n)), standing.isOurs(at(8n, 'u1:AQ'))]).toEqual([false, true])
  })

  it('is ours where it was not told, and read from where it stands', () => {
    const standing = new GroupStanding(null)
    expect([standing.isOurs(null), standing.isOurs(at(3n))]).toEqual([true, true])
    standing.readFrom(5n)
    expect([5n, 6n].map((offset) => standing.isOurs(at(offset, 'u1:AQ')))).toEqual([true, false])
  })

  it('is known across an assignment that tells nothing', () => {
    const before = new GroupStanding(at(5n))
    expect(before.again(null).isOurs(at(6n))).toBe(false)
    expect(before.again(at(6n)).isOurs(at(6n))).toBe(true)
  })
})
