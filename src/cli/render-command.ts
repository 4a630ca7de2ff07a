// `render`: the requests that a webhook would make, without making them.
import { Command } from 'commander'
import type { ConfigChoice } from './config-option.ts'
import { configOption, settingsFor } from './config-option.ts'
import type { DryRunChoice } from './dry-run.ts'
import { eventOptions } from './event-choice.ts'
import type { Terminal } from './terminal.ts'
import { webhookOptions } from './webhook-choice.ts'

export function renderCommand(terminal: Terminal, finish: (code: number) => void): Command {
  const command = new Command('render')
    .description('Show the requests of a webhook as they would go out, without sending them')
    .option('--json', 'one JSON document')
    .option('--show-secrets', 'path, credentials and header values as they are, instead of ***')
    .addOption(configOption())
  for (const option of [...webhookOptions(), ...eventOptions()]) command.addOption(option)
  return command
    .addHelpText(
      'after',
      '\nExample:\n  node src/main.ts render --webhook webhook.json --event call-end.json',
    )
    .action(async (choice: ConfigChoice & DryRunChoice) => {
      const settings = settingsFor(choice, terminal)
      const { dryRun } = await import('./dry-run.ts')
      finish(await dryRun(settings, choice, terminal))
    })
}
