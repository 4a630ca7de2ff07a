// `simulate`: something to deliver, and somebody to deliver it to, for a worker that runs elsewhere.
import { Command, InvalidArgumentError } from 'commander'
import type { ConfigChoice } from './config-option.ts'
import { configOption, settingsFor } from './config-option.ts'
import type { Terminal } from './terminal.ts'

interface SimulateChoice extends ConfigChoice {
  readonly rate: number
  readonly host: string
  readonly listen: string
  readonly port: number
}

export function simulateCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command('simulate')
    .description('Publish simulated calls, and webhooks for them that lead to a receiver of its own')
    .addOption(configOption())
    .option('--rate <calls>', 'calls a second, from 1 to 100', within(1, 100), 2)
    .option('--host <name>', 'how workers reach this receiver', '127.0.0.1')
    .option('--listen <address>', 'where it listens', '127.0.0.1')
    .option('--port <port>', 'its port; 0: a free one', within(0, 65_535), 0)
    .addHelpText('after', '\nExample:\n  KAFKA_BROKERS=kafka:9092 node src/main.ts simulate --rate 20')
    .action(async ({ rate, host, listen, port, config }: SimulateChoice) => {
      const settings = settingsFor({ config }, terminal)
      const interrupted = terminal.untilInterrupted()
      const { runSimulation } = await import('../local/simulation.ts')
      await runSimulation({
        settings,
        callsPerSecond: rate,
        host,
        listen,
        port,
        interrupted,
        out: (line) => terminal.out(line),
      })
      finish(0)
    })
}

function within(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d{1,5}$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`Allowed: a whole number from ${least} to ${most}.`)
  }
}
