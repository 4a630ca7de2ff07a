/**
 * Lets a client of several brokers do without one that is gone while the others still name it, which they do until its
 * session has run out (9 s unless brokers are set otherwise).
 * The plain client asks any of them and takes one that cannot be reached for the answer; its consumer stops reading from
 * all brokers when it cannot reach one, or the group's coordinator, and soon gives up and leaves the group.
 * Where no broker can be reached nothing is changed: the consumer breaks, and is built anew.
 */
import { createRequire } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'

const require = createRequire(import.meta.url)

interface Broker {
  isConnected(): boolean
}

interface BrokerPoolInternals {
  readonly brokers: Readonly<Record<string, Broker>>
  findBroker(options: { nodeId: string }): Promise<Broker>
  withBroker(callback: (found: { nodeId: string; broker: Broker }) => Promise<unknown>): Promise<unknown>
}

interface GroupOnBrokers {
  readonly groupId: string
  readonly generationId: number | null
  readonly cluster: {
    isConnected(): boolean
    findGroupCoordinator(options: { groupId: string }): Promise<Broker>
  }
  coordinator: Broker
  readonly offsetManager: { coordinator: Broker }
  recoverFromFetch(error: Error): Promise<void>
  heartbeat(options: { interval: number }): Promise<void>
}

const BrokerPool: { readonly prototype: BrokerPoolInternals } = require('kafkajs/src/cluster/brokerPool')
const ConsumerGroup: { readonly prototype: GroupOnBrokers } = require('kafkajs/src/consumer/consumerGroup')
const shuffle: (ids: string[]) => string[] = require('kafkajs/src/utils/shuffle')

/** Between two tries to reach a broker: each learns from the others who leads by now. */
const tryEveryMs = 250

/** The client's names for a connection that does not come about, and for one that ended before the answer. */
const refused = 'KafkaJSConnectionError'
const brokenOff = 'KafkaJSConnectionClosedError'

/** Groups that are looking for their coordinator. */
const looking = new WeakSet<GroupOnBrokers>()

export const patchSeveralBrokers = (): void => {
  const plainWith = BrokerPool.prototype.withBroker
  BrokerPool.prototype.withBroker = async function withBroker(
    this: BrokerPoolInternals,
    callback: Parameters<typeof plainWith>[0],
  ): Promise<unknown> {
    const ids = shuffle(Object.keys(this.brokers))
    const isConnected = (nodeId: string): boolean => this.brokers[nodeId]?.isConnected() === true
    const refusals: Error[] = []
    for (const nodeId of [...ids.filter(isConnected), ...ids.filter((id) => !isConnected(id))]) {
      const broker = await this.findBroker({ nodeId }).catch((error: Error) => {
        refusals.push(error)
        return null
      })
      if (broker === null) continue
      try {
        return await callback({ nodeId, broker })
      } catch {
        // As the plain client has it: the next one may know.
      }
    }
    const [refusal] = refusals
    if (refusal !== undefined && refusals.length === ids.length) throw refusal
    return ids.length === 0 ? plainWith.call(this, callback) : null
  }
  const plainRecover = ConsumerGroup.prototype.recoverFromFetch
  ConsumerGroup.prototype.recoverFromFetch = async function recoverFromFetch(
    this: GroupOnBrokers,
    error: Error,
  ): Promise<void> {
    const isRefused = error.name === refused && this.cluster.isConnected()
    await (isRefused ? delay(tryEveryMs) : plainRecover.call(this, error))
  }
  const plainHeartbeat = ConsumerGroup.prototype.heartbeat
  ConsumerGroup.prototype.heartbeat = async function heartbeat(
    this: GroupOnBrokers,
    options: { interval: number },
  ): Promise<void> {
    if (looking.has(this)) return
    try {
      await plainHeartbeat.call(this, options)
    } catch (error) {
      if (!isUnreachable(error) || !this.cluster.isConnected()) throw error
      void lookForCoordinator(this)
    }
  }
}

/** The group has moved to another broker, membership and all, or will have in a moment. */
async function lookForCoordinator(group: GroupOnBrokers): Promise<void> {
  if (looking.has(group)) return
  looking.add(group)
  const { cluster, groupId, generationId, offsetManager } = group
  try {
    const coordinator = await cluster.findGroupCoordinator({ groupId })
    if (group.generationId !== generationId) return
    group.coordinator = coordinator
    offsetManager.coordinator = coordinator
  } catch {
    await delay(tryEveryMs)
  } finally {
    looking.delete(group)
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof Error && (error.name === refused || error.name === brokenOff)
}
