// Where a row is run: brokers and registry, as the test sees them and as workers do. On the shared stack both are the
// same; a ground of its own can be broken.
import type { FaultyBroker } from '../harness/faulty-broker.ts'
import { startFaultyBroker } from '../harness/faulty-broker.ts'
import { startTcpProxy } from '../harness/tcp-proxy.ts'
import type { TcpProxy } from '../harness/tcp-proxy.ts'
import { guardedBroker } from '../harness/topic-access.ts'

export type GroundKind = 'shared' | 'own' | 'guarded'

export interface Ground {
  /** For the rig, which is not to notice. */
  readonly direct: Readonly<Record<string, string>>
  /** For workers. */
  readonly forWorkers: Readonly<Record<string, string>>
  /** Null: shared with others, and not to be touched. */
  readonly broker: FaultyBroker | null
  /** Between workers and the registry. */
  readonly registry: TcpProxy
  stop(): Promise<void>
}

/** `guarded`: a broker of its own that can refuse writes to a topic. */
export async function startGround(kind: GroundKind): Promise<Ground> {
  const broker = kind === 'shared' ? null : await startFaultyBroker(kind === 'guarded' ? guardedBroker : {})
  const brokers = broker?.direct ?? process.env['TEST_KAFKA_BROKERS'] ?? ''
  const registryUrl = new URL(broker?.registryUrl ?? process.env['TEST_REGISTRY_URL'] ?? '')
  const registry = await startTcpProxy(registryUrl.host)
  return {
    direct: { KAFKA_BROKERS: brokers, REGISTRY_URL: registryUrl.href },
    forWorkers: {
      KAFKA_BROKERS: broker?.proxied ?? brokers,
      REGISTRY_URL: `http://${registry.host}:${registry.port}${registryUrl.pathname}`,
    },
    broker,
    registry,
    async stop() {
      await broker?.stop()
      await registry.stop()
    },
  }
}
