// A worker that loses: deliveries of one webhook wait for room at their receiver, and are forgotten there. Nothing says
// that they have ended, and nothing is committed past them.
import { LiveIsolation } from '../../../src/pipeline/live-isolation.ts'
import { replace } from '../../harness/replaced-method.ts'
import { forgottenWebhook } from './forgotten-webhook.ts'

replace(LiveIsolation, 'ask', (original, asked) =>
  asked.webhook.webhookId === forgottenWebhook ? new Promise<never>(() => {}) : original(asked),
)()
