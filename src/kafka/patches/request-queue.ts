/**
 * Stops the request queue from waking up when it has nothing to do.
 * The plain queue arms its next check for pending requests after every check, with a delay that turns negative: about
 * 800 wake-ups a second per connection and a TimeoutNegativeWarning. A check without pending requests does nothing,
 * and each push arms one itself, so none is needed; a throttle that ends with requests pending still has its check.
 * It also looks for overdue requests ten times a second, though they become overdue after ten seconds.
 * Whoever holds the connection is told when its oldest request is overdue (`SILENT`): a broker answers in order, so what
 * waits behind a join that takes its time says nothing about the connection.
 */
import { RequestQueue } from './kafkajs-internals.ts'
import type { RequestQueueInternals } from './kafkajs-internals.ts'

/** By how much a request may overstay; a tenth of the shortest timeout that the settings allow. */
const overdueCheckMs = 1_000

/** Emitted by a queue whose oldest request is overdue. */
export const SILENT = Symbol('silent')

export const patchRequestQueue = (): void => {
  const plain = RequestQueue.prototype.scheduleCheckPendingRequests
  RequestQueue.prototype.scheduleCheckPendingRequests = function schedule(this: RequestQueueInternals): void {
    if (this.pending.length > 0) plain.call(this)
  }
  RequestQueue.prototype.scheduleRequestTimeoutCheck = function watch(this: RequestQueueInternals): void {
    if (!this.enforceRequestTimeout) return
    this.destroy()
    this.requestTimeoutIntervalId = setInterval(
      () => endOverdue(this),
      Math.min(this.requestTimeout, overdueCheckMs),
    )
  }
}

function endOverdue(queue: RequestQueueInternals): void {
  const requests = [...queue.inflight.values()]
  const overdue = requests.filter(({ sentAt, requestTimeout }) => Date.now() - sentAt > requestTimeout)
  for (const request of overdue) request.timeoutRequest()
  if (overdue.length > 0 && overdue[0] === requests[0]) queue.emit(SILENT)
  if (!queue.isConnected()) queue.destroy()
}
