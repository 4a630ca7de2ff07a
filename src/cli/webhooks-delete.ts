// `webhooks delete`: tombstones for webhooks that the topic holds; for others nothing is written, for a mistyped id
// that "was deleted" would go on delivering unseen.
import type { Settings } from '../settings/schema.ts'
import { shownText } from './shown-text.ts'
import { storedRecords } from './stored-webhooks.ts'
import type { ExitCode, Terminal } from './terminal.ts'
import { writeAll } from './webhook-writer.ts'

/** Exit code 1 where an id is unknown; the known ones are deleted all the same. */
export async function deleteWebhooks(
  settings: Settings,
  ids: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const wanted = new Set(ids)
  const stored = await storedRecords(
    settings,
    (id) => wanted.has(id),
    () => null,
  )
  const known = [...stored.keys()]
  await writeAll(
    settings,
    known.map((id) => (publisher) => publisher.deleteWebhook(id)),
  )
  for (const id of known) {
    wanted.delete(id)
    terminal.out(shownText(`${id}: deleted`))
  }
  for (const id of wanted)
    terminal.err(shownText(`${id}: no such webhook in ${settings.topics.webhooks.name}`))
  return wanted.size === 0 ? 0 : 1
}
