// Follows the topic of outcomes. Invariant: nothing is held but what is being printed: a stream of this process writes into
// a pipe at once, so a reader who is slow holds up the reading, and one who is gone ends it.
import { clientConfigOf } from '../kafka/kafka-client.ts'
import { beginningAt, followOutcomes } from '../kafka/outcome-follower.ts'
import { systemClock } from '../runtime/clock.ts'
import { readKafkaAccess } from '../settings/kafka-access.ts'
import type { Settings } from '../settings/schema.ts'
import { msOf } from './moment-option.ts'
import type { Moment } from './moment-option.ts'
import { passes, readOrigin } from './outcome-filter.ts'
import type { OutcomeFilter } from './outcome-filter.ts'
import { rulesFor } from './operator-rules.ts'
import { outcomeLine } from './outcome-line.ts'
import { shownText } from './shown-text.ts'
import type { ExitCode, Terminal } from './terminal.ts'

export interface TailChoice extends OutcomeFilter {
  readonly since?: Moment
  readonly json?: true
}

export async function tail(settings: Settings, choice: TailChoice, terminal: Terminal): Promise<ExitCode> {
  const { since, json, origin: address } = choice
  const reading = address === undefined ? null : readOrigin(address, rulesFor(settings))
  if (reading?.kind === 'fault') {
    terminal.err(shownText(reading.text))
    return 1
  }
  const filter: OutcomeFilter = { ...choice, ...(reading !== null && { origin: reading.origin }) }
  const topic = settings.topics.outcomes.name
  const client = clientConfigOf(readKafkaAccess(settings), () => () => {})
  const over = Promise.race([terminal.untilInterrupted(), terminal.untilUnread()])
  const sinceMs = since === undefined ? null : msOf(since, systemClock.nowMs())
  const follower = await followOutcomes({
    client,
    registry: settings.registry,
    topic,
    from: await beginningAt({ client, topic }, sinceMs),
    onOutcome(outcome) {
      if (!passes(outcome, filter)) return
      terminal.out(json === true ? JSON.stringify(outcome) : outcomeLine(outcome, terminal))
    },
    troubled: (error) => terminal.err(shownText(`${topic}: ${error}`)),
  })
  await over
  await follower.stop()
  return 0
}
