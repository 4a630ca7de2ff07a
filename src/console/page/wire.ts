// What the API answers, as types. Invariant: what is shown of a webhook is shown as text, whatever stands in it.
import type { EventType } from '../../domain/call-event.ts'
import type { WebhookFault } from '../../domain/webhook-fault.ts'
import type { WebhookForm } from '../../domain/webhook-form.ts'

export interface Session {
  readonly account_id: string
  readonly authentication: 'none' | 'proxy' | 'token'
  /** Whether a webhook may go without verification of its receiver's certificate. */
  readonly unverified_tls: 'allowed' | 'refused'
}

export interface ListedWebhook {
  readonly webhook: WebhookForm
  readonly etag: string
  readonly valid: boolean
  readonly faults: readonly WebhookFault[]
  readonly counts: {
    readonly delivered: number
    readonly failed: number
    /** ISO 8601. */
    readonly last_attempt_at: string | null
  }
  /** Null: nothing is known against its receiver. */
  readonly suspension: { readonly state: 'watched' | 'suspended' | 'cleared' | 'unknown' } | null
}

export interface WebhookPage {
  readonly webhooks: readonly ListedWebhook[]
  /** Found in all. */
  readonly total: number
  readonly next: string | null
}

export interface CurrentWebhook {
  readonly webhook: WebhookForm
  readonly etag: string
}

/** A warning of the domain, or one that only rendering can tell. */
export interface Warning {
  readonly path: string
  readonly rule: string
  readonly text: string
}

export interface PreviewedRequest {
  readonly event_type: EventType
  /** Request line, headers, an empty line, body. */
  readonly text: string
  readonly bytes: number
  readonly cut_values: readonly string[]
}

export interface Preview {
  readonly requests: readonly PreviewedRequest[]
  readonly warnings: readonly Warning[]
}

export interface TestAnswer {
  readonly event_type: EventType
  readonly delivered: boolean
  readonly status_code: number | null
  readonly reason: 'ok' | 'http_status' | 'redirect' | 'unreachable' | 'url_too_long' | 'body_too_large'
  readonly redirect_origin: string | null
  readonly total_ms: number | null
  readonly excerpt: string | null
}
