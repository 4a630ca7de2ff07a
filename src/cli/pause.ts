// `pause` and `resume`: one record in the topic of states, acknowledged before anything is said; then who is concerned,
// because a mistyped id pauses nobody, and nobody would notice.
import { delayText } from '../domain/delay-text.ts'
import type { PauseScope } from '../domain/pause-scope.ts'
import { originOf, plainOrigin, scopeKeyOf } from '../domain/pause-scope.ts'
import type { WebhookStateRecord } from '../domain/records.ts'
import type { Settings } from '../settings/schema.ts'
import { scopeWords } from './pause-choice.ts'
import { writeState } from './pause-writer.ts'
import { shownText } from './shown-text.ts'
import { storedWebhooks } from './stored-webhooks.ts'
import type { StoredWebhook } from './stored-webhooks.ts'
import type { ExitCode, Terminal } from './terminal.ts'

interface Telling {
  readonly settings: Settings
  readonly terminal: Terminal
  readonly as: 'text' | 'json'
}

/** Exit code 0 once the pause is acknowledged; workers begin no request for it 2 s later, most within milliseconds. */
export async function pause(
  scope: PauseScope,
  state: WebhookStateRecord,
  { settings, terminal, as }: Telling,
): Promise<ExitCode> {
  const key = scopeKeyOf(scope)
  await writeState(settings, (publisher) => publisher.pause(key, state))
  if (as === 'text') {
    terminal.out(shownText(`paused: ${scopeWords(scope)} (${key})`))
    terminal.out(`  ${horizonsText(settings)}`)
  }
  const webhooks = await concernedBy(scope, settings)
  if (as === 'text') terminal.out(`  webhooks concerned as of now: ${countText(webhooks)}`)
  else terminal.out(JSON.stringify({ key, ...state, webhooks }, null, 2))
  if (webhooks === 0)
    terminal.err(shownText(`no webhook is concerned: is ${scopeWords(scope)} what you meant?`))
  return 0
}

/** Exit code 1 where there was no such pause; it is lifted all the same, for one may be on its way. */
export async function resume(
  scope: PauseScope,
  isPaused: boolean,
  { settings, terminal, as }: Telling,
): Promise<ExitCode> {
  const key = scopeKeyOf(scope)
  await writeState(settings, (publisher) => publisher.lift(key))
  if (as === 'json') terminal.out(JSON.stringify({ key, was_paused: isPaused }, null, 2))
  else terminal.out(shownText(`resumed: ${scopeWords(scope)} (${key})`))
  if (isPaused) return 0
  terminal.err(shownText(`${key} was not paused; see "pauses"`))
  return 1
}

/** Horizons are fixed when an event is read: a pause does not stop the clock. */
function horizonsText({ horizon: { callStartMs, callEndMs } }: Settings): string {
  const [start, end] = [delayText(callStartMs), delayText(callEndMs)]
  return `what waits for it expires as ever: a call start ${start} after its time, a call end ${end}`
}

function countText(webhooks: number | null): string {
  return webhooks === null ? 'all' : String(webhooks)
}

/** Null: all of them. */
async function concernedBy(scope: PauseScope, settings: Settings): Promise<number | null> {
  if (scope.kind === 'all') return null
  const stored = await storedWebhooks(
    settings,
    (id) => scope.kind !== 'webhook' || id === scope.id,
    (webhook) => isOf(webhook, scope),
  )
  return [...stored.values()].filter(Boolean).length
}

function isOf({ entry }: StoredWebhook, scope: PauseScope): boolean {
  switch (scope.kind) {
    case 'all':
      return true
    case 'webhook':
      return entry.webhookId === scope.id
    case 'account':
      return entry.accountId === scope.id
    case 'origin':
      return entry.kind === 'valid' && plainOrigin(entry.webhook.origin) === originOf(scope.address)
  }
}
