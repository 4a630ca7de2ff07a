// The requests that a webhook would make of a call, shown to its owner and not sent.
// Invariant: what is shown is what a worker sends, byte for byte, but for the secrets, which are masked.
import { sampleEvent } from '../domain/sample-event.ts'
import type { Webhook } from '../domain/webhook.ts'
import { deliveryIdOf } from '../join/delivery-id.ts'
import { render } from '../render/render.ts'
import type { RenderOptions } from '../render/render.ts'
import { requestText } from '../render/request-text.ts'
import type { Clock } from '../ports.ts'

export type RenderSettings = Pick<RenderOptions, 'userAgent' | 'maxTargetBytes' | 'maxBodyBytes'>

export interface Preview {
  readonly requests: readonly PreviewedRequest[]
  readonly warnings: readonly PreviewWarning[]
}

interface PreviewedRequest {
  readonly event_type: string
  /** Request line, headers, an empty line and the body, with the line ends of HTTP. */
  readonly text: string
  /** Of the whole request as it is sent. */
  readonly bytes: number
  readonly cut_values: readonly string[]
}

interface PreviewWarning {
  readonly path: string
  readonly rule: string
  readonly text: string
}

/** A request for each of the webhook's event types, for the catalogue's example of a call. */
export function previewOf(webhook: Webhook, settings: RenderSettings, clock: Clock): Preview {
  const requests: PreviewedRequest[] = []
  const warnings: PreviewWarning[] = []
  for (const type of webhook.eventTypes) {
    const event = sampleEvent(type, webhook.accountId)
    const rendering = render(webhook, event, {
      ...settings,
      deliveryId: deliveryIdOf(event.event_id, webhook.webhookId),
      attempt: 1,
      nowMs: clock.nowMs(),
      purpose: 'delivery',
    })
    if (rendering.kind !== 'request') {
      const text = `make a request of ${rendering.bytes} bytes for ${type}, which is not sent`
      warnings.push({ path: 'parameters', rule: rendering.kind, text })
      continue
    }
    const { request, cutValues } = rendering
    requests.push({
      event_type: type,
      text: textOf(requestText(request, webhook, 'path_shown')),
      bytes: Buffer.byteLength(textOf(requestText(request, webhook, 'shown'))),
      cut_values: cutValues,
    })
  }
  return { requests, warnings }
}

function textOf({ line, headers, body }: ReturnType<typeof requestText>): string {
  return `${[line, ...headers].join('\r\n')}\r\n\r\n${body ?? ''}`
}
