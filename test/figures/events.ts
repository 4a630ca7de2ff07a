// 20,000 events through one worker on the real stack, judged by ids: final outcomes against expected deliveries,
// and requests at the receiver against (delivery, attempt). One JSON line.
import { deliverEvents } from './delivered-events.ts'
import { onLocalStack } from './on-local-stack.ts'

await onLocalStack(async () => {
  const figures = await deliverEvents({ calls: 10_000, webhooks: 1 })
  console.log(JSON.stringify({ figure: '20,000 events on one worker', ...figures }))
  if (figures.missing + figures.extra + figures.duplicates > 0) process.exitCode = 1
})
