import { describe, expect, it } from '@jest/globals'
import { startLocalStack } from '../../../src/local/stack.ts'

describe('a stack whose addresses are given', () => {
  it('is used as it is: nothing is started', async () => {
    const lines: string[] = []
    const stack = await startLocalStack({
      brokers: ['127.0.0.1:1'],
      registryUrl: 'http://127.0.0.1:2',
      onProgress: (line) => lines.push(line),
    })
    expect(stack).toMatchObject({
      brokers: ['127.0.0.1:1'],
      registryUrl: 'http://127.0.0.1:2',
      origin: 'given',
    })
    expect(stack.kafka).toBeUndefined()
    expect(lines).toEqual([])
    await stack.stop()
  })
})
