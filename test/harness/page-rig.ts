// The account's page as its owner has it: a real console with the real page, a real worker, a client's server, and a
// browser. Every account of a test is its own, so that the tests of a file share one rig and do not meet.
import type { Page } from 'playwright-core'
import { preparePageAssets } from '../../src/console/assets.ts'
import type { CallEventRecord, WebhookOutcomeRecord } from '../../src/domain/records.ts'
import { clientConfigOf, createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Answer, ReceivedRequest, Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import { startBrowsing } from './browser.ts'
import type { PageOptions } from './browser.ts'
import { startConsoleRig } from './console-rig.ts'
import type { ConsoleClient, ConsoleRig } from './console-rig.ts'
import { until } from './until.ts'

export interface PageRig extends ConsoleRig {
  readonly receiver: Receiver
  readonly console: ConsoleClient
  /** What the receiver answers, by path with its slash; 200 where nothing is said. */
  readonly answers: Map<string, Answer>
  /** With which the receiver checks signatures, by path with its slash. */
  readonly secrets: Map<string, readonly string[]>
  /** The list of the account's webhooks, or what the hash leads to. */
  open(account: string, options?: OpenOptions): Promise<Page>
  /** What came to that path, once it is that many. */
  received(path: string, count?: number): Promise<readonly ReceivedRequest[]>
  /** A call that was connected; `nth` makes it differ from others. Nothing is published yet. */
  call(account: string, nth?: number): ConnectedCall
  /** Until all that was saved before has reached the worker. */
  untilApplied(): Promise<void>
  /** A call that comes after what was saved before. */
  publish(event: CallEventRecord): Promise<void>
  /** Final outcomes of an event, once they are that many. */
  finalsOf(eventId: string, count?: number): Promise<readonly WebhookOutcomeRecord[]>
  /** After each test. @throws what went wrong in its pages */
  endTest(): Promise<void>
}

export interface OpenOptions extends PageOptions {
  readonly hash?: string
  /** Address of another console. */
  readonly at?: string
}

export interface ConnectedCall {
  readonly start: CallEventRecord
  readonly end: CallEventRecord
}

/** What was begun ends with `stop`, or at once where the rest cannot begin: a browser that is left keeps the run alive. */
export async function startPageRig(): Promise<PageRig> {
  const closing: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).toReversed()) await close()
  }
  try {
    return await begin(closing, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function begin(closing: (() => Promise<unknown>)[], stop: () => Promise<void>): Promise<PageRig> {
  const assets = await preparePageAssets()
  const rig = await startConsoleRig({}, assets)
  closing.push(() => rig.stop())
  const answers = new Map<string, Answer>()
  const secrets = new Map<string, readonly string[]>()
  const receiver = await startReceiver({
    signingSecrets: (path) => secrets.get(path) ?? [],
    answer: ({ target }) => answers.get(pathOf(target)) ?? { status: 200 },
  })
  closing.unshift(() => receiver.stop())
  const browsing = await startBrowsing()
  closing.push(() => browsing.stop())
  const [client] = await Promise.all([rig.startConsole(), rig.startWorker()])
  const admin = createKafkaClient(clientConfigOf(readKafkaAccess(rig.settings), () => () => {})).admin()
  closing.push(() => admin.disconnect())
  await admin.connect()
  // One when the table was read, which was empty then, and one for each record since.
  const applied = () => rig.observations.filter(({ kind }) => kind === 'table_changed').length - 1
  const saved = async (): Promise<number> => {
    const [partition] = await admin.fetchTopicOffsets(rig.settings.topics.webhooks.name)
    return Number(partition?.high)
  }
  const untilApplied = async (): Promise<void> => {
    const all = await saved()
    await until(() => applied() >= all, 'the worker to know every webhook')
  }
  return {
    ...rig,
    receiver,
    console: client,
    answers,
    secrets,
    open: (account, { hash = '', at = client.address, headers = {}, ...options } = {}) =>
      browsing.open(`${at}/${hash}`, {
        ...options,
        headers: { 'x-account-id': account, ...headers },
      }),
    async received(path, count = 1) {
      const those = () => receiver.requests.filter(({ target }) => pathOf(target) === path)
      const what = `${count} requests to ${path}`
      await until(
        () => those().length >= count,
        what,
        20_000,
        () => `(${those().length} so far)`,
      )
      return those()
    },
    call(account, nth = 0) {
      // Every fifth is missed.
      const { start, end } = simulateCall(nth * 5, account, Date.now())
      if (start === null) throw new Error('that call was never connected')
      return { start, end }
    },
    untilApplied,
    async publish(event) {
      await untilApplied()
      await rig.publisher.callEvent(event)
    },
    async finalsOf(eventId, count = 1) {
      const those = () => [...rig.finals().values()].filter(({ event_id }) => event_id === eventId)
      await until(() => those().length >= count, `${count} outcomes of ${eventId}`)
      return those()
    },
    endTest: () => browsing.endTest(),
    stop,
  }
}

function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? ''
}
