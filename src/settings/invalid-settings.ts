// Why the settings cannot be used: every fault at once, a line each, so that one start tells all there is to mend.
// Invariant: a secret's value, what stands before an @, where URLs have their logins, and a URL's query are in no line.
import type { NamedSetting } from './setting.ts'

/** Refusal to start: the settings as given cannot be used. The text holds one line per fault. */
export class InvalidSettings extends Error {
  readonly code = 'INVALID_SETTINGS'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.join('\n'))
    this.name = 'InvalidSettings'
    this.faults = faults
  }
}

/**
 * One line about a value that is not allowed.
 * @param origin where the value came from: an environment name or a file's path
 */
export function faultOf(setting: NamedSetting, origin: string, value: unknown): string {
  const wrongEntry = setting.sensitive ? undefined : setting.format.wrongEntry?.(value)
  const shape = setting.sensitive
    ? `a hidden value is ${kindOf(value)}`
    : wrongEntry === undefined
      ? `${shown(value)} is ${kindOf(value)}`
      : `the entry ${shown(wrongEntry)} is none`
  return `${setting.name} (${origin}): ${shape}; allowed: ${setting.format.allowed}`
}

const longestShown = 80

function shown(value: unknown): string {
  // The environment holds only text: a number there is one that is out of range.
  if (typeof value === 'string' && isNumeric(value)) return value
  // A login stands before an @; it may hold what looks like an end of it.
  const whole = (JSON.stringify(value) ?? 'undefined')
    .replace(/^("?(?:\w+:\/\/)?).*@/s, '$1***@')
    .replace(/(\/\/[^?]*\?).*(?=")/s, '$1***')
  return whole.length > longestShown ? `${whole.slice(0, longestShown)}…` : whole
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'string':
      return isNumeric(value) ? 'a number' : 'text'
    case 'number':
      return 'a number'
    case 'boolean':
      return 'a flag'
    default:
      return 'a section'
  }
}

function isNumeric(value: string): boolean {
  return /^-?\d{1,20}(\.\d{1,20})?$/.test(value)
}
