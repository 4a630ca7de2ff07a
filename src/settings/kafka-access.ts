// How to reach the brokers, in the client's terms: the settings with the certificate files read in.
// It stands here because reading a file that a setting names can fail, and then the setting is to be named.
import { InvalidSettings } from './invalid-settings.ts'
import type { Settings } from './schema.ts'
import { environmentNameOf } from './setting.ts'
import { readTextFile } from './text-file.ts'

/** Plain data under the client's own names (times in milliseconds): what `new Kafka` takes. */
export interface KafkaAccess {
  readonly brokers: string[]
  readonly clientId: string
  readonly connectionTimeout: number
  readonly requestTimeout: number
  /** PEM texts; absent: no TLS. */
  readonly ssl?: Certificates
  readonly sasl?: Login
}

interface Certificates {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

type Login = Record<'username' | 'password', string> &
  ({ mechanism: 'plain' } | { mechanism: 'scram-sha-256' } | { mechanism: 'scram-sha-512' })

/** @throws InvalidSettings when a certificate or key file cannot be read. */
export function readKafkaAccess({ kafka }: Settings): KafkaAccess {
  const { mechanism, username, password } = kafka.sasl
  return {
    brokers: [...kafka.brokers],
    clientId: kafka.clientId,
    connectionTimeout: kafka.connectionTimeoutMs,
    requestTimeout: kafka.requestTimeoutMs,
    ...(kafka.ssl.enabled ? { ssl: readCertificates(kafka.ssl) } : {}),
    ...(mechanism === 'none' ? {} : { sasl: { mechanism, username, password } }),
  }
}

function readCertificates(ssl: Settings['kafka']['ssl']): Certificates {
  const faults: string[] = []
  const read = (key: 'ca' | 'cert' | 'key', path: string) => {
    if (path === '') return {}
    const file = readTextFile(path)
    if (file.kind === 'text') return { [key]: file.text }
    const name = `kafka.ssl.${key}File`
    faults.push(`${name} (${environmentNameOf(name)}): the file "${path}" cannot be read (${file.reason})`)
    return {}
  }
  const certificates = {
    ...read('ca', ssl.caFile),
    ...read('cert', ssl.certFile),
    ...read('key', ssl.keyFile),
  }
  if (faults.length > 0) throw new InvalidSettings(faults)
  return certificates
}
