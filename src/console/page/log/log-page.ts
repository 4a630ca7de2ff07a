// The two views of the log, as they are loaded: with one another.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import type { Api } from '../api.ts'
import type { Route } from '../router.ts'
import { CallLogPage } from './call-log-page.ts'
import { WebhookLogPage } from './webhook-log-page.ts'

export interface LogPageProps {
  readonly api: Api
  readonly route: Extract<Route, { readonly kind: 'log' | 'call' }>
  readonly notice: string | null
}

export function LogPage({ api, route, notice }: LogPageProps): VNode {
  return route.kind === 'log'
    ? html`<${WebhookLogPage}
        key=${`log ${route.webhookId}`}
        api=${api}
        webhookId=${route.webhookId}
        notice=${notice}
      />`
    : html`<${CallLogPage} key=${`call ${route.callId}`} api=${api} callId=${route.callId} />`
}
