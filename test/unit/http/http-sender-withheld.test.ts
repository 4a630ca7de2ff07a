// A request that is taken back while its connection is being opened: nothing of it leaves.
import { afterEach, expect, it } from '@jest/globals'
import { answer, closeHostileServers, hostileServer, post, sendOne, testSender } from './hostile-server.ts'

afterEach(closeHostileServers)

it('does not leave, and the next one does', async () => {
  const server = await hostileServer((socket) => socket.write(answer('here')))
  const sender = testSender()
  const asked: number[] = []
  const mayLeave = (): boolean => {
    // The connection stands, and nothing was sent over it.
    asked.push(server.requests.length)
    return false
  }
  const withheld = { kind: 'unanswered', failure: 'withheld', timings: { connectMs: null } }
  expect(await sendOne(sender, post(server.port), { mayLeave })).toMatchObject(withheld)
  expect(await sendOne(sender, post(server.port), { mayLeave })).toMatchObject(withheld)
  expect(asked).toEqual([0, 0])
  const next = await sendOne(sender, post(server.port), { totalTimeoutMs: 5_000 })
  expect(next).toMatchObject({ kind: 'answered', statusCode: 200 })
  expect(await sendOne(sender, post(server.port), { mayLeave })).toMatchObject(withheld)
  expect(server.requests).toHaveLength(1)
})
