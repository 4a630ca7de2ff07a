// Where a row is run: brokers and registry, as the test sees them and as workers do. On the shared stack both are the
// same; a ground of its own can be broken.
import { startBrokerCluster } from '../harness/broker-cluster.ts'
import type { BrokerCluster } from '../harness/broker-cluster.ts'
import type { FaultyBroker } from '../harness/faulty-broker.ts'
import { startFaultyBroker } from '../harness/faulty-broker.ts'
import { startTcpProxy } from '../harness/tcp-proxy.ts'
import type { TcpProxy } from '../harness/tcp-proxy.ts'
import { guardedBroker } from '../harness/topic-access.ts'

export type GroundKind = 'shared' | 'own' | 'guarded' | 'three brokers'

export interface Ground {
  /** For the rig, which is not to notice. */
  readonly direct: Readonly<Record<string, string>>
  /** For workers. */
  readonly forWorkers: Readonly<Record<string, string>>
  /** Null: shared with others, and not to be touched. */
  readonly broker: FaultyBroker | null
  /** Null: there is one broker. */
  readonly cluster: BrokerCluster | null
  /** Between workers and the registry. */
  readonly registry: TcpProxy
  stop(): Promise<void>
}

/** `guarded`: a broker of its own that can refuse writes to a topic. */
export async function startGround(kind: GroundKind): Promise<Ground> {
  const cluster = kind === 'three brokers' ? await startBrokerCluster() : null
  const broker = await brokerFor(kind)
  const direct = {
    KAFKA_BROKERS: broker?.direct ?? process.env['TEST_KAFKA_BROKERS'] ?? '',
    REGISTRY_URL: broker?.registryUrl ?? process.env['TEST_REGISTRY_URL'] ?? '',
    ...cluster?.environment,
  }
  const registryUrl = new URL(direct.REGISTRY_URL)
  const registry = await startTcpProxy(registryUrl.host)
  return {
    direct,
    forWorkers: {
      KAFKA_BROKERS: broker?.proxied ?? direct.KAFKA_BROKERS,
      REGISTRY_URL: `http://${registry.host}:${registry.port}${registryUrl.pathname}`,
    },
    broker,
    cluster,
    registry,
    async stop() {
      await broker?.stop()
      await cluster?.stop()
      await registry.stop()
    },
  }
}

async function brokerFor(kind: GroundKind): Promise<FaultyBroker | null> {
  if (kind === 'shared' || kind === 'three brokers') return null
  return startFaultyBroker(kind === 'guarded' ? guardedBroker : {})
}
