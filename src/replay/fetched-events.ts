// The events of the next deliveries, fetched while the ones before them are sent.
import type { Clock } from '../ports.ts'
import type { DeliveryLedger, FailedDelivery } from './delivery-ledger.ts'
import type { EventFound } from '../domain/event-found.ts'
import { waitUnless } from './wait-unless.ts'

export type Fetched =
  | {
      readonly kind: 'fetched'
      readonly rows: readonly number[]
      /** By delivery; absent: it had not failed any more. */
      readonly found: ReadonlyMap<string, EventFound | undefined>
    }
  | { readonly kind: 'away'; readonly error: string }

interface EventsWorld {
  readonly clock: Clock
  /** In the order asked for. */
  findEvents(deliveries: readonly FailedDelivery[]): Promise<readonly EventFound[]>
}

/** Each waits half a minute for the brokers by itself. */
const mostTries = 3
const firstWaitMs = 1_000

/** Never rejects. */
export async function fetchEvents(
  rows: readonly number[],
  ledger: DeliveryLedger,
  { clock, findEvents }: EventsWorld,
  signal: AbortSignal,
): Promise<Fetched> {
  const failed = rows.flatMap((row) => {
    const standing = ledger.standing(row)
    return standing.kind === 'failed' ? [standing.failed] : []
  })
  let error = ''
  for (let tries = 0; tries < mostTries && !signal.aborted; tries += 1) {
    try {
      const events = failed.length === 0 ? [] : await findEvents(failed)
      const found = new Map(failed.map(({ deliveryId }, index) => [deliveryId, events[index]]))
      return { kind: 'fetched', rows, found }
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message : String(thrown)
    }
    await waitUnless(signal, firstWaitMs * 2 ** tries, clock)
  }
  return { kind: 'away', error }
}
