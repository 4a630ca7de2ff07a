// `webhooks get`: one webhook of the topic, as the form that it could be written from.
import type { WebhookId } from '../domain/ids.ts'
import { faultText } from '../domain/webhook-fault.ts'
import { webhookFormOf } from '../domain/webhook-form.ts'
import type { Settings } from '../settings/schema.ts'
import { shownText } from './shown-text.ts'
import { storedWebhooks } from './stored-webhooks.ts'
import type { StoredWebhook } from './stored-webhooks.ts'
import type { ExitCode, Terminal } from './terminal.ts'

export interface GetChoice {
  readonly json?: true
  readonly showSecrets?: true
}

/** Exit code 1 where there is none, or none that can be decoded. */
export async function getWebhook(
  settings: Settings,
  id: string,
  { json, showSecrets }: GetChoice,
  terminal: Terminal,
): Promise<ExitCode> {
  const stored = await storedWebhooks(
    settings,
    (webhookId) => webhookId === id,
    (webhook) => webhook,
  )
  const found = stored.get(id as WebhookId)
  if (found === undefined) {
    terminal.err(shownText(`${settings.topics.webhooks.name}: no webhook ${id}`))
    return 1
  }
  // With --json the form stands alone on the output, so that it can be written as it is.
  const tell = json === true ? terminal.err : terminal.out
  tell(heading(found, settings.topics.webhooks.name))
  for (const line of faultLines(found)) terminal.err(line)
  if (found.record === null) return 1
  const form = webhookFormOf(found.record, { secrets: showSecrets === true ? 'shown' : 'masked' })
  terminal.out(JSON.stringify(form, null, 2))
  return 0
}

function heading({ entry }: StoredWebhook, topic: string): string {
  const { partition, offset } = entry.config
  const state = entry.kind === 'valid' ? 'valid' : 'invalid: it delivers nothing'
  return shownText(`${entry.webhookId}: ${state}; ${topic}, partition ${partition}, offset ${offset}`)
}

function faultLines({ entry }: StoredWebhook): readonly string[] {
  if (entry.kind === 'valid') return []
  return entry.faults.map((fault) => shownText(`${entry.webhookId}: ${faultText(fault)}`))
}
