// `replay`: failed deliveries, sent again.
import { Command, InvalidArgumentError, Option } from 'commander'
import { configOption, settingsFor } from './config-option.ts'
import type { ConfigChoice } from './config-option.ts'
import { moment } from './moment-option.ts'
import { idsOption, listOption, reasonOption } from './outcome-filter.ts'
import type { ReplayChoice } from './replay.ts'
import { replayableResults, usualResults } from '../replay/replay-selection.ts'
import type { Terminal } from './terminal.ts'

/** Chosen anew, a run that goes on would be another run. */
const choices = ['account', 'webhook', 'delivery', 'since', 'until', 'reason', 'result']

const examples = `
Examples:
  node src/main.ts replay --account acme --since 24h --dry-run
  node src/main.ts replay --webhook w-17 --since 2026-03-14T09:00:00Z --until 2026-03-14T11:00:00Z --rate 20
  node src/main.ts replay --since 2h --reason connect,connect_timeout --yes --json
  node src/main.ts replay --resume 20260314T121502Z-k3x9

Counts first, and asks. A delivery goes again under the same id with the next replay number, with its webhook as it is
now, and has its retry horizon anew from now; what was delivered is never sent. A run that was interrupted goes on with
--resume and sends nothing twice. Where an event is past its topic's retention, the command says event_expired.`

export function replayCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command('replay')
    .description('Send failed deliveries again: counted exactly, at a rate, none twice')
    .option('--account <id>', 'only of this account')
    .addOption(idsOption('--webhook <id>', 'only of this webhook'))
    .addOption(idsOption('--delivery <id>', 'only this delivery'))
    .addOption(
      new Option('--since <moment>', 'that ended so long ago (10m, 24h, 7d) or later, or from a moment on')
        .argParser(moment)
        .default({ kind: 'before', ms: 86_400_000 }, '24h'),
    )
    .addOption(
      new Option('--until <moment>', 'that ended before a moment, or so long ago; default: now').argParser(
        moment,
      ),
    )
    .addOption(reasonOption())
    .addOption(
      listOption(
        '--result <result>',
        `only with this end (default: ${usualResults.join(', ')})`,
        replayableResults,
      ),
    )
    .addOption(new Option('--rate <deliveries>', 'at most so many a second').argParser(rate).default(100))
    .addOption(new Option('--resume <run>', 'go on with a run that was interrupted').conflicts(choices))
    .option('--take-over', 'shut out another replay that is writing now')
    .option('--dry-run', 'only count')
    .option('--yes', 'do not ask')
    .option('--json', 'a JSON document: what was counted, and what became of it')
    .addOption(configOption())
    .addHelpText('after', examples)
    .action(async (choice: ConfigChoice & ReplayChoice) => {
      const settings = settingsFor(choice, terminal)
      const { replay } = await import('./replay.ts')
      finish(await replay(settings, choice, terminal))
    })
}

function rate(text: string): number {
  const perSecond = Number(text)
  if (/^\d{1,5}(\.\d{1,3})?$/.test(text) && perSecond > 0) return perSecond
  throw new InvalidArgumentError('Allowed: a number above 0 and below 100000.')
}
