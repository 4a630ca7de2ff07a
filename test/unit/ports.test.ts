import { expect, it } from '@jest/globals'

it('holds types only: nothing of it is there at run time', async () => {
  expect(Object.keys(await import('../../src/ports.ts'))).toEqual([])
})
