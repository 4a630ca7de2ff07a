import { describe, expect, it } from '@jest/globals'
import { expectedError } from '../../../src/cli/expected-error.ts'
import { kafkaFault } from '../../../src/cli/kafka-fault.ts'

describe('what keeps us from a broker', () => {
  it.each([
    ['SASL PLAIN authentication failed: Authentication failed: Invalid username or password', 'password'],
    ['SASL SCRAM SHA512 authentication failed: invalid credentials', 'KAFKA_SASL_USERNAME'],
    ['SASL PLAIN mechanism is not supported by the server', 'KAFKA_SASL_MECHANISM'],
    ['Request is not valid given the current SASL state', 'KAFKA_SASL_MECHANISM'],
    ['Connection error: unable to verify the first certificate', 'KAFKA_SSL_CA_FILE'],
    ['Connection error: self-signed certificate in certificate chain', 'KAFKA_SSL_CA_FILE'],
    [`Hostname/IP does not match certificate's altnames`, 'KAFKA_BROKERS'],
    ['Client network socket disconnected before secure TLS connection was established', 'KAFKA_SSL_ENABLED'],
    ['ssl3_get_record:wrong version number', 'KAFKA_SSL_ENABLED'],
    ['ssl/tls alert bad certificate:SSL alert number 42', 'KAFKA_SSL_CERT_FILE'],
    ['Closed connection', 'KAFKA_SSL_ENABLED'],
    ['read ECONNRESET', 'KAFKA_SSL_ENABLED'],
  ])('is told with the setting to look at: %s', (text, setting) => {
    expect(kafkaFault(text)).toContain(setting)
  })

  it('is left in its own words where they suffice', () => {
    expect(kafkaFault('connect ECONNREFUSED 127.0.0.1:9092')).toBeNull()
    expect(kafkaFault('This server does not host this topic-partition')).toBeNull()
  })

  it('is one line, whatever OpenSSL puts behind its texts', () => {
    const text = 'SSL alert number 42\n'
    const ofTopics = Object.assign(new Error(`Kafka at b:1: ${text}`), { code: 'KAFKA_REFUSED' })
    const ofTheClient = Object.assign(new Error(text), { name: 'KafkaJSConnectionError' })
    for (const error of [ofTopics, ofTheClient]) {
      expect(expectedError(error)).toMatch(/^Kafka.*: SSL alert number 42: the broker refuses .*KEY_FILE\)$/)
    }
  })
})
