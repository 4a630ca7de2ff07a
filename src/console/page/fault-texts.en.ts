// Faults and warnings in English: the domain's own words, as sentences that stand beside their field.
import { faultText } from '../../domain/webhook-fault.ts'
import type { WebhookFault } from '../../domain/webhook-fault.ts'
import { sentence } from './sentence.ts'
import type { Warning } from './wire.ts'

export function faultInEnglish(fault: WebhookFault): string {
  const found = fault.found === 'has 0 characters' ? 'is empty' : fault.found
  return sentence(faultText({ ...fault, path: '', found }))
}

export function warningInEnglish({ path, text }: Warning): string {
  return path === 'parameters' ? sentence(`the parameters ${text}`) : sentence(text)
}
