// What the views of the log ask of the API.
import type { Api, Reply } from '../api.ts'
import { webhookPath } from '../api.ts'
import type { Health, LiftedWebhook, LogPage, Replay, ReplayChoice } from './log-wire.ts'

/** Whose log: of a webhook, or of a call over all the account's webhooks. */
export type LogScope =
  | { readonly kind: 'webhook'; readonly webhookId: string; readonly only: 'all' | 'failed' }
  | { readonly kind: 'call'; readonly callId: string }

export interface LogPlace {
  readonly limit: number
  /** Where an earlier page ended; null: from the newest on. */
  readonly after: string | null
}

export class LogApi {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  log(scope: LogScope, { limit, after }: LogPlace, signal: AbortSignal): Promise<Reply<LogPage>> {
    const query = new URLSearchParams({ limit: String(limit) })
    if (after !== null) query.set('after', after)
    if (scope.kind === 'webhook') query.set('only', scope.only)
    const path =
      scope.kind === 'webhook'
        ? `${webhookPath(scope.webhookId)}/deliveries`
        : `calls/${encodeURIComponent(scope.callId)}/deliveries`
    return this.#api.ask({ method: 'GET', path: `${path}?${query.toString()}`, signal })
  }

  health(webhookId: string, signal: AbortSignal): Promise<Reply<Health>> {
    return this.#api.ask({ method: 'GET', path: `${webhookPath(webhookId)}/health`, signal })
  }

  /** As it is, so that a suspension of what stood there before no longer holds. */
  lift(webhookId: string, etag: string): Promise<Reply<LiftedWebhook>> {
    return this.#api.ask({ method: 'POST', path: `${webhookPath(webhookId)}/lift`, etag })
  }

  /** Begins to count; nothing is sent yet. */
  count(webhookId: string, choice: ReplayChoice): Promise<Reply<Pick<Replay, 'replay_id'>>> {
    return this.#api.ask({ method: 'POST', path: `${webhookPath(webhookId)}/replays`, body: choice })
  }

  replay(replayId: string): Promise<Reply<Replay>> {
    return this.#api.ask({ method: 'GET', path: replayPath(replayId) })
  }

  send(replayId: string): Promise<Reply<unknown>> {
    return this.#api.ask({ method: 'POST', path: `${replayPath(replayId)}/send` })
  }

  /** Stops it where it sends; forgets it. */
  forget(replayId: string): Promise<Reply<null>> {
    return this.#api.ask({ method: 'DELETE', path: replayPath(replayId) })
  }

  /** Tells, until `signal` ends it, that there is something new. @throws where nobody answers */
  events(scope: LogScope, signal: AbortSignal): Promise<Response> {
    const query = scope.kind === 'webhook' ? { webhook_id: scope.webhookId } : { call_id: scope.callId }
    return this.#api.open(`events?${new URLSearchParams(query).toString()}`, signal)
  }
}

function replayPath(replayId: string): string {
  return `replays/${encodeURIComponent(replayId)}`
}
