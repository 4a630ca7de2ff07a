// What is wrong with a webhook, in a form that a page can put beside the field and a log can print.

/** Which rule was broken. A page may have its own words for each; the list is closed. */
export type WebhookRule =
  /** A field that must be there is not. */
  | 'required'
  /** Another JSON type than the field's. */
  | 'type'
  /** A field that no webhook has. */
  | 'unknown_field'
  /** Not one of a closed list. */
  | 'one_of'
  /** A number outside its range. */
  | 'range'
  /** Too short or too long, in characters, bytes or entries as `allowed` says. */
  | 'length'
  /** Not of the form that `allowed` describes, or with characters that it leaves out. */
  | 'form'
  /** Twice the same where each may stand once. */
  | 'repeated'
  /** A name or a port that is kept for other uses. */
  | 'reserved'
  /** Contradicts another field. */
  | 'conflict'
  /** Sealed, but not so that it can be opened here. */
  | 'sealed'
  /** Not a record of this topic at all. */
  | 'undecodable'

export interface WebhookFault {
  /** Where: `path`, `parameters[2].name`; empty for the webhook as a whole. */
  readonly path: string
  readonly rule: WebhookRule
  /** What is wrong, with the value's shape; never the value of a field that may hold a secret. */
  readonly found: string
  /** What is allowed; empty where nothing is to be said. */
  readonly allowed: string
}

/** One line: `port is 0; allowed: a whole number from 1 to 65535`. */
export function faultText({ path, found, allowed }: WebhookFault): string {
  const what = `${path} ${found}`.trim()
  return allowed === '' ? what : `${what}; allowed: ${allowed}`
}
