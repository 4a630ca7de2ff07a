// The few calls of the schema registry that an operator's commands need, as Confluent's API has them.
// The client library for reading is not used here: it hides the registry's reason for refusing a schema.

/** As the settings' section `registry`. */
export interface RegistryAccess {
  /** With the API's base path, without a slash at the end. */
  readonly url: string
  /** Empty: no login. */
  readonly username: string
  readonly password: string
}

/** The registry cannot be reached, or answers what none answers. */
export class RegistryRefused extends Error {
  readonly code = 'REGISTRY_REFUSED'
  /** No answer, or one that says "not now": worth asking again. */
  readonly away: boolean

  constructor(text: string, options: ErrorOptions & { readonly away?: boolean } = {}) {
    super(text, options)
    this.away = options.away ?? false
  }
}

export type RegistryReply =
  | { readonly kind: 'accepted'; readonly body: Readonly<Record<string, unknown>> }
  /** 404 with a code of its own: no such subject, version or schema. A 404 without one is a wrong base path. */
  | { readonly kind: 'absent' }
  /** 409 or 422: the registry will not have this schema. */
  | { readonly kind: 'refused'; readonly reason: string }

const answerWithinMs = 10_000

const notNow = (status: number): boolean => status >= 500 || status === 408 || status === 429

/** @throws RegistryRefused on no answer within 10 s, a refused login, and statuses that say nothing about the schema. */
export async function askRegistry(
  { url, username, password }: RegistryAccess,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<RegistryReply> {
  const login =
    username === ''
      ? {}
      : { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
  let response: Response
  let text: string
  try {
    response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json', ...login },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerWithinMs),
    })
    text = await response.text()
  } catch (error) {
    throw new RegistryRefused(`the schema registry at ${url} does not answer: ${reasonOf(error)}`, {
      cause: error,
      away: true,
    })
  }
  const answer = parse(text)
  if (response.ok) return { kind: 'accepted', body: answer }
  if (response.status === 404 && [40401, 40402, 40403].includes(Number(answer['error_code'])))
    return { kind: 'absent' }
  const told = typeof answer['message'] === 'string' ? answer['message'] : `status ${response.status}`
  const reason = withoutLogin(told, { username, password })
  if (response.status === 409 || response.status === 422) return { kind: 'refused', reason }
  const hint = response.status === 404 ? '; the API’s base path belongs to its address' : ''
  throw new RegistryRefused(
    `the schema registry at ${url} answers ${response.status} to ${method} ${path}: ${reason}${hint}`,
    { away: notNow(response.status) },
  )
}

/** What answers, be it a gateway's error page, may throw back what it was sent. */
export function withoutLogin(
  text: string,
  { username, password }: Pick<RegistryAccess, 'username' | 'password'>,
): string {
  if (password === '') return text
  const token = Buffer.from(`${username}:${password}`).toString('base64')
  const forms = [token, password, encodeURIComponent(password), JSON.stringify(password).slice(1, -1)]
  return forms.reduce((shown, form) => shown.replaceAll(form, '***'), text)
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

// The built-in client says "fetch failed"; what failed is in the cause, and of several addresses in its code.
function reasonOf(error: unknown): string {
  const { message, cause } = Object(error) as { readonly message?: unknown; readonly cause?: unknown }
  const { message: inner, code } = Object(cause) as { readonly message?: unknown; readonly code?: unknown }
  return String(inner || code || message || error)
}
