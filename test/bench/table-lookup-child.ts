// How long the real table takes to find an event's webhooks and one of them, which the join does for each event and each
// delivery. Tells the result as JSON on its output.
import type { AccountId, WebhookId } from '../../src/domain/ids.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { createWebhookPacking } from '../../src/kafka/webhook-packing.ts'
import { GlobalTable } from '../../src/table/global-table.ts'
import { perAccount, tableWebhookOf } from './table-webhook.ts'

const webhooks = Number(process.argv[2] ?? 1_000_000)
const accounts = webhooks / perAccount
/** Few enough for all of their webhooks to be kept ready. */
const fewAccounts = Math.min(1_000, accounts)
const lookups = 300_000
const packing = createWebhookPacking(readSchema('webhook-config'))
const table = new GlobalTable({ packing, seed: 1 })
let webhookBytes = 0
for (let index = 0; index < webhooks; index += 1) {
  const config = tableWebhookOf(index, 8_080)
  if (index === webhooks - 1) webhookBytes = packing.pack(config).length + config.webhook_id.length
  const webhookId = config.webhook_id as WebhookId
  table.apply(
    { topic: 'webhooks', partition: 0, offset: BigInt(index) },
    { kind: 'upsert', webhookId, config },
  )
}

/** Microseconds of the fastest of five rounds: what else the machine did is not the table's. */
function microsecondsOf(among: number): number {
  const ids = Array.from({ length: lookups }, (_, index) => `a${(index * 7_919) % among}` as AccountId)
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round += 1) {
    const from = performance.now()
    let found = 0
    for (const account_id of ids) {
      const matching = table.lookup({ account_id, event_type: 'call_end' })
      if (table.find(matching[0] as WebhookId) !== undefined) found += 1
    }
    if (found !== lookups) throw new Error(`${found} of ${lookups} webhooks found`)
    best = Math.min(best, ((performance.now() - from) / lookups) * 1_000)
  }
  return Number(best.toFixed(2))
}

const lookupReadyUs = microsecondsOf(fewAccounts)
console.log(JSON.stringify({ webhookBytes, lookupReadyUs, lookupUnreadyUs: microsecondsOf(accounts) }))
