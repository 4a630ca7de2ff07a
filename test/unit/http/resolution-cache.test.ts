// The memory of names: that it forgets in time, and that nobody can make it grow.
import { describe, expect, it } from '@jest/globals'
import { noAnswer } from '../../../src/http/resolution.ts'
import { ResolutionCache } from '../../../src/http/resolution-cache.ts'

describe('the memory of names', () => {
  it('ends with the time that was given', () => {
    const cache = new ResolutionCache(10)
    cache.set('a', noAnswer, 100)
    expect(cache.get('a', 99)).toBe(noAnswer)
    expect(cache.get('a', 100)).toBeUndefined()
    expect(cache.size).toBe(0)
  })

  it('holds so many names and no more, and lets go of the one asked for least recently', () => {
    const cache = new ResolutionCache(3)
    for (const name of ['a', 'b', 'c']) cache.set(name, noAnswer, 100)
    cache.get('a', 0)
    cache.set('d', noAnswer, 100)
    expect(cache.size).toBe(3)
    expect(['a', 'b', 'c', 'd'].filter((name) => cache.get(name, 0) !== undefined)).toEqual(['a', 'c', 'd'])
    cache.set('c', noAnswer, 200)
    expect(cache.size).toBe(3)
    expect(cache.get('c', 150)).toBe(noAnswer)
  })

  it('stays at 10,000 names, whoever invents more', () => {
    const cache = new ResolutionCache(10_000)
    for (let count = 0; count < 100_000; count += 1) cache.set(`n${count}.example`, noAnswer, 100)
    expect(cache.size).toBe(10_000)
    expect(cache.get('n90000.example', 0)).toBe(noAnswer)
    expect(cache.get('n89999.example', 0)).toBeUndefined()
  })
})
