// Which outcomes are shown: all that is asked for has to hold.
import { InvalidArgumentError, Option } from 'commander'
import { outcomeReasons } from '../domain/outcome.ts'
import type { OutcomeReason, OutcomeResult } from '../domain/outcome.ts'
import type { WebhookOutcomeRecord } from '../domain/records.ts'
import { nearestName } from '../domain/nearest-name.ts'
import { formatAddress, parseAddress } from '../domain/webhook-address.ts'
import type { WebhookRules } from '../domain/webhook-rules.ts'

export interface OutcomeFilter {
  readonly account?: string
  readonly webhook?: readonly string[]
  /** As people write an address. */
  readonly origin?: string
  readonly result?: readonly OutcomeResult[]
  readonly reason?: readonly OutcomeReason[]
  /** Not delivered: tries that failed, and ends. */
  readonly failed?: true
  readonly call?: string
  readonly final?: true
}

// A record, so that a result that is added to the schema and not here is a type error.
const results: Readonly<Record<OutcomeResult, true>> = {
  delivered: true,
  retry_scheduled: true,
  deferred: true,
  failed: true,
  expired: true,
  cancelled: true,
  rejected: true,
  shadowed: true,
}

export function outcomeFilterOptions(): readonly Option[] {
  return [
    new Option('--account <id>', 'only of this account'),
    idsOption('--webhook <id>', 'only of this webhook'),
    new Option('--origin <address>', 'only from this receiver, as https://crm.example.com:8443'),
    listOption('--result <result>', 'only with this result', Object.keys(results)),
    reasonOption(),
    new Option('--failed', 'only what was not delivered: failed tries, and all ends but delivered'),
    new Option('--call <id>', 'only of this call'),
    new Option('--final', 'only how deliveries ended'),
  ]
}

export function reasonOption(): Option {
  return listOption('--reason <reason>', 'only for this reason', Object.keys(outcomeReasons))
}

/** May be repeated. An id may hold whatever it likes, a comma, too. */
export function idsOption(flags: string, what: string): Option {
  return new Option(flags, `${what}; may be repeated`).argParser(
    (text: string, before: readonly string[] | undefined) => [...(before ?? []), text],
  )
}

/** May be repeated, and takes several with commas between them. */
export function listOption(flags: string, what: string, allowed: readonly string[]): Option {
  const read = oneOf(allowed)
  return new Option(flags, `${what}; several with commas between them`).argParser(
    (text: string, before: readonly string[] | undefined) => [
      ...(before ?? []),
      ...text.split(',').map((each) => read(each.trim())),
    ],
  )
}

function oneOf(allowed: readonly string[]): (text: string) => string {
  return (text) => {
    if (allowed.includes(text)) return text
    const near = nearestName(text, allowed)
    throw new InvalidArgumentError(
      `${near === null ? '' : `Did you mean ${near}? `}Allowed: ${allowed.join(', ')}.`,
    )
  }
}

export type OriginReading =
  { readonly kind: 'origin'; readonly origin: string } | { readonly kind: 'fault'; readonly text: string }

/** As outcomes have it: scheme, host and a port other than the scheme's. */
export function readOrigin(text: string, rules: WebhookRules): OriginReading {
  // What no webhook may lead to now, one may have led to before.
  const reading = parseAddress(text, { ...rules, blockedPorts: new Set() })
  if (reading.kind === 'address') return { kind: 'origin', origin: formatAddress(reading) }
  const { found, allowed } = reading.fault
  return { kind: 'fault', text: `--origin: "${text}" ${found}; allowed: ${allowed}` }
}

export function passes(outcome: WebhookOutcomeRecord, filter: OutcomeFilter): boolean {
  const { account, webhook, origin, result, reason, failed, call, final } = filter
  if (account !== undefined && outcome.account_id !== account) return false
  if (webhook !== undefined && !webhook.includes(outcome.webhook_id ?? '')) return false
  if (origin !== undefined && outcome.origin !== origin) return false
  if (result !== undefined && !result.some((each) => each === outcome.result)) return false
  if (reason !== undefined && !reason.some((each) => each === outcome.reason)) return false
  if (call !== undefined && outcome.call_id !== call) return false
  if (final === true && !outcome.final) return false
  return failed !== true || (outcome.result !== 'delivered' && outcome.result !== 'deferred')
}
