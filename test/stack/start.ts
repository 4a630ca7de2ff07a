// Gives every test that needs one a real broker and a real registry: started once per run, on free ports, or taken
// from TEST_KAFKA_BROKERS and TEST_REGISTRY_URL where they are set. Test workers inherit the two from this process.
import { startLocalStack } from '../../src/local/stack.ts'
import type { LocalStack } from '../../src/local/stack.ts'

declare global {
  /** The stack of this run, between its start and its stop; several projects name the same two files. */
  var stackOfThisRun: Promise<LocalStack> | undefined
}

export default async function start(): Promise<void> {
  if (process.env['TEST_KAFKA_BROKERS'] && process.env['TEST_REGISTRY_URL']) return
  globalThis.stackOfThisRun ??= startLocalStack({
    kafkaPort: 0,
    registryPort: 0,
    onProgress: (line) => process.stderr.write(`local stack: ${line}\n`),
  })
  const stack = await globalThis.stackOfThisRun
  process.env['TEST_KAFKA_BROKERS'] = stack.brokers.join(',')
  process.env['TEST_REGISTRY_URL'] = stack.registryUrl
}
