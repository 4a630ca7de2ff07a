// A broker that lets nobody in without TLS: one listener asks for a login besides, one for a client's certificate.
// A plain listener stands beside them, for the launcher's question whether it is up and for making users.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { kafkaClassPath } from '../../src/local/broker-properties.ts'
import { startJavaNode } from '../../src/local/java-node.ts'
import { kafkaNode } from '../../src/local/kafka-node.ts'
import { stackJars } from '../../src/local/stack-jars.ts'
import { chooseOrigin } from '../../src/local/stack-origin.ts'
import { freePort, stackHost } from '../../src/local/stack-ports.ts'
import { stackTools } from '../../src/local/stack-tools.ts'
import type { Certificate } from './certificates.ts'

export interface SecuredBroker {
  /** Each `host:port`. */
  readonly plain: string
  /** TLS, and a login by PLAIN or SCRAM. */
  readonly login: string
  /** TLS, and a certificate that the authority has signed. */
  readonly mutual: string
  stop(): Promise<void>
}

export interface SecuredBrokerOptions {
  /** PEM. */
  readonly authority: string
  readonly server: Certificate
  readonly username: string
  readonly password: string
}

const run = promisify(execFile)
const modules = 'org.apache.kafka.common.security'

/** Needs Java, like the stack of the other tests. */
export async function startSecuredBroker(options: SecuredBrokerOptions): Promise<SecuredBroker> {
  const { authority, server, username, password } = options
  const choice = await chooseOrigin({ origin: 'java' }, stackTools)
  if (choice.kind !== 'java') throw new Error('a secured broker needs Java')
  const jars = await stackJars({ java: choice.java, tools: stackTools, onProgress: () => undefined })
  const [port, controllerPort, loginPort, mutualPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ]
  const plain = `${stackHost}:${port}`
  const login = `${stackHost}:${loginPort}`
  const mutual = `${stackHost}:${mutualPort}`
  const listeners = `PLAINTEXT://${plain},LOGIN://${login},MUTUAL://${mutual}`
  const scram = `${modules}.scram.ScramLoginModule required;`
  const node = kafkaNode(jars, {
    port,
    controllerPort,
    brokerProperties: {
      listeners: `${listeners},CONTROLLER://${stackHost}:${controllerPort}`,
      'advertised.listeners': listeners,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_SSL,MUTUAL:SSL',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.certificate.chain': server.cert,
      'ssl.keystore.key': server.key,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.certificates': authority,
      'listener.name.mutual.ssl.client.auth': 'required',
      'listener.name.login.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.login.plain.sasl.jaas.config': `${modules}.plain.PlainLoginModule required user_${username}="${password}";`,
      'listener.name.login.scram-sha-256.sasl.jaas.config': scram,
      'listener.name.login.scram-sha-512.sasl.jaas.config': scram,
    },
  })
  const running = await startJavaNode(node, jars, undefined)
  try {
    await running.ready()
    // The brokers take no two of a user's secrets at once.
    for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512']) {
      const tool = [
        '-XX:TieredStopAtLevel=1',
        '-cp',
        kafkaClassPath(jars.folder),
        'kafka.admin.ConfigCommand',
      ]
      const change = ['--alter', '--add-config', `${mechanism}=[password=${password}]`]
      const user = ['--entity-type', 'users', '--entity-name', username]
      await run('java', [...tool, '--bootstrap-server', plain, ...change, ...user])
    }
  } catch (error) {
    await running.stop()
    throw error
  }
  return { plain, login, mutual, stop: () => running.stop() }
}
