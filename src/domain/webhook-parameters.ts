// The parameters of a webhook: names and sources as they will be sent, and whether a GET has room for them.
// Invariant: no fault repeats a literal, which may hold a secret.
import { nearestName } from './nearest-name.ts'
import { findParameter, parameterCatalogue } from './parameter-catalogue.ts'
import type { WebhookConfigRecord } from './records.ts'
import { sendable } from './sendable-text.ts'
import type { WebhookFault } from './webhook-fault.ts'
import { webhookLimits } from './webhook-rules.ts'
import type { ContentType, ParameterSource, WebhookParameter } from './webhook.ts'

type ParameterRecord = WebhookConfigRecord['parameters'][number]
type AddFault = (fault: WebhookFault) => void

const { parameters: maxParameters, parameterNameLength, literalLength, targetBytes } = webhookLimits
/** A longer text is no mistyped name, and comparing it with each would cost. */
const maxNearLength = 40
const parameterNames = parameterCatalogue.map(({ name }) => name)

/** `contentType`: null where there is no body, or none that is known. */
export function readParameters(
  records: readonly ParameterRecord[],
  contentType: ContentType | null,
  add: AddFault,
): readonly WebhookParameter[] {
  const tooMany = parameterCountFault(records.length)
  if (tooMany !== null) {
    add(tooMany)
    return []
  }
  const seen = new Set<string>()
  return records.flatMap(({ name, source }, index) => {
    const path = `parameters[${index}]`
    const problem = nameProblem(name, contentType, seen)
    if (problem !== null) add({ path: `${path}.name`, ...problem })
    const read = readSource(source, `${path}.source`, add)
    return read === null ? [] : [{ name, source: read }]
  })
}

/** Null where they are not too many. */
export function parameterCountFault(count: number): WebhookFault | null {
  if (count <= maxParameters) return null
  return {
    path: 'parameters',
    rule: 'length',
    found: `has ${count} entries`,
    allowed: `at most ${maxParameters}`,
  }
}

/** A GET whose path, names and literals alone are too long could send no event at all. */
export function targetFault(path: string, parameters: readonly WebhookParameter[]): WebhookFault | null {
  let bytes = path.length
  for (const { name, source } of parameters) {
    const value = source.kind === 'literal' ? encodedLength(source.text) : 0
    // With the equals sign, and the question mark or ampersand before it.
    bytes += encodedLength(name) + value + 2
  }
  if (bytes <= targetBytes) return null
  const found = `make a request of ${bytes} bytes of path, names and literals alone`
  return {
    path: 'parameters',
    rule: 'length',
    found,
    allowed: `at most ${targetBytes} for a GET; a POST has room`,
  }
}

/** Percent-encoding leaves ASCII only, so characters are bytes. */
function encodedLength(text: string): number {
  return encodeURIComponent(sendable(text)).length
}

function nameProblem(
  name: string,
  contentType: ContentType | null,
  seen: Set<string>,
): Omit<WebhookFault, 'path'> | null {
  if (name === '' || name.length > parameterNameLength) {
    return { rule: 'length', found: `has ${name.length} characters`, allowed: `1 to ${parameterNameLength}` }
  }
  if (contentType === 'text/plain' && name.includes('=')) {
    const allowed = 'a name without it for text/plain, where it ends the name'
    return { rule: 'form', found: 'contains "="', allowed }
  }
  if (contentType !== 'application/json') return null
  const sent = sendable(name)
  if (seen.has(sent))
    return { rule: 'repeated', found: 'repeats an earlier name', allowed: 'each once in a JSON body' }
  seen.add(sent)
  return null
}

function readSource(
  { parameter, literal }: ParameterRecord['source'],
  path: string,
  add: AddFault,
): ParameterSource | null {
  const allowed = 'either a call parameter or a literal text'
  if (literal !== null) {
    if (parameter !== null)
      add({ path, rule: 'conflict', found: 'has both a parameter and a literal', allowed })
    else if (literal.length <= literalLength) return { kind: 'literal', text: literal }
    else {
      const found = `has ${literal.length} characters`
      add({ path: `${path}.literal`, rule: 'length', found, allowed: `at most ${literalLength}` })
    }
    return null
  }
  if (parameter === null) {
    add({ path, rule: 'required', found: 'has neither a parameter nor a literal', allowed })
    return null
  }
  const known = findParameter(parameter)
  if (known !== undefined) return { kind: 'parameter', parameter: known.name }
  const near = parameter.length > maxNearLength ? null : nearestName(parameter, parameterNames)
  add({
    path: `${path}.parameter`,
    rule: 'one_of',
    found: 'is not a call parameter',
    allowed: `a name of the parameter list${near === null ? '' : `, for example ${near}`}`,
  })
  return null
}
