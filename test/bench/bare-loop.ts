// The bare client in a process of its own.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Scenario } from './scenario.ts'

export interface BareOptions {
  readonly scenario: Scenario
  readonly port: number
  /** PEM; null without TLS. */
  readonly ca: string | null
  /** Of every request, as JSON; a GET sends its members as a query. */
  readonly body: string
}

export interface BareResult {
  readonly perSecond: number
  /** CPU seconds per 100,000 requests. */
  readonly cpuPer100k: number
}

export async function runBareLoop(options: BareOptions): Promise<BareResult> {
  const child = fork(new URL('bare-loop-child.ts', import.meta.url), [JSON.stringify(options)])
  const killWithUs = (): boolean => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the bare loop ended with ${code} and without a result`)
  })
  failed.catch(() => {})
  const [result] = (await Promise.race([once(child, 'message'), failed])) as [BareResult]
  await failed.catch(() => {})
  process.off('exit', killWithUs)
  return result
}
