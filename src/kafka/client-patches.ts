/**
 * Repairs kafkajs where it would harm a reader: idle wake-ups, positions stuck before compacted tails, slow and
 * mangled headers, slow writing, unbounded inflation, codecs that are missing, leftovers of a cut connection, silent ones, and one
 * broker of several that holds up all.
 * Invariant: applied at most once per process and only to the version they were written against, since they
 * change the client's inner parts in place. Call it before the first client is built.
 */
import { patchCompressionCodecs } from './patches/compression-codecs.ts'
import { patchConnectionLeftovers } from './patches/connection-leftovers.ts'
import { patchFetchResponse } from './patches/fetch-response.ts'
import { patchGroupMembership } from './patches/group-membership.ts'
import { installedVersion, RequestQueue } from './patches/kafkajs-internals.ts'
import { patchProduceRequest } from './patches/produce-request.ts'
import { patchPromptResume } from './patches/prompt-resume.ts'
import { patchRequestQueue } from './patches/request-queue.ts'
import { patchSeveralBrokers } from './patches/several-brokers.ts'
import { patchSilentConnection } from './patches/silent-connection.ts'
import { patchEmptyBatches } from './patches/without-empty-batches.ts'

const PATCHED_CLIENT_VERSION = '2.2.4'

/** The installed kafkajs is another than the one that the patches were written for. */
export class UnsupportedClientError extends Error {
  readonly code = 'UNSUPPORTED_KAFKA_CLIENT'
  override readonly name = 'UnsupportedClientError'
}

/** Kept on the client itself: a second copy of this module must not patch it again. */
const APPLIED = Symbol.for('call-webhook-worker.client-patches')

/**
 * Applies all patches, once however often it is called.
 * @throws UnsupportedClientError when kafkajs is not exactly the version above.
 */
export const applyClientPatches = (version: string = installedVersion()): void => {
  if (version !== PATCHED_CLIENT_VERSION) {
    throw new UnsupportedClientError(
      `kafkajs ${version} is installed, but the patches that make it safe fit ${PATCHED_CLIENT_VERSION} only`,
    )
  }
  if (Object.hasOwn(RequestQueue.prototype, APPLIED)) return
  Object.defineProperty(RequestQueue.prototype, APPLIED, { value: true })
  patchRequestQueue()
  patchFetchResponse()
  patchProduceRequest()
  patchCompressionCodecs()
  patchConnectionLeftovers()
  patchSilentConnection()
  patchPromptResume()
  patchEmptyBatches()
  patchSeveralBrokers()
  patchGroupMembership()
}
