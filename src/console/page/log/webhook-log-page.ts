/// <reference lib="dom" />
// What happened to the deliveries of one webhook: how they go, what stands in their way, each attempt, and the means to
// send again what failed.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { addressText } from '../address-text.ts'
import type { Api } from '../api.ts'
import { CallSearch } from '../call-search.ts'
import { editPath, go, paths } from '../router.ts'
import { troubleText } from '../troubles.ts'
import { useFocusOnShow } from '../use-focus-on-show.ts'
import { useWording } from '../wording.ts'
import { AttemptList } from './attempt-list.ts'
import { HealthPanel } from './health-panel.ts'
import { LogApi } from './log-api.ts'
import type { LogScope } from './log-api.ts'
import type { LoggedAttempt, ReplayChoice } from './log-wire.ts'
import { ReplayDialog } from './replay-dialog.ts'
import { SuspensionBanner } from './suspension-banner.ts'
import { useHealth } from './use-health.ts'
import { useLive } from './use-live.ts'
import { useLog } from './use-log.ts'
import { useLogTexts } from './use-log-texts.ts'

export interface WebhookLogPageProps {
  readonly api: Api
  readonly webhookId: string
  /** What was done in the view before. */
  readonly notice: string | null
}

/** Since when a webhook got nothing, as long as the page is loaded: an edit lifts the suspension that told of it. */
const missedSince = new Map<string, string>()

export function WebhookLogPage({ api, webhookId, notice }: WebhookLogPageProps): VNode {
  const { texts } = useWording()
  const logTexts = useLogTexts()
  const logApi = useMemo(() => new LogApi(api), [api])
  const [only, setOnly] = useState<'all' | 'failed'>('all')
  const [asked, setAsked] = useState<{ readonly choice: ReplayChoice | null } | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const [isLifting, setLifting] = useState(false)
  const heading = useFocusOnShow()
  const scope: LogScope = { kind: 'webhook', webhookId, only }
  const reading = useLog(logApi, scope)
  const { listed, health, trouble, look } = useHealth(api, logApi, webhookId)
  const live = useLive(logApi, scope, () => {
    reading.look()
    look()
  })
  const suspension = health?.suspension ?? null
  const isSuspended = suspension?.state === 'suspended'
  if (isSuspended) missedSince.set(webhookId, suspension.first_failed_at ?? suspension.since)
  const missed = health === null || isSuspended ? null : (missedSince.get(webhookId) ?? null)
  const wasSuspended = useRef(false)
  useEffect(() => {
    // The button that was pressed went with the banner.
    if (wasSuspended.current && document.activeElement === document.body) heading.current?.focus()
    wasSuspended.current = isSuspended
  }, [isSuspended])

  const lift = async (): Promise<void> => {
    if (listed === null || isLifting) return
    setLifting(true)
    const reply = await logApi.lift(webhookId, listed.etag)
    setLifting(false)
    const isChanged = reply.kind === 'refused' && reply.status === 412
    setFault(reply.kind !== 'refused' ? null : isChanged ? texts.conflict.list : troubleText(reply, texts))
    look()
  }
  const closed = (end: 'sent' | 'unsent'): void => {
    if (end === 'sent' && asked?.choice !== null && asked !== null && 'since' in asked.choice) {
      missedSince.delete(webhookId)
    }
    setAsked(null)
  }
  const sendAgain = ({ delivery_id }: LoggedAttempt): void =>
    setAsked({ choice: { delivery_ids: [delivery_id] } })
  if (trouble?.status === 404) {
    return html`<div class="notice" role="alert">
      <p>${texts.notices.gone}</p>
      <a href=${paths.webhooks}>${texts.notices.backToList}</a>
    </div>`
  }
  const address = listed === null ? '' : addressText(listed.webhook)
  return html`<div class="head">
      <div>
        <h1 ref=${heading} tabindex="-1">${logTexts.title}</h1>
        <p class="quiet">${address}</p>
      </div>
      <div class="buttons">
        <button type="button" class="secondary outline" onClick=${() => go(editPath(webhookId))}>
          ${logTexts.edit}
        </button>
        <button type="button" onClick=${() => setAsked({ choice: null })}>${logTexts.sendAgainWindow}</button>
      </div>
    </div>
    <div role="status">${notice !== null && html`<p class="notice good">${notice}</p>`}</div>
    <div role="alert">
      ${fault !== null && html`<p class="notice bad">${fault}</p>`}
      ${trouble !== null && trouble.status !== 401 && html`<p class="notice">${troubleText(trouble, texts)}</p>`}
    </div>
    <div role="status">
      ${
        missed !== null &&
        html`<div class="notice good">
          <p>${logTexts.suspension.lifted}</p>
          <button
            type="button"
            onClick=${() => setAsked({ choice: { since: missed, until: new Date().toISOString() } })}
          >
            ${logTexts.suspension.missed}
          </button>
        </div>`
      }
    </div>
    ${
      suspension !== null &&
      html`<${SuspensionBanner}
        suspension=${suspension}
        isLifting=${isLifting}
        onLift=${() => void lift()}
      />`
    }
    ${health !== null && html`<${HealthPanel} health=${health} />`}
    <${AttemptList}
      reading=${reading}
      live=${live}
      empty=${only === 'failed' ? logTexts.emptyFailed : logTexts.empty}
      webhookOf=${null}
      onSendAgain=${sendAgain}
      tools=${html`<label class="switch">
          <input
            type="checkbox"
            role="switch"
            checked=${only === 'failed'}
            onChange=${() => setOnly(only === 'all' ? 'failed' : 'all')}
          />
          ${logTexts.onlyFailed}
        </label>
        <${CallSearch} />`}
    />
    ${
      asked !== null &&
      html`<${ReplayDialog}
        api=${logApi}
        webhookId=${webhookId}
        choice=${asked.choice}
        obstacle=${isSuspended ? 'suspended' : listed?.webhook.enabled === false ? 'off' : null}
        onClose=${closed}
      />`
    }`
}
