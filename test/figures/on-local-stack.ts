// A figure's run on a stack of its own, or on the one that TEST_KAFKA_BROKERS and TEST_REGISTRY_URL name.
import { startLocalStack } from '../../src/local/stack.ts'

export async function onLocalStack(run: () => Promise<void>): Promise<void> {
  if (process.env['TEST_KAFKA_BROKERS'] && process.env['TEST_REGISTRY_URL']) return run()
  const stack = await startLocalStack({ kafkaPort: 0, registryPort: 0 })
  process.env['TEST_KAFKA_BROKERS'] = stack.brokers.join(',')
  process.env['TEST_REGISTRY_URL'] = stack.registryUrl
  try {
    await run()
  } finally {
    await stack.stop()
  }
}
