// What to pause or resume, as it is said on the command line: exactly one of four.
import { Option } from 'commander'
import { readOriginScope } from '../domain/pause-scope.ts'
import type { PauseScope } from '../domain/pause-scope.ts'
import { faultText } from '../domain/webhook-fault.ts'
import { webhookLimits } from '../domain/webhook-rules.ts'
import { refused } from './webhook-choice.ts'
import type { Choice } from './webhook-choice.ts'

export interface PauseChoice {
  readonly all?: true
  readonly account?: string
  readonly webhook?: string
  readonly origin?: string
}

export function pauseOptions(): readonly Option[] {
  return [
    new Option('--all', 'the deliveries of all webhooks'),
    new Option('--account <id>', 'those of the webhooks of this account'),
    new Option('--webhook <id>', 'those of the webhook with this webhook_id'),
    new Option(
      '--origin <address>',
      'those that go to this host, port and protocol: crm.ru, https://crm.ru:444',
    ),
  ]
}

export function chosenScope(choice: PauseChoice): Choice<PauseScope> {
  const { all, account, webhook, origin } = choice
  const given = [all, account, webhook, origin].filter((each) => each !== undefined)
  if (given.length !== 1) {
    return refused(`name exactly one of --all, --account, --webhook and --origin; given: ${given.length}`)
  }
  if (account !== undefined) return idScope('account', account)
  if (webhook !== undefined) return idScope('webhook', webhook)
  if (origin === undefined) return { kind: 'chosen', value: { kind: 'all' } }
  const reading = readOriginScope(origin)
  if (reading.kind === 'scope') return { kind: 'chosen', value: reading.scope }
  return refused(faultText({ ...reading.fault, path: '--origin' }))
}

function idScope(kind: 'account' | 'webhook', id: string): Choice<PauseScope> {
  const { idLength } = webhookLimits
  const isId = id.trim() === id && id.length > 0 && id.length <= idLength && !/\p{Cc}/u.test(id)
  if (isId) return { kind: 'chosen', value: { kind, id } }
  return refused(
    `--${kind}: is no id; allowed: 1 to ${idLength} characters, none of them a control character, no blanks around them`,
  )
}

/** In a sentence: "the deliveries of …". */
export function scopeWords(scope: PauseScope): string {
  switch (scope.kind) {
    case 'all':
      return 'all webhooks'
    case 'account':
      return `account ${scope.id}`
    case 'webhook':
      return `webhook ${scope.id}`
    case 'origin': {
      const { protocol, host, port } = scope.address
      return `${protocol}://${host}:${port}`
    }
  }
}
