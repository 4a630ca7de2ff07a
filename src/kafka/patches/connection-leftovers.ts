/**
 * Forgets the half-read response of a connection that was cut before it connects again.
 * The plain client keeps those bytes and puts the new connection's first response behind them: it takes the
 * wrong length, and the connection stays silent until its requests time out, or for ever reads rubbish.
 */
import { Connection } from './kafkajs-internals.ts'
import type { ConnectionInternals } from './kafkajs-internals.ts'

/** Every response begins with its length, an INT32. */
const LENGTH_BYTES = 4

export const patchConnectionLeftovers = (): void => {
  const plain = Connection.prototype.connect
  Connection.prototype.connect = function connect(this: ConnectionInternals): Promise<unknown> {
    if (!this.isConnected()) {
      this.chunks = []
      this.bytesBuffered = 0
      this.bytesNeeded = LENGTH_BYTES
    }
    return plain.call(this)
  }
}
