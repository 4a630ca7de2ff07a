// Publishes what it is told to, and says when all of it is acknowledged.
import { setTimeout as delay } from 'node:timers/promises'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { loadSettings } from '../../src/settings/load.ts'
import { webhookOf } from './load.ts'
import { machineMs } from './monotonic-clock.ts'
import type { Published, PublisherOrder, PublisherProcessOptions } from './publisher-process.ts'
import { tableWebhookOf } from './table-webhook.ts'
import { eventsOf, inPortions, publishEvents, publisherFor, publishWebhooks } from './topics-of-run.ts'

const { environment, scenario, port } = JSON.parse(process.argv[2] ?? '{}') as PublisherProcessOptions
const publisher = await publisherFor(loadSettings({ files: [], environment }))
const events = eventsOf(scenario)
const pacedEveryMs = 2

async function publish(order: PublisherOrder): Promise<readonly Published[]> {
  switch (order.kind) {
    case 'webhooks':
      await publishWebhooks(publisher, scenario, port)
      return []
    case 'table':
      await inPortions(scenario.webhooks, (index) => publisher.webhook(tableWebhookOf(index, port)))
      return []
    case 'events':
      await publishEvents(publisher, events, order.count)
      return []
    case 'paced':
      return paced(order)
  }
}

/** Evenly, whether those before are acknowledged or not. */
async function paced({ perSecond, seconds }: { perSecond: number; seconds: number }) {
  const published: Promise<Published>[] = []
  const startedAtMs = machineMs()
  while (published.length < perSecond * seconds) {
    const due = Math.min(seconds, (machineMs() - startedAtMs) / 1_000) * perSecond
    while (published.length < due) published.push(one())
    await delay(pacedEveryMs)
  }
  return Promise.all(published)
}

/** An event of one webhook, whose account has the same number. */
async function one(): Promise<Published> {
  const event = events.next().value
  const { webhook_id } = webhookOf(scenario, Number(event.account_id.slice(1)), port)
  const id = deliveryIdOf(event.event_id, webhook_id)
  const givenAtMs = machineMs()
  await publisher.callEvent(event)
  return [id, givenAtMs, machineMs()]
}

process.on('message', (order: PublisherOrder) => {
  void publish(order).then((published) => process.send?.(published))
})
process.on('disconnect', () => process.exit(0))
