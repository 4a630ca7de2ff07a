// A verdict that was written, as it is told.
import type { Observation } from '../domain/observation.ts'
import type { Verdict } from '../domain/suspension.ts'

export function verdictObservation({
  webhookId,
  suspension,
  notice,
}: Verdict): Extract<Observation, { readonly kind: 'verdict' }> {
  const about = suspension ?? notice?.of ?? null
  return {
    kind: 'verdict',
    verdict: verdictOf(suspension, notice),
    webhookId,
    accountId: about?.accountId ?? null,
    attempts: about?.attempts ?? null,
    reason: about?.last.reason ?? null,
    statusCode: about?.last.statusCode ?? null,
    liftedBy: notice?.liftedBy ?? null,
  }
}

function verdictOf(suspension: Verdict['suspension'], notice: Verdict['notice']) {
  if (notice !== null && notice.liftedBy !== null) return 'lifted'
  switch (suspension?.state) {
    case undefined:
      return 'forgotten'
    case 'watched':
    case 'cleared':
      return suspension.state
    case 'suspended':
      return suspension.cause ?? 'only_failures'
  }
}
