// `demo`: the whole product on this machine, shown in a minute.
import { Command, InvalidArgumentError } from 'commander'
import { loadSettings } from '../settings/load.ts'
import type { Terminal } from './terminal.ts'

interface DemoChoice {
  readonly calls?: number
}

const demoSettingsFile = new URL('../../config/demo.json', import.meta.url).pathname

export function demoCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command('demo')
    .description('Show it all: a local Kafka and registry, the worker, simulated calls and a receiver')
    .option('--calls <count>', 'stop by itself after this many calls (default: until Ctrl-C)', wholeNumber)
    .addHelpText('after', '\nExample:\n  npm run demo -- --calls 50')
    .action(async ({ calls }: DemoChoice) => {
      const { startLocalStack } = await import('../local/stack.ts')
      const { runDemo } = await import('../local/demo-run.ts')
      const interrupted = terminal.untilInterrupted()
      const { environment } = terminal
      const given = (environment['KAFKA_BROKERS'] ?? '').split(',').filter((broker) => broker !== '')
      const starting = startLocalStack({
        ...(given.length > 0 ? { brokers: given } : { kafkaPort: 0, registryPort: 0 }),
        ...(environment['REGISTRY_URL'] ? { registryUrl: environment['REGISTRY_URL'] } : {}),
        onProgress: (line) => terminal.out(line),
      })
      const stack = await starting
      try {
        const settings = loadSettings({
          files: [demoSettingsFile],
          environment: {
            LOG_LEVEL: 'silent',
            OPS_PORT: '0',
            ...environment,
            KAFKA_BROKERS: stack.brokers.join(','),
            REGISTRY_URL: stack.registryUrl,
          },
        })
        terminal.out(`settings: config/demo.json, with delays and horizons shorter than in production`)
        const missing = await runDemo({
          settings,
          calls: calls ?? null,
          interrupted,
          out: (line) => terminal.out(line),
        })
        finish(missing === 0 ? 0 : 1)
      } finally {
        await stack.stop()
      }
    })
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (/^\d{1,6}$/.test(text) && value > 0) return value
  throw new InvalidArgumentError('Allowed: a whole number from 1 to 999999.')
}
