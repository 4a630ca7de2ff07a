// The bare client in a process of its own.
import { startChild } from './child.ts'
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
  const child = startChild(new URL('bare-loop-child.ts', import.meta.url), options)
  const result = await child.heard<BareResult>()
  await child.ended()
  return result
}
