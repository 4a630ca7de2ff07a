// How long the client waits for a connection: the first second of a busy machine is not the broker's fault.
import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Kafka, logLevel } from 'kafkajs'
import type { ISocketFactory, KafkaConfig, LogEntry } from 'kafkajs'
import { clientConfigOf, createKafkaClient } from '../../../src/kafka/kafka-client.ts'
import { readKafkaAccess } from '../../../src/settings/kafka-access.ts'
import { loadSettings } from '../../../src/settings/load.ts'

const connectedAfterMs = 3_000

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

/** What the client said and sent by the time that a slow connection stands. */
const connecting = async (clientOf: (config: Partial<KafkaConfig>) => Kafka) => {
  const said: string[] = []
  let written = 0
  const socketFactory: ISocketFactory = ({ onConnect }) => {
    setTimeout(onConnect, connectedAfterMs)
    const socket = { setKeepAlive() {}, end() {}, unref() {}, destroy() {}, write: () => (written += 1) }
    return Object.assign(new EventEmitter(), socket) as unknown as ReturnType<ISocketFactory>
  }
  const log = () => (entry: LogEntry) => void said.push(entry.log.message)
  const kafka = clientOf({ socketFactory, logCreator: log })
  kafka
    .admin()
    .connect()
    .catch(() => {})
  await jest.advanceTimersByTimeAsync(connectedAfterMs)
  return { said: said.join(), written }
}

describe('a connection that takes three seconds', () => {
  it('is given up by the plain client', async () => {
    const { said, written } = await connecting(
      (more) => new Kafka({ brokers: ['broker:9092'], logLevel: logLevel.ERROR, ...more }),
    )
    expect(said).toContain('Connection timeout')
    expect(written).toBe(0)
  })

  it('is waited for with the default settings', async () => {
    const access = readKafkaAccess(loadSettings({ files: [], environment: {} }))
    const { said, written } = await connecting((more) =>
      createKafkaClient({ ...clientConfigOf(access, () => () => {}), ...more }),
    )
    expect(said).toBe('')
    expect(written).toBe(1)
  })
})
