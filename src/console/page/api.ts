/// <reference lib="dom" />
// The API as the page asks it. Invariants: every end of a request is a value; a token is kept for this tab alone and
// travels only in the Authorization header, to where the page came from.
import type { WebhookFault } from '../../domain/webhook-fault.ts'
import type { CurrentWebhook, ListedWebhook, Preview, Session, TestAnswer, WebhookPage } from './wire.ts'

export type Reply<Body> =
  { readonly kind: 'done'; readonly body: Body } | { readonly kind: 'called_off' } | Refusal

export interface Refusal {
  readonly kind: 'refused'
  /** 0: nobody answered. */
  readonly status: number
  /** The API's code, for example `changed_meanwhile`. */
  readonly error: string
  readonly faults: readonly WebhookFault[]
  /** What stands there now, where somebody else was first. */
  readonly current: CurrentWebhook | null
  /** Seconds; null where nothing was said. */
  readonly retryAfterS: number | null
}

/** As JSON. */
export type Draft = Readonly<Record<string, unknown>>

export interface Trial {
  readonly webhook: Draft
  /** Whose stored secrets `***` stands for. */
  readonly webhook_id?: string
}

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly etag?: string
  readonly signal?: AbortSignal
}

const tokenKey = 'console-token'

export class Api {
  readonly #signedOut: (by: 'token' | 'elsewhere') => void

  /** `signedOut` is told whenever it is not known who asks, and whether a token would say it. */
  constructor(signedOut: (by: 'token' | 'elsewhere') => void) {
    this.#signedOut = signedOut
  }

  session(): Promise<Reply<Session>> {
    return this.ask({ method: 'GET', path: 'session' })
  }

  list(
    page: { readonly limit: number; readonly after: string | null; readonly search: string },
    signal: AbortSignal,
  ): Promise<Reply<WebhookPage>> {
    const query = new URLSearchParams({ limit: String(page.limit) })
    if (page.after !== null) query.set('after', page.after)
    if (page.search !== '') query.set('search', page.search)
    return this.ask({ method: 'GET', path: `webhooks?${query.toString()}`, signal })
  }

  get(webhookId: string): Promise<Reply<ListedWebhook>> {
    return this.ask({ method: 'GET', path: webhookPath(webhookId) })
  }

  create(webhook: Draft): Promise<Reply<CurrentWebhook>> {
    return this.ask({ method: 'POST', path: 'webhooks', body: webhook })
  }

  replace(webhookId: string, etag: string, webhook: Draft): Promise<Reply<CurrentWebhook>> {
    return this.ask({ method: 'PUT', path: webhookPath(webhookId), etag, body: webhook })
  }

  remove(webhookId: string, etag: string): Promise<Reply<null>> {
    return this.ask({ method: 'DELETE', path: webhookPath(webhookId), etag })
  }

  preview(trial: Trial, signal: AbortSignal): Promise<Reply<Preview>> {
    return this.ask({ method: 'POST', path: 'preview', body: trial, signal })
  }

  test(trial: Trial & { readonly event_type: string }): Promise<Reply<TestAnswer>> {
    return this.ask({ method: 'POST', path: 'test', body: trial })
  }

  /** An answer that goes on until `signal` ends it. @throws where nobody answers */
  async open(path: string, signal: AbortSignal): Promise<Response> {
    const response = await fetch(`/api/${path}`, { headers: credentials(), signal })
    if (response.status === 401) this.#signedOut(wantsToken(response) ? 'token' : 'elsewhere')
    return response
  }

  /** `path`: behind `/api/`. */
  async ask<Body>({ method, path, body, etag, signal }: Ask): Promise<Reply<Body>> {
    try {
      const response = await fetch(`/api/${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(etag === undefined ? {} : { 'if-match': etag }),
          ...credentials(),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      })
      const text = await response.text()
      if (response.ok) return { kind: 'done', body: (text === '' ? null : JSON.parse(text)) as Body }
      if (response.status === 401) this.#signedOut(wantsToken(response) ? 'token' : 'elsewhere')
      return refusalOf(response, text)
    } catch {
      return signal?.aborted === true ? { kind: 'called_off' } : { ...unanswered }
    }
  }
}

function credentials(): Readonly<Record<string, string>> {
  const token = sessionStorage.getItem(tokenKey)
  return token === null ? {} : { authorization: `Bearer ${token}` }
}

const unanswered: Refusal = {
  kind: 'refused',
  status: 0,
  error: 'unanswered',
  faults: [],
  current: null,
  retryAfterS: null,
}

export function keepToken(token: string): void {
  sessionStorage.setItem(tokenKey, token)
}

export function forgetToken(): void {
  sessionStorage.removeItem(tokenKey)
}

function wantsToken({ headers }: Response): boolean {
  return /^bearer\b/i.test(headers.get('www-authenticate') ?? '')
}

export function webhookPath(webhookId: string): string {
  return `webhooks/${encodeURIComponent(webhookId)}`
}

function refusalOf({ status, headers }: Response, text: string): Refusal {
  const { error, faults, current } = fieldsOf(text)
  const retryAfterS = Number(headers.get('retry-after') ?? Number.NaN)
  return {
    kind: 'refused',
    status,
    error: typeof error === 'string' ? error : 'unknown',
    faults: Array.isArray(faults) ? (faults as readonly WebhookFault[]) : [],
    current: typeof current === 'object' ? (current as CurrentWebhook | null) : null,
    retryAfterS: Number.isFinite(retryAfterS) ? retryAfterS : null,
  }
}

/** Something between here and the API may answer with anything. */
function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>
  } catch {
    return {}
  }
}
