// What happened to all that one call was to send, over all the account's webhooks.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { Api } from '../api.ts'
import { CallSearch } from '../call-search.ts'
import { logPath } from '../router.ts'
import { useFocusOnShow } from '../use-focus-on-show.ts'
import { AttemptList } from './attempt-list.ts'
import { LogApi } from './log-api.ts'
import type { LogScope } from './log-api.ts'
import type { LoggedAttempt } from './log-wire.ts'
import { ReplayDialog } from './replay-dialog.ts'
import { useAddresses } from './use-addresses.ts'
import { useLive } from './use-live.ts'
import { useLog } from './use-log.ts'
import { useLogTexts } from './use-log-texts.ts'

export interface CallLogPageProps {
  readonly api: Api
  readonly callId: string
}

export function CallLogPage({ api, callId }: CallLogPageProps): VNode {
  const texts = useLogTexts()
  const logApi = useMemo(() => new LogApi(api), [api])
  const [asked, setAsked] = useState<LoggedAttempt | null>(null)
  const heading = useFocusOnShow()
  const scope: LogScope = { kind: 'call', callId }
  const reading = useLog(logApi, scope)
  const live = useLive(logApi, scope, reading.look)
  const addressOf = useAddresses(api, reading.log?.attempts ?? [])
  const webhookOf = ({ webhook_id: webhookId, origin }: LoggedAttempt): VNode | null => {
    if (webhookId === null) return null
    const known = addressOf(webhookId)
    if (known?.kind === 'gone') return html`<span>${origin ?? ''} (${texts.webhookGone})</span>`
    const named = known?.address ?? origin ?? webhookId
    return html`<a href=${logPath(webhookId)} aria-label=${texts.logOf(named)}>${named}</a>`
  }
  return html`<div class="head">
      <div>
        <h1 ref=${heading} tabindex="-1">${texts.callTitle}</h1>
        <p class="quiet">${callId}</p>
      </div>
    </div>
    <${AttemptList}
      reading=${reading}
      live=${live}
      empty=${texts.emptyCall}
      webhookOf=${webhookOf}
      onSendAgain=${setAsked}
      tools=${html`<${CallSearch} />`}
    />
    ${
      asked !== null &&
      asked.webhook_id !== null &&
      html`<${ReplayDialog}
        api=${logApi}
        webhookId=${asked.webhook_id}
        choice=${{ delivery_ids: [asked.delivery_id] }}
        obstacle=${null}
        onClose=${() => setAsked(null)}
      />`
    }`
}
