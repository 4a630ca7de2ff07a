// A broker of a test's own that can be frozen, ended and cut off, with a registry beside it. It listens twice: what
// checks the worker talks to it directly, while the worker's every connection leads through a proxy.
import { startLocalStack } from '../../src/local/stack.ts'
import type { StackServer } from '../../src/local/stack.ts'
import { freePort, stackHost } from '../../src/local/stack-ports.ts'
import { startTcpProxy } from './tcp-proxy.ts'
import type { TcpProxy } from './tcp-proxy.ts'

export interface FaultyBroker {
  /** For whoever is not to notice what the proxy does. */
  readonly direct: string
  /** For the worker. */
  readonly proxied: string
  readonly registryUrl: string
  readonly proxy: TcpProxy
  readonly server: StackServer
  stop(): Promise<void>
}

/** Needs the stack to run on Java. `properties`: the broker's, besides those that it listens by. */
export async function startFaultyBroker(
  properties: Readonly<Record<string, string>> = {},
): Promise<FaultyBroker> {
  const [kafkaPort, behindProxy, controllerPort] = [await freePort(), await freePort(), await freePort()]
  const proxy = await startTcpProxy(`${stackHost}:${behindProxy}`)
  const direct = `${stackHost}:${kafkaPort}`
  const proxied = `${proxy.host}:${proxy.port}`
  const stack = await startLocalStack({
    origin: 'java',
    kafkaPort,
    registryPort: 0,
    brokerProperties: {
      ...properties,
      'controller.quorum.voters': `1@${stackHost}:${controllerPort}`,
      listeners: `PLAINTEXT://${direct},PROXIED://${stackHost}:${behindProxy},CONTROLLER://${stackHost}:${controllerPort}`,
      'advertised.listeners': `PLAINTEXT://${direct},PROXIED://${proxied}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
    },
  })
  if (stack.kafka === undefined) throw new Error('the stack runs where it cannot be broken')
  return {
    direct,
    proxied,
    registryUrl: stack.registryUrl,
    proxy,
    server: stack.kafka,
    async stop() {
      await stack.stop()
      await proxy.stop()
    },
  }
}
