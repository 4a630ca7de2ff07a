// `pauses`: the list of what is paused.
import { Command } from 'commander'
import type { ConfigChoice } from './config-option.ts'
import { configOption, settingsFor } from './config-option.ts'
import type { Terminal } from './terminal.ts'

export function pausesCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command('pauses')
    .description('List what is paused: since when, by whom and why')
    .option('--json', 'one JSON document')
    .addOption(configOption())
    .addHelpText('after', '\nExample:\n  node src/main.ts pauses')
    .action(async (choice: ConfigChoice & { readonly json?: true }) => {
      const settings = settingsFor(choice, terminal)
      const { listPauses } = await import('./pauses.ts')
      finish(await listPauses(settings, choice.json ? 'json' : 'text', terminal))
    })
}
