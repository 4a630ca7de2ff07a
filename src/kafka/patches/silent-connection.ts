/**
 * Ends a connection whose oldest request is overdue, so that the next request opens another.
 * The plain client lets the request time out and keeps the socket. Where the other side is gone without a word (a host
 * that moved, a firewall that forgot), every later request goes the same way until the operating system gives up, a
 * quarter of an hour later; and as the broker counts as connected, nobody asks where it is now.
 */
import { Connection } from './kafkajs-internals.ts'
import type { ConnectionInternals } from './kafkajs-internals.ts'
import { SILENT } from './request-queue.ts'

export const patchSilentConnection = (): void => {
  const plain = Connection.prototype.connect
  Connection.prototype.connect = function connect(this: ConnectionInternals): Promise<unknown> {
    const { requestQueue } = this
    if (requestQueue.listenerCount(SILENT) === 0) {
      requestQueue.on(SILENT, () => this.socket.destroy(new Error('the broker does not answer')))
    }
    return plain.call(this)
  }
}
