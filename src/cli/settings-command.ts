// `settings print`: what the worker would run with, secrets hidden.
import { Command } from 'commander'
import { redactedSettings } from '../settings/redacted-settings.ts'
import type { ConfigChoice } from './config-option.ts'
import { configOption, settingsFor } from './config-option.ts'
import type { Terminal } from './terminal.ts'

export function settingsCommand(terminal: Terminal, finish: (code: number) => void): Command {
  const command = new Command('settings').description('The settings, from defaults, files and environment')
  command
    .command('print')
    .description('Print the settings in force as JSON; secrets that are set show as ***')
    .addOption(configOption())
    .addHelpText(
      'after',
      '\nExample:\n  LOG_LEVEL=debug node src/main.ts settings print --config config/demo.json',
    )
    .action((choice: ConfigChoice) => {
      terminal.out(JSON.stringify(redactedSettings(settingsFor(choice, terminal)), null, 2))
      finish(0)
    })
  return command.addHelpText(
    'after',
    '\nExample:\n  node src/main.ts settings print --config config/demo.json',
  )
}
