import { expect, it } from '@jest/globals'
import { loadSettings } from '../../../src/settings/load.ts'
import { ownServicesOf } from '../../../src/settings/own-services.ts'

it('what the worker uses and offers is found in the settings, but for ports that the system chooses', () => {
  const settings = loadSettings({
    files: [],
    environment: {
      KAFKA_BROKERS: 'kafka-1.internal:9093,10.0.0.3:9092',
      REGISTRY_URL: 'https://registry.internal/apis',
      OPS_HOST: '0.0.0.0',
      OPS_PORT: '9464',
      CONSOLE_PORT: '0',
    },
  })
  const own = { publicAddresses: 'its_own' }
  expect(ownServicesOf(settings)).toEqual([
    { host: 'kafka-1.internal', port: 9093, ...own },
    { host: '10.0.0.3', port: 9092, ...own },
    { host: 'registry.internal', port: 443, publicAddresses: 'shared' },
    { host: '0.0.0.0', port: 9464, ...own },
  ])
  const plain = loadSettings({ files: [], environment: { REGISTRY_URL: 'http://[fd00::1]:8081' } })
  expect(ownServicesOf(plain)).toContainEqual({ host: '[fd00::1]', port: 8081, publicAddresses: 'shared' })
})
