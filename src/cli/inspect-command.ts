// `inspect`: what became of one delivery, of all of a call, or of all of an event.
import { Command, Option } from 'commander'
import { configOption, settingsFor } from './config-option.ts'
import type { ConfigChoice } from './config-option.ts'
import type { InspectChoice } from './inspect.ts'
import { moment } from './moment-option.ts'
import type { Terminal } from './terminal.ts'

export function inspectCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command('inspect')
    .description('Show all attempts of a delivery over all replays, with reasons in plain words')
    .argument('[delivery-id]', 'as in the webhook-id header of its requests')
    .addOption(new Option('--call <id>', 'all deliveries of this call').conflicts('event'))
    .addOption(new Option('--event <id>', 'all deliveries of this event'))
    .addOption(
      new Option('--since <moment>', 'look from so long ago (10m, 24h, 7d), or from a moment')
        .argParser(moment)
        .default({ kind: 'before', ms: 86_400_000 }, '24h'),
    )
    .option('--json', 'one JSON document')
    .addOption(configOption())
    .addHelpText(
      'after',
      '\nExamples:\n  node src/main.ts inspect 2b92ec70-09e4-51a5-85a0-7a88b92d3807\n' +
        '  node src/main.ts inspect --call 81d3f0 --since 7d',
    )
    .action(async (id: string | undefined, choice: ConfigChoice & InspectChoice, command: Command) => {
      const { call, event } = choice
      const asked = [id, call, event].filter((each) => each !== undefined)
      if (asked.length !== 1) command.error('error: give one of: a delivery id, --call ID, --event ID')
      const settings = settingsFor(choice, terminal)
      const { inspect } = await import('./inspect.ts')
      finish(await inspect(settings, { ...choice, ...(id !== undefined && { delivery: id }) }, terminal))
    })
}
