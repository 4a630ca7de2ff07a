// Order and size of the queue, whoever leaves it and from where.
import { describe, expect, it } from '@jest/globals'
import { Link, LinkedQueue } from '../../../src/http/linked-queue.ts'

function contents(queue: LinkedQueue<string>): string[] {
  const all: string[] = []
  for (let value = queue.shift(); value !== undefined; value = queue.shift()) all.push(value)
  return all
}

describe('a linked queue', () => {
  it.each([
    ['none', [], ['a', 'b', 'c']],
    ['the first', ['a'], ['b', 'c']],
    ['one in the middle', ['b'], ['a', 'c']],
    ['the last', ['c'], ['a', 'b']],
    ['the ends', ['c', 'a'], ['b']],
    ['all', ['b', 'a', 'c'], []],
    ['one twice', ['b', 'b'], ['a', 'c']],
  ])('keeps its order when %s leaves', (_what, leaving, left) => {
    const queue = new LinkedQueue<string>()
    const links = ['a', 'b', 'c'].map((value) => new Link(value))
    for (const link of links) queue.append(link)
    for (const value of leaving) queue.remove(links.find((link) => link.value === value)!)
    expect([queue.size, queue.first, queue.last]).toEqual([left.length, left[0], left.at(-1)])
    expect(contents(queue)).toEqual(left)
  })

  it('takes back at its end who has left', () => {
    const queue = new LinkedQueue<string>()
    const [one, two] = [new Link('one'), new Link('two')]
    queue.append(one)
    queue.append(two)
    queue.remove(one)
    queue.append(one)
    expect([queue.first, queue.last, queue.size]).toEqual(['two', 'one', 2])
  })

  it('lets nobody go who is in another one', () => {
    const [here, there] = [new LinkedQueue<string>(), new LinkedQueue<string>()]
    const link = new Link('one')
    here.append(link)
    there.remove(link)
    expect([here.size, there.size]).toEqual([1, 0])
  })
})
