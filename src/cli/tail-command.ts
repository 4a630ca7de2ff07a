// `tail`: outcomes as they are written.
import { Command, Option } from 'commander'
import { configOption, settingsFor } from './config-option.ts'
import type { ConfigChoice } from './config-option.ts'
import { moment } from './moment-option.ts'
import { outcomeFilterOptions } from './outcome-filter.ts'
import type { TailChoice } from './tail.ts'
import type { Terminal } from './terminal.ts'

export function tailCommand(terminal: Terminal, finish: (code: number) => void): Command {
  const command = new Command('tail')
    .description('Show outcomes as they are written, until Ctrl-C')
    .addOption(
      new Option(
        '--since <moment>',
        'begin so long ago (10m, 24h, 7d) or at a moment; default: now',
      ).argParser(moment),
    )
    .option('--json', 'a JSON document for each outcome, a line each')
    .addOption(configOption())
  for (const option of outcomeFilterOptions()) command.addOption(option)
  return command
    .addHelpText(
      'after',
      '\nExamples:\n  node src/main.ts tail --failed --account acme\n' +
        '  node src/main.ts tail --since 10m --final --json | jq -r .delivery_id',
    )
    .action(async (choice: ConfigChoice & TailChoice) => {
      const settings = settingsFor(choice, terminal)
      const { tail } = await import('./tail.ts')
      finish(await tail(settings, choice, terminal))
    })
}
