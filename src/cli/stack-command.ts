// `stack`: a Kafka and a schema registry for trying things out, until Ctrl-C.
import { Command, InvalidArgumentError } from 'commander'
import type { Terminal } from './terminal.ts'

interface StackChoice {
  readonly kafkaPort?: number
  readonly registryPort?: number
}

export function stackCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command('stack')
    .description('Run a local Kafka and schema registry until Ctrl-C (needs Docker, or Java 17 and Maven)')
    .option('--kafka-port <port>', 'where Kafka listens; 0: a free port (default: 9092)', port)
    .option('--registry-port <port>', 'where the registry listens; 0: a free port (default: 8081)', port)
    .addHelpText('after', '\nExample:\n  node src/main.ts stack --kafka-port 19092')
    .action(async (choice: StackChoice) => {
      const { startLocalStack } = await import('../local/stack.ts')
      const stack = await startLocalStack({ ...choice, onProgress: (line) => terminal.err(line) })
      terminal.out(`KAFKA_BROKERS=${stack.brokers.join(',')}`)
      terminal.out(`REGISTRY_URL=${stack.registryUrl}`)
      terminal.err('Ctrl-C ends it')
      await terminal.untilInterrupted()
      await stack.stop()
      finish(0)
    })
}

function port(text: string): number {
  const value = Number(text)
  if (/^\d{1,5}$/.test(text) && value <= 65_535) return value
  throw new InvalidArgumentError('Allowed: a whole number from 0 to 65535.')
}
