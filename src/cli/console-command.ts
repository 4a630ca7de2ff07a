// `console`: the config service with its page.
import { Command } from 'commander'
import type { ConfigChoice } from './config-option.ts'
import { configOption, settingsFor } from './config-option.ts'
import type { Terminal } from './terminal.ts'

export function consoleCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command('console')
    .description('Serve the page and the API on which clients edit their webhooks, until SIGTERM or Ctrl-C')
    .addOption(configOption())
    .addHelpText('after', '\nExample:\n  node src/main.ts console --config config/production.json')
    .action(async (choice: ConfigChoice) => {
      const settings = settingsFor(choice, terminal)
      const interrupted = terminal.untilInterrupted()
      // Loaded late: faulty settings are told before the clients are even read in.
      const { runConsole } = await import('../console/console.ts')
      await runConsole(settings, interrupted, (address) => terminal.out(`console: ${address}`))
      finish(0)
    })
}
