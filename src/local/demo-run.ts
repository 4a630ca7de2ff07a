// The demo proper: the stack, the topics, the webhooks, the worker, a receiver and calls, in one process beside
// the brokers; shown as what a client configured next to what their server got.
// Invariant: whatever ends it (the last call, Ctrl-C, a failure), everything that it started is stopped.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startConsole } from '../console/console.ts'
import type { WebhookConfigRecord } from '../domain/records.ts'
import { clientConfigOf, createKafkaClient } from '../kafka/kafka-client.ts'
import { createOutcomeReader } from '../kafka/outcome-reader.ts'
import { startPublisher } from '../kafka/publisher.ts'
import type { Publisher } from '../kafka/publisher.ts'
import { readSchemaSubjects, registerSchemas } from '../kafka/schema-subjects.ts'
import { createTopicReader } from '../kafka/topic-reader.ts'
import { createTopics, planTopics } from '../kafka/topics.ts'
import { WriterSchemas } from '../kafka/writer-schemas.ts'
import type { Observer } from '../ports.ts'
import { readKafkaAccess } from '../settings/kafka-access.ts'
import type { Settings } from '../settings/schema.ts'
import { schemaTopicsOf, topicsOptionsOf } from '../settings/topic-settings.ts'
import { startWorker } from '../worker.ts'
import { DemoLedger } from './demo-ledger.ts'
import { heading, showRequest, showWebhook } from './demo-screen.ts'
import { demoAccount, demoPaths, demoSecret, demoWebhooks, movedWebhook } from './demo-webhooks.ts'
import { startReceiver } from './receiver.ts'
import type { Answer, ReceivedRequest, Receiver } from './receiver.ts'
import { simulateCall } from './simulated-call.ts'

export interface DemoOptions {
  readonly settings: Settings
  /** How many calls; null = until interrupted. */
  readonly calls: number | null
  readonly interrupted: Promise<void>
  out(line: string): void
}

/** Milliseconds between two calls: quick enough for a minute, slow enough to read. */
const callEveryMs = 150
/** How long the last deliveries may take after the last call: their horizon is longer, their retries are not. */
const settleWithinMs = 30_000

const silent: Observer = { observe() {} }

/** Resolves with the number of expected deliveries that have no final outcome: 0 is a success. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { settings, out } = options
  const closing: (() => Promise<unknown>)[] = []
  try {
    const client = clientConfigOf(readKafkaAccess(settings), () => () => {})
    const { events, webhooks, outcomes } = settings.topics
    await createTopics(client, planTopics(topicsOptionsOf(settings)))
    await registerSchemas(settings.registry, await readSchemaSubjects(schemaTopicsOf(settings)))
    const stage = new Stage(out)
    const receiver = await startReceiver({
      signingSecrets: (path) => (path === demoPaths.analytics ? [demoSecret] : []),
      answer: flakyAnswer(),
      onRequest: (request) => stage.received(request),
    })
    closing.push(() => receiver.stop())
    const publisher = await startPublisher({
      kafka: createKafkaClient(client),
      registry: settings.registry,
      topics: { events: events.name, webhooks: webhooks.name },
      observer: silent,
    })
    closing.push(() => publisher.stop())
    const ledger = new DemoLedger()
    const outcomeReader = createOutcomeReader(
      createTopicReader({ client, topic: outcomes.name, maxWaitMs: 100, now: () => performance.now() }),
      new WriterSchemas(settings.registry, silent),
    )
    closing.push(() => outcomeReader.stop())
    await outcomeReader.start((outcome) => ledger.outcome(outcome))

    const shown = demoWebhooks(receiver.port)
    out(heading('webhooks, as their owners fill them in'))
    for (const webhook of shown) {
      out(showWebhook(webhook))
      await publisher.webhook(webhook.record)
    }
    const worker = await startWorker(settings)
    closing.push(() => worker.stop())
    const page = await openPage(settings, closing)
    out(`\nthe account's page, where all of this can be edited: ${page}`)
    out(`metrics: http://${settings.ops.host}:${worker.opsPort}/metrics`)
    out(heading('calls come in'))
    await play({
      ...options,
      publisher,
      ledger,
      stage,
      receiver,
      webhooks: shown.map(({ record }) => record),
    })
    await Promise.race([ledger.settled(), delay(settleWithinMs)])
    summarise(ledger, receiver, out)
    return ledger.missing()
  } finally {
    for (const close of closing.toReversed()) await close()
  }
}

/** The page of the demo's account, on a free port; what it counts is forgotten with the demo. */
async function openPage(settings: Settings, closing: (() => Promise<unknown>)[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'webhook-demo-'))
  closing.push(() => rm(folder, { recursive: true, force: true }))
  const own = { port: 0, account: demoAccount, storeFile: join(folder, 'counts.sqlite') }
  const page = await startConsole({ ...settings, console: { ...settings.console, ...own } })
  closing.push(() => page.stop())
  return page.address
}

interface Scene extends DemoOptions {
  readonly publisher: Publisher
  readonly ledger: DemoLedger
  readonly stage: Stage
  readonly receiver: Receiver
  readonly webhooks: readonly WebhookConfigRecord[]
}

async function play({
  calls,
  interrupted,
  publisher,
  ledger,
  stage,
  receiver,
  webhooks,
  out,
}: Scene): Promise<void> {
  const ended = interrupted.then(() => 'ended' as const)
  const count = calls ?? Number.POSITIVE_INFINITY
  const editAt = calls === null ? 20 : Math.floor(calls / 2)
  for (let index = 0; index < count; index += 1) {
    if (index === editAt) {
      out(`\n✎ the owner of "moved" edits its address: ${demoPaths.old} → ${demoPaths.fixed}`)
      await publisher.webhook(movedWebhook(receiver.port, demoPaths.fixed))
      stage.expectMove()
    }
    const { start, end } = simulateCall(index, demoAccount, Date.now())
    const events = start === null ? [end] : [start, end]
    ledger.call(events, webhooks)
    for (const event of events) await publisher.callEvent(event)
    if (index % 20 === 19) out(progressLine(ledger))
    if ((await Promise.race([delay(callEveryMs), ended])) === 'ended') return
  }
}

function progressLine(ledger: DemoLedger): string {
  const [delivered, missing] = [ledger.results('delivered'), ledger.missing()]
  return `  ${ledger.calls} calls · ${ledger.expected} deliveries expected · ${delivered} delivered · ${missing} under way`
}

/** Shows the first request of each kind, and nothing twice: the rest is counted. */
class Stage {
  readonly #out: (line: string) => void
  readonly #shown = new Set<string>()
  #moveExpected = false

  constructor(out: (line: string) => void) {
    this.#out = out
  }

  expectMove(): void {
    this.#moveExpected = true
  }

  received(request: ReceivedRequest): void {
    const path = request.target.split('?', 1)[0] ?? ''
    if (path === demoPaths.crm) this.#once('the CRM, at the start (no duration yet)', request)
    if (path === demoPaths.analytics) {
      const atEnd = request.body.includes('"call_end"')
      this.#once(atEnd ? 'analytics, at the end (duration filled)' : 'analytics, at the start', request)
    }
    if (path === demoPaths.flaky && request.attempt === 2)
      this.#once('the flaky receiver, second attempt', request)
    if (path === demoPaths.fixed && this.#moveExpected) {
      const again = 'the edited address, a call that the old one had refused'
      this.#once(request.attempt > 1 ? again : 'the edited address, the next call', request)
    }
  }

  #once(what: string, request: ReceivedRequest): void {
    if (this.#shown.has(what)) return
    this.#shown.add(what)
    this.#out(`\n${showRequest(what, request)}`)
  }
}

/** 503 to the first attempt of every third delivery on the flaky path; 404 on the address that nobody serves. */
function flakyAnswer(): (request: ReceivedRequest) => Answer {
  let deliveries = 0
  return ({ target, attempt }) => {
    if (target === demoPaths.old) return { status: 404, body: 'no such address' }
    if (target !== demoPaths.flaky || attempt > 1) return { status: 200, body: 'ok' }
    deliveries += 1
    return deliveries % 3 === 1 ? { status: 503, body: 'restarting' } : { status: 200, body: 'ok' }
  }
}

function summarise(ledger: DemoLedger, receiver: Receiver, out: (line: string) => void): void {
  out(heading('what became of it'))
  out(
    `  calls ${ledger.calls} · deliveries expected ${ledger.expected} · delivered ${ledger.results('delivered')}`,
  )
  out(`  failed ${ledger.results('failed')} · rejected ${ledger.results('rejected')} (the mistake)`)
  const moved = receiver.requests.filter(({ target, attempt }) => target === demoPaths.fixed && attempt > 1)
  out(
    `  tries that failed and were repeated: ${ledger.retries}, of those at the edited address: ${moved.length}`,
  )
  const signed = receiver.requests.filter(({ signature }) => signature !== 'unsigned')
  const valid = signed.filter(({ signature }) => signature === 'valid')
  out(`  signed requests ${signed.length} · signature verified ${valid.length}`)
  out(`  missing ${ledger.missing()} · duplicates ${receiver.duplicates()}`)
}
