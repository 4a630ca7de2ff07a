// The client's own headers: what may be added to a request without touching what the worker and HTTP itself set.
// Invariant: no value can end its line, and no fault repeats one.
import type { WebhookConfigRecord } from './records.ts'
import type { WebhookFault } from './webhook-fault.ts'
import {
  reservedHeaderNames,
  reservedHeaderPrefixes,
  webhookLimits,
  webhookPatterns,
} from './webhook-rules.ts'
import { sealedProblem } from './webhook-secrets.ts'
import type { WebhookHeader } from './webhook.ts'

type Problem = Omit<WebhookFault, 'path'>

const { headers: maxHeaders, headerNameLength, headerValueLength } = webhookLimits
const namePattern = new RegExp(webhookPatterns.headerName)
const valuePattern = new RegExp(webhookPatterns.headerValue)
const reserved: ReadonlySet<string> = new Set(reservedHeaderNames)

/** `authorization`: whether the webhook's authentication sets that header already. */
export function readHeaders(
  records: WebhookConfigRecord['headers'],
  authorization: 'free' | 'taken',
  add: (fault: WebhookFault) => void,
): readonly WebhookHeader[] {
  const tooMany = headerCountFault(records.length)
  if (tooMany !== null) {
    add(tooMany)
    return []
  }
  const seen = new Set<string>()
  records.forEach(({ name, value }, index) => {
    const nameWrong = nameProblem(name, authorization, seen)
    if (nameWrong !== null) add({ path: `headers[${index}].name`, ...nameWrong })
    const valueWrong = valueProblem(value)
    if (valueWrong !== null) add({ path: `headers[${index}].value`, ...valueWrong })
  })
  return records
}

/** Null where they are not too many. */
export function headerCountFault(count: number): WebhookFault | null {
  if (count <= maxHeaders) return null
  return { path: 'headers', rule: 'length', found: `has ${count} entries`, allowed: `at most ${maxHeaders}` }
}

function nameProblem(name: string, authorization: 'free' | 'taken', seen: Set<string>): Problem | null {
  if (name === '' || name.length > headerNameLength) {
    return { rule: 'length', found: `has ${name.length} characters`, allowed: `1 to ${headerNameLength}` }
  }
  if (!namePattern.test(name)) {
    const found = 'contains a character that no header name has'
    return { rule: 'form', found, allowed: "letters, digits and !#$%&'*+-.^_`|~" }
  }
  const lower = name.toLowerCase()
  if (reserved.has(lower) || reservedHeaderPrefixes.some((prefix) => lower.startsWith(prefix))) {
    return { rule: 'reserved', found: `is ${lower}, which is not yours to set`, allowed: 'any other header' }
  }
  if (lower === 'authorization' && authorization === 'taken') {
    const allowed = 'either this header or the field "authentication"'
    return { rule: 'conflict', found: 'is set by the field "authentication" too', allowed }
  }
  if (seen.has(lower)) {
    return { rule: 'repeated', found: 'repeats an earlier name', allowed: 'each once, whatever its case' }
  }
  seen.add(lower)
  return null
}

function valueProblem(value: string): Problem | null {
  const sealed = sealedProblem(value)
  if (sealed !== null) return sealed
  if (value === '' || value.length > headerValueLength) {
    return { rule: 'length', found: `has ${value.length} characters`, allowed: `1 to ${headerValueLength}` }
  }
  if (valuePattern.test(value)) return null
  const found = 'has a character that is not visible ASCII, or a blank at an end'
  return { rule: 'form', found, allowed: 'visible ASCII characters, with blanks and tabs between them' }
}
