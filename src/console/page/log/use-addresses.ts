/// <reference lib="dom" />
// What the webhooks of a log are called, asked for once each.
import { useEffect, useRef, useState } from 'preact/hooks'
import { addressText } from '../address-text.ts'
import type { Api } from '../api.ts'
import type { LoggedAttempt } from './log-wire.ts'

/** More than a call has, as a rule; the others go by their ids. */
const mostAsked = 30

export type Named = { readonly kind: 'named'; readonly address: string } | { readonly kind: 'gone' }

/** Null: not known. `gone`: there is no such webhook any more. */
export function useAddresses(
  api: Api,
  attempts: readonly LoggedAttempt[],
): (webhookId: string) => Named | null {
  const [addresses, setAddresses] = useState<ReadonlyMap<string, Named>>(new Map())
  const asked = useRef(new Set<string>())
  const ids = [...new Set(attempts.flatMap(({ webhook_id }) => webhook_id ?? []))]
  useEffect(() => {
    for (const id of ids.slice(0, mostAsked)) {
      if (asked.current.has(id)) continue
      asked.current.add(id)
      void api.get(id).then((reply) => {
        if (reply.kind === 'called_off' || (reply.kind === 'refused' && reply.status !== 404)) return
        const named: Named =
          reply.kind === 'done'
            ? { kind: 'named', address: addressText(reply.body.webhook) }
            : { kind: 'gone' }
        setAddresses((before) => new Map(before).set(id, named))
      })
    }
  }, [ids.join('\n')])
  return (webhookId) => addresses.get(webhookId) ?? null
}
