import { describe, expect, it } from '@jest/globals'
import { asProperties, brokerProperties } from '../../../src/local/broker-properties.ts'

const ports = { port: 29_092, controllerPort: 29_093 }

describe('the settings of the local Kafka node', () => {
  it('keep everything on this machine', () => {
    const properties = brokerProperties('data', ports)
    expect(properties['listeners']).toBe('PLAINTEXT://127.0.0.1:29092,CONTROLLER://127.0.0.1:29093')
    expect(properties['advertised.listeners']).toBe('PLAINTEXT://127.0.0.1:29092')
    expect(properties['controller.quorum.voters']).toBe('1@127.0.0.1:29093')
  })

  it('yield to the properties given', () => {
    const given = { 'offsets.topic.num.partitions': '50', 'log.retention.check.interval.ms': '1000' }
    expect(brokerProperties('data', { ...ports, brokerProperties: given })).toMatchObject(given)
  })

  it('are written as Java reads them', () => {
    expect(asProperties({ 'log.dirs': 'C:\\data', a: 'two\nlines' })).toBe(
      'log.dirs=C:\\\\data\na=two\\nlines\n',
    )
  })
})
