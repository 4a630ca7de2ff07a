// The demo's webhooks, as a client would fill them in, and what each is there to show.
import { plainWebhook } from './plain-webhook.ts'
import type { WebhookConfigRecord } from '../domain/records.ts'

export interface DemoWebhook {
  readonly title: string
  readonly record: WebhookConfigRecord
}

export const demoAccount = 'okna-moskva'

/** What the owner of "analytics" and their server know, and nobody else. */
export const demoSecret = `whsec_${Buffer.from('known to both ends of the demo').toString('base64')}`

/** Where the demo's receiver misbehaves: the path decides. */
export const demoPaths = {
  crm: '/crm/incoming.php',
  analytics: '/events',
  flaky: '/sometimes/503',
  old: '/old-address',
  fixed: '/new-address',
} as const

/** `port`: the receiver's, on this machine. */
export function demoWebhooks(port: number): readonly DemoWebhook[] {
  return [
    {
      title: 'A CRM wants a pop-up with the caller when the call is connected',
      record: webhook(port, {
        webhook_id: 'crm-popup',
        path: demoPaths.crm,
        method: 'GET',
        content_type: null,
        event_types: ['call_start'],
        parameters: pairs('phone=client_number', 'город=city', 'manager=manager_name', 'seconds=duration'),
      }),
    },
    {
      title: 'An analytics service wants both ends of every call as JSON, signed',
      record: webhook(port, {
        webhook_id: 'analytics',
        path: demoPaths.analytics,
        event_types: ['call_start', 'call_end'],
        signing_secrets: [demoSecret],
        parameters: pairs(
          'id=call_id',
          'event=event_type',
          'duration=duration',
          'status=call_status',
          'tags=tags',
          'keyword=keyword',
        ),
      }),
    },
    {
      title: 'A receiver of forms that answers 503 now and then, and recovers',
      record: webhook(port, {
        webhook_id: 'flaky',
        path: demoPaths.flaky,
        event_types: ['call_end'],
        content_type: 'application/x-www-form-urlencoded',
        parameters: pairs('call=call_id', 'phone=client_number', 'город=city', 'recording=record_status'),
      }),
    },
    {
      title: 'An address that its owner got wrong, and edits while calls come in',
      record: movedWebhook(port, demoPaths.old),
    },
    {
      title: 'A mistake: a JSON body cannot hold one name twice',
      record: webhook(port, {
        webhook_id: 'mistake',
        path: '/mistake',
        event_types: ['call_end'],
        parameters: pairs('call=call_id', 'call=event_id'),
      }),
    },
  ]
}

/** The webhook whose address is edited live. */
export function movedWebhook(port: number, path: string): WebhookConfigRecord {
  return webhook(port, {
    webhook_id: 'moved',
    path,
    event_types: ['call_end'],
    parameters: pairs('call=call_id', 'record=record_url'),
  })
}

/** `name=parameter`, as the page of an account shows them. */
function pairs(...texts: readonly string[]): WebhookConfigRecord['parameters'] {
  return texts.map((text) => {
    const [name = '', parameter = ''] = text.split('=')
    return { name, source: { parameter, literal: null } }
  })
}

function webhook(port: number, fields: Partial<WebhookConfigRecord>): WebhookConfigRecord {
  return { ...plainWebhook, account_id: demoAccount, port, event_types: ['call_end'], ...fields }
}
