// `log-level`: what a running worker logs, shown or changed for a time, through its server for operators.
import { Command, Option } from 'commander'
import { logLevels } from '../telemetry/log-level.ts'
import { shownText } from './shown-text.ts'
import type { Terminal } from './terminal.ts'

interface Choice {
  readonly url: string
  readonly for: string
  readonly json?: true
}

/** Milliseconds; a worker answers at once, or not at all. */
const withinMs = 5_000

export function logLevelCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command('log-level')
    .description('Show what a running worker logs, or change it for a time')
    .argument('[level]', `${logLevels.join(', ')}; without it the level is shown`)
    .addOption(
      new Option('--url <url>', 'where the worker serves metrics and health').default(
        'http://127.0.0.1:9464',
      ),
    )
    .addOption(
      new Option('--for <time>', 'after which the level is as the settings have it; at most 24h').default(
        '10m',
      ),
    )
    .option('--json', 'as the worker answers it')
    .addHelpText(
      'after',
      '\nExample:\n  node src/main.ts log-level debug --url http://127.0.0.1:9464 --for 10m',
    )
    .action(async (level: string | undefined, choice: Choice) => {
      finish(await askForLevel(level, choice, terminal))
    })
}

async function askForLevel(
  level: string | undefined,
  { url, for: time, json }: Choice,
  terminal: Terminal,
): Promise<number> {
  if (!URL.canParse('/log-level', url)) {
    terminal.err(`--url: "${url}" is no URL; for example http://127.0.0.1:9464`)
    return 1
  }
  const target = new URL('/log-level', url)
  if (level !== undefined) target.searchParams.set('for', time)
  const asked = level === undefined ? {} : { method: 'PUT', body: level }
  try {
    const signal = AbortSignal.timeout(withinMs)
    const response = await fetch(target, { ...asked, signal, redirect: 'error' })
    const text = (await response.text()).trim()
    const state = response.ok ? stateIn(text) : null
    if (state === null) {
      terminal.err(`${target.origin} answers ${response.status}: ${shownText(text.slice(0, 200))}`)
      return 1
    }
    terminal.out(json === true ? JSON.stringify(state) : inWords(state))
    return 0
  } catch (error) {
    terminal.err(
      `${target.origin} does not answer (${reasonOf(error)}); see --url, and ops.host and ops.port`,
    )
    return 1
  }
}

interface State {
  readonly level: string
  readonly configured: string
  readonly for: string | null
}

/** Null: whatever serves there, it is no worker that knows of this. */
function stateIn(text: string): State | null {
  try {
    const { level, configured, for: left } = Object(JSON.parse(text)) as Record<string, unknown>
    if (typeof level !== 'string' || typeof configured !== 'string') return null
    return {
      level: shownText(level),
      configured: shownText(configured),
      for: typeof left === 'string' ? shownText(left) : null,
    }
  } catch {
    return null
  }
}

function inWords({ level, configured, for: left }: State): string {
  return left === null ? level : `${level} for ${left}, then ${configured}`
}

/** Of what went wrong on the way, its code: `fetch` itself says no more than that it failed. */
function reasonOf(error: unknown): string {
  const { cause, message } = Object(error) as { readonly cause?: unknown; readonly message?: unknown }
  const { code } = Object(cause) as { readonly code?: unknown }
  return String(code ?? message ?? error)
}
