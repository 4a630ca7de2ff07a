// `top`: which receivers do worst now, asked of the workers themselves.
import { Command, InvalidArgumentError, Option } from 'commander'
import type { ExitCode, Terminal } from './terminal.ts'
import { topOrders } from './top-rows.ts'
import type { TopOrder } from './top-rows.ts'

interface Choice {
  readonly url: readonly string[]
  readonly sort: TopOrder
  readonly limit: number
  readonly watch?: true
  readonly json?: true
}

export function topCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('top')
    .description(
      'Show which webhooks and origins do worst now, over all workers asked, and which webhooks are invalid; exit code 1 where a worker does not answer',
    )
    .addOption(
      new Option('-u, --url <url>', 'where a worker serves its status (ops.port); may be repeated')
        .default([], defaultUrl)
        .argParser((url: string, before: readonly string[]) => [...before, readUrl(url)]),
    )
    .addOption(new Option('--sort <by>', 'what the worst are by').choices([...topOrders]).default('failures'))
    .addOption(new Option('--limit <rows>', 'at most so many of each').default(10).argParser(readLimit))
    .option('--watch', 'go on, every two seconds, until Ctrl-C')
    .option('--json', 'one JSON document a look')
    .addHelpText(
      'after',
      '\nCounts are of about the last minute, and may be too high by what --json calls failures_error.\nExample:\n  node src/main.ts top --url http://10.0.0.7:9464 --url http://10.0.0.8:9464 --sort parked',
    )
    .action(async ({ url, ...choice }: Choice) => {
      const { top } = await import('./top.ts')
      finish(await top({ urls: url.length === 0 ? [defaultUrl] : url, ...choice }, terminal))
    })
}

const defaultUrl = 'http://127.0.0.1:9464'

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new InvalidArgumentError(`for example ${defaultUrl}`)
  return url.href.replace(/\/$/, '')
}

function readLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw new InvalidArgumentError('a whole number from 1 to 100')
  return limit
}
