// Faults and warnings in English: the domain's own words, as sentences that stand beside their field.
import { faultText } from '../../domain/webhook-fault.ts'
import type { WebhookFault } from '../../domain/webhook-fault.ts'
import { sentence } from './sentence.ts'
import type { Warning } from './wire.ts'

export function faultInEnglish(fault: WebhookFault): string {
  // Typed in any unit, and judged in seconds.
  if (fault.path === 'limits.retry_horizon_s' && fault.rule === 'range') {
    return 'Allowed: from 1 second to 30 days (720 hours), without parts of a second.'
  }
  const found = fault.found === 'has 0 characters' ? 'is empty' : fault.found
  return sentence(faultText({ ...fault, path: '', found }))
}

export function warningInEnglish({ path, text }: Warning): string {
  return path === 'parameters' ? sentence(`the parameters ${text}`) : sentence(text)
}
