// `worker`: the thing itself, and what is run when no command is named.
import { Command } from 'commander'
import type { ConfigChoice } from './config-option.ts'
import { configOption, settingsFor } from './config-option.ts'
import type { Terminal } from './terminal.ts'

export function workerCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return (
    new Command('worker')
      .description(
        'Deliver webhooks until SIGTERM or Ctrl-C, then finish what is under way (the default command)',
      )
      .addOption(configOption())
      .addHelpText(
        'after',
        '\nExample:\n  KAFKA_BROKERS=kafka:9092 node src/main.ts worker --config config/production.json',
      )
      // As the default command it is also what a mistyped command comes to; that is not to start a worker.
      .allowExcessArguments()
      .action(async (choice: ConfigChoice, command: Command) => {
        const [mistyped] = command.args
        if (mistyped !== undefined) command.error(`error: no such command: ${mistyped}; see --help`)
        const settings = settingsFor(choice, terminal)
        const interrupted = terminal.untilInterrupted()
        // Loaded late: faulty settings are told before the clients are even read in.
        const { runWorker } = await import('../worker.ts')
        finish(await runWorker(settings, interrupted))
      })
  )
}
