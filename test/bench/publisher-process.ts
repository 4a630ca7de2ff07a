// A publisher in a process of its own: what it computes and holds is not the measuring process's.
import { startChild } from './child.ts'
import type { Scenario } from './scenario.ts'

export interface PublisherProcessOptions {
  readonly environment: Readonly<Record<string, string>>
  readonly scenario: Scenario
  /** The receiver's. */
  readonly port: number
}

export type PublisherOrder =
  | { readonly kind: 'webhooks' }
  /** As many of the table's webhooks (`table-webhook.ts`) as the scenario says. */
  | { readonly kind: 'table' }
  /** The next so many events, as fast as it can. */
  | { readonly kind: 'events'; readonly count: number }
  | { readonly kind: 'paced'; readonly perSecond: number; readonly seconds: number }

/** When the event of a delivery was given to the producer, and when it was acknowledged: `machineMs`. */
export type Published = readonly [deliveryId: string, givenAtMs: number, acknowledgedAtMs: number]

export interface PublisherProcess {
  /** Resolves when all of it is acknowledged; with what was paced, otherwise with nothing. */
  publish(order: PublisherOrder): Promise<readonly Published[]>
  stop(): Promise<void>
}

export function startPublisherProcess(options: PublisherProcessOptions): PublisherProcess {
  const child = startChild(new URL('publisher-child.ts', import.meta.url), options)
  return {
    publish: (order) => child.ask<readonly Published[]>(order),
    stop: () => child.kill(),
  }
}
