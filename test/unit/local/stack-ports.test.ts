import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { claimPort } from '../../../src/local/stack-ports.ts'

let occupant: Server
let takenPort: number

beforeEach(async () => {
  occupant = createServer((socket) => socket.destroy())
  occupant.listen(0, '127.0.0.1')
  await once(occupant, 'listening')
  const address = occupant.address()
  takenPort = typeof address === 'object' && address !== null ? address.port : 0
})

afterEach(() => {
  occupant.close()
})

describe('a port of the local stack', () => {
  it('that is taken is named, with the option that changes it', async () => {
    const claim = claimPort({ port: takenPort, owner: 'Kafka', option: 'kafkaPort' })
    await expect(claim).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.stringMatching(new RegExp(`${takenPort}.*kafkaPort`)),
    })
  })

  it('that is free is taken as it was asked for', async () => {
    occupant.close()
    await once(occupant, 'close')
    const claim = claimPort({ port: takenPort, owner: 'Kafka', option: 'kafkaPort' })
    await expect(claim).resolves.toBe(takenPort)
  })

  it('of 0 means a free one outside the range of outgoing connections', async () => {
    const port = await claimPort({ port: 0, owner: 'The schema registry', option: 'registryPort' })
    expect(port).toBeGreaterThanOrEqual(20_000)
    expect(port).toBeLessThan(32_768)
  })
})
