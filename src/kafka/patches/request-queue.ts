/**
 * Stops the request queue from waking up when it holds nothing.
 * The plain queue arms its next check after every check, with a delay that turns negative: about 800 wake-ups a
 * second per connection and a TimeoutNegativeWarning. A check without pending requests does nothing, and each
 * push arms one itself, so none is needed; a throttle that ends with requests pending still has its check.
 */
import { RequestQueue } from './kafkajs-internals.ts'
import type { RequestQueueInternals } from './kafkajs-internals.ts'

export const patchRequestQueue = (): void => {
  const plain = RequestQueue.prototype.scheduleCheckPendingRequests
  RequestQueue.prototype.scheduleCheckPendingRequests = function schedule(this: RequestQueueInternals): void {
    if (this.pending.length > 0) plain.call(this)
  }
}
