import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { readKafkaAccess } from '../../../src/settings/kafka-access.ts'
import { loadSettings } from '../../../src/settings/load.ts'

const folder = mkdtempSync(join(tmpdir(), 'access-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('readKafkaAccess', () => {
  it('is plain without TLS and login', () => {
    expect(readKafkaAccess(loadSettings({ files: [], environment: {} }))).toEqual({
      brokers: ['127.0.0.1:9092'],
      clientId: 'call-webhook-worker',
      connectionTimeout: 5_000,
      requestTimeout: 10_000,
    })
  })

  it('reads the certificate files, and passes the login on', () => {
    const ca = join(folder, 'ca.pem')
    writeFileSync(ca, 'PEM')
    const environment = {
      KAFKA_SSL_ENABLED: 'true',
      KAFKA_SSL_CA_FILE: ca,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: 'p',
    }
    expect(readKafkaAccess(loadSettings({ files: [], environment }))).toMatchObject({
      ssl: { ca: 'PEM' },
      sasl: { mechanism: 'scram-sha-512', username: 'u', password: 'p' },
    })
  })

  it('names every file that cannot be read', () => {
    const environment = {
      KAFKA_SSL_ENABLED: 'true',
      KAFKA_SSL_CERT_FILE: join(folder, 'c'),
      KAFKA_SSL_KEY_FILE: join(folder, 'k'),
    }
    expect(() => readKafkaAccess(loadSettings({ files: [], environment }))).toThrow(
      [
        `kafka.ssl.certFile (KAFKA_SSL_CERT_FILE): the file "${join(folder, 'c')}" cannot be read (ENOENT)`,
        `kafka.ssl.keyFile (KAFKA_SSL_KEY_FILE): the file "${join(folder, 'k')}" cannot be read (ENOENT)`,
      ].join('\n'),
    )
  })
})
