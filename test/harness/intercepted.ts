// Bends what the client's brokers answer, in this process: requests still go to the real broker unless a test says
// otherwise. The client's classes are the ones that it uses itself.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
type Method = 'produce' | 'fetch' | 'offsetCommit' | 'addPartitionsToTxn' | 'endTxn'
type Request = (request: object) => Promise<unknown>
const { prototype }: { prototype: Record<Method, Request> } = require('kafkajs/src/broker')
const { KafkaJSConnectionError } = require('kafkajs/src/errors')
const { createErrorFromCode } = require('kafkajs/src/protocol/error')

/** What a lost connection looks like to the client. */
export const connectionLost = (): Error => new KafkaJSConnectionError('the connection was lost')

/** What a broker says that does not lead the partition any more. */
export const notLeader = (): Error => createErrorFromCode(6)

/** The next request of that kind is treated by `instead`, which may still `send` it; later ones are not. */
export function interceptNext(
  method: Method,
  instead: (send: () => Promise<unknown>) => Promise<unknown>,
): void {
  const plain = prototype[method]
  prototype[method] = function intercepted(this: object, request: object) {
    prototype[method] = plain
    return instead(() => plain.call(this, request))
  }
}
