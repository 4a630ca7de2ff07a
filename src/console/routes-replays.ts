// Sending failed deliveries again, over HTTP: counted first, sent when asked for, watched and interrupted.
// Invariant: what is chosen from is one webhook of the account that asks; another account's replay is unknown.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { usualResults } from '../replay/replay-selection.ts'
import type { ReplaySelection } from '../replay/replay-selection.ts'
import type { Clock } from '../ports.ts'
import { bodyIsJudgedLater, refuse } from './api-replies.ts'
import { routeSchemas } from './api-schemas.ts'
import type { OutcomeCounts } from './outcomes/outcome-counts.ts'
import { readReplayChoice } from './replays/replay-choice.ts'
import type { ReplayChoice } from './replays/replay-choice.ts'
import type { Replays } from './replays/replays.ts'
import type { ReplayState } from './replays/replay.ts'
import type { WebhookStore } from './webhook-store.ts'

export interface ReplayRoutesOptions {
  readonly store: WebhookStore
  readonly counts: Pick<OutcomeCounts, 'ask'>
  readonly replays: Pick<Replays, 'begin' | 'state' | 'send' | 'remove'>
  readonly clock: Pick<Clock, 'nowMs'>
}

type ByReplay = { readonly replay_id: string }

/** Workers' clocks may run ahead of ours by some seconds, and what ended now is asked for now. */
const clockMarginMs = 60_000

export function addReplayRoutes(api: FastifyInstance, options: ReplayRoutesOptions): void {
  const { store, replays } = options

  api.post<{ Params: { readonly webhook_id: string } }>(
    '/webhooks/:webhook_id/replays',
    { schema: routeSchemas.beginReplay, ...bodyIsJudgedLater },
    ({ account, params, body }, reply) => {
      const stored = store.get(account, params.webhook_id)
      if (stored === null) return refuse(reply, 404, 'not_found')
      const choice = readReplayChoice(body)
      if (choice.kind === 'invalid') return refuse(reply, 422, 'invalid_selection', choice.detail)
      const chosen = selectionOf(stored.webhookId, choice, options)
      if (chosen === 'log_away') {
        return refuse(reply.header('retry-after', '5'), 503, 'unavailable', 'the log is being built anew')
      }
      if (chosen === null)
        return refuse(reply, 404, 'not_found', 'the webhook has no such delivery that ended')
      const begun = replays.begin(account, chosen)
      switch (begun.kind) {
        case 'begun':
          return reply
            .code(202)
            .header('location', `/api/replays/${begun.replayId}`)
            .send({ replay_id: begun.replayId })
        case 'busy':
          return refuse(reply, 409, 'busy', 'a replay of the account is under way')
        case 'full':
          return refuse(reply.header('retry-after', '30'), 503, 'busy', 'replays of others are under way')
      }
    },
  )

  api.get<{ Params: ByReplay }>(
    '/replays/:replay_id',
    { schema: routeSchemas.replay },
    ({ account, params }, reply) => {
      const state = replays.state(account, params.replay_id)
      return state === null ? refuse(reply, 404, 'not_found') : reply.send(shownReplay(state))
    },
  )

  api.post<{ Params: ByReplay }>(
    '/replays/:replay_id/send',
    { schema: routeSchemas.sendReplay },
    ({ account, params }, reply) => {
      const begun = replays.send(account, params.replay_id)
      if (begun === null) return refuse(reply, 404, 'not_found')
      if (begun === 'not_counted')
        return refuse(reply, 409, 'not_counted', 'it is not counted yet, or was sent')
      return sendState(reply.code(202), replays.state(account, params.replay_id))
    },
  )

  api.delete<{ Params: ByReplay }>(
    '/replays/:replay_id',
    { schema: routeSchemas.removeReplay },
    ({ account, params }, reply) =>
      replays.remove(account, params.replay_id) ? reply.code(204).send() : refuse(reply, 404, 'not_found'),
  )
}

function sendState(reply: FastifyReply, state: ReplayState | null): FastifyReply {
  return state === null ? refuse(reply, 404, 'not_found') : reply.send(shownReplay(state))
}

type Chosen = Omit<ReplaySelection, 'accountId'>

/** Null: none of the deliveries is known to have ended. */
function selectionOf(
  webhookId: string,
  choice: Exclude<ReplayChoice, { kind: 'invalid' }>,
  { counts, clock }: ReplayRoutesOptions,
): Chosen | null | 'log_away' {
  const chosen = { webhookIds: [webhookId], results: usualResults, reasons: null }
  if (choice.kind === 'window') {
    const { sinceMs, untilMs } = choice
    return { ...chosen, deliveryIds: null, sinceMs, untilMs }
  }
  const { deliveryIds } = choice
  // How far back the topic has to be read; the session itself chooses.
  const known = counts.ask((store) => deliveryIds.map((id) => store.endedHourMs(webhookId, id)))
  if (known === null) return 'log_away'
  const ended = known.filter((hour) => hour !== null)
  if (ended.length === 0) return null
  const untilMs = clock.nowMs() + clockMarginMs
  return { ...chosen, deliveryIds, sinceMs: Math.min(...ended) - clockMarginMs, untilMs }
}

function shownReplay(state: ReplayState) {
  return {
    replay_id: state.replayId,
    state: state.kind,
    read: state.read,
    count: state.count,
    by_result: state.byResult,
    sent: state.sent,
    passed_over: state.passedOver,
    unsent: Array.from(state.unsent, ([why, count]) => ({ why, count })),
    left: state.left,
    error: state.error,
  }
}
