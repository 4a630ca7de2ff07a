// `pauses`: what is paused now, since when, by whom and why.
import { readScopeKey } from '../domain/pause-scope.ts'
import type { WebhookStateRecord } from '../domain/records.ts'
import { clientConfigOf } from '../kafka/kafka-client.ts'
import { readPauses } from '../kafka/pause-snapshot.ts'
import { readKafkaAccess } from '../settings/kafka-access.ts'
import type { Settings } from '../settings/schema.ts'
import type { ExitCode, Terminal } from './terminal.ts'
import { textTable } from './text-table.ts'

export function storedPauses(settings: Settings): Promise<ReadonlyMap<string, WebhookStateRecord | null>> {
  return readPauses({
    client: clientConfigOf(readKafkaAccess(settings), () => () => {}),
    registry: settings.registry,
    topic: settings.topics.states.name,
  })
}

export async function listPauses(
  settings: Settings,
  as: 'text' | 'json',
  terminal: Terminal,
): Promise<ExitCode> {
  const pauses = Array.from(await storedPauses(settings), ([key, state]) => ({
    key,
    /** A key that names nothing pauses nobody. */
    in_force: readScopeKey(key) !== null,
    paused_since: state?.paused_since ?? null,
    by: state?.by ?? null,
    why: state?.why ?? null,
  }))
  if (as === 'json') {
    terminal.out(JSON.stringify({ topic: settings.topics.states.name, pauses }, null, 2))
    return 0
  }
  if (pauses.length === 0) {
    terminal.err(`${settings.topics.states.name}: nothing is paused`)
    return 0
  }
  const rows = pauses.map(({ key, in_force, paused_since, by, why }) => [
    in_force ? key : `${key} (names nothing)`,
    paused_since === null ? '-' : timeText(paused_since),
    by ?? '-',
    why ?? 'cannot be read, and pauses all the same',
  ])
  for (const line of textTable(['PAUSED', 'SINCE', 'BY', 'WHY'], rows)) terminal.out(line)
  return 0
}

function timeText(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? '-' : date.toISOString()
}
