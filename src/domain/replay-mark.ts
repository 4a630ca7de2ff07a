// What a parked record that an operator's replay wrote says in headers: which run asked for which deliveries.
// Invariant: it can be told without decoding the record, so that who comes to the same topic later knows what was asked
// for already, whoever asked and however that ended.

export interface ReplayMark {
  readonly runId: string
  /** How the run chose, as it writes it down: with it a run that was interrupted goes on. */
  readonly selection: string
  /** The number under which the deliveries are sent again, from 1. */
  readonly replay: number
  readonly deliveryIds: readonly string[]
}

const runHeader = 'replay-run'
const selectionHeader = 'replay-selection'
const numberHeader = 'replay-number'
const deliveriesHeader = 'replay-deliveries'

export function replayHeaders(mark: ReplayMark): Readonly<Record<string, string>> {
  return {
    [runHeader]: mark.runId,
    [selectionHeader]: mark.selection,
    [numberHeader]: String(mark.replay),
    [deliveriesHeader]: mark.deliveryIds.join(),
  }
}

/** Null: the record is of no replay, or its headers cannot be read. */
export function readReplayMark(headers: Readonly<Record<string, unknown>>): ReplayMark | null {
  const runId = textOf(headers[runHeader])
  const replay = Number(textOf(headers[numberHeader]))
  const deliveryIds = textOf(headers[deliveriesHeader]).split(',')
  if (runId === '' || deliveryIds[0] === '' || !Number.isSafeInteger(replay) || replay < 1) return null
  return { runId, selection: textOf(headers[selectionHeader]), replay, deliveryIds }
}

function textOf(header: unknown): string {
  if (typeof header === 'string') return header
  return header instanceof Uint8Array ? new TextDecoder().decode(header) : ''
}
