// What this process uses and offers, as far as the settings name it: where no webhook may lead.
import type { Settings } from './schema.ts'

/** Structurally what the sender takes. Ports that the system chooses are not known here. */
interface OwnService {
  readonly host: string
  readonly port: number
  readonly publicAddresses: 'its_own' | 'shared'
}

export function ownServicesOf({ kafka, registry, ops, console }: Settings): readonly OwnService[] {
  const registryUrl = new URL(registry.url)
  return [
    ...kafka.brokers.map(brokerOf),
    {
      host: registryUrl.hostname,
      port: Number(registryUrl.port || (registryUrl.protocol === 'https:' ? 443 : 80)),
      // It may stand behind a content network, as receivers do.
      publicAddresses: 'shared',
    },
    ...[ops, console]
      .filter(({ port }) => port !== 0)
      .map(({ host, port }) => ({ host, port, publicAddresses: 'its_own' }) as const),
  ]
}

function brokerOf(broker: string): OwnService {
  const [host = '', port = ''] = broker.split(':')
  return { host, port: Number(port), publicAddresses: 'its_own' }
}
