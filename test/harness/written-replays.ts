// What stands in the topic of replays. A worker drops a copy that comes soon after, so that receivers alone would not tell
// of what was written twice.
import { readReplayMark } from '../../src/domain/replay-mark.ts'
import { clientConfigOf } from '../../src/kafka/kafka-client.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import type { WorkerRig } from './worker-rig.ts'
import { readTopic } from './whole-topic.ts'

export interface WrittenReplay {
  /** By the brokers' clock, epoch milliseconds. */
  readonly atMs: number
  readonly runId: string
  /** `<delivery_id>/<replay>` of each. */
  readonly deliveries: readonly string[]
}

/** In the order of their writing. */
export async function writtenReplays({ settings }: WorkerRig): Promise<readonly WrittenReplay[]> {
  const client = clientConfigOf(readKafkaAccess(settings), () => () => {})
  const { records } = await readTopic(client, `${settings.topics.retries.prefix}.0s`)
  return records
    .flatMap(({ headers, timestampMs }) => {
      const mark = readReplayMark(headers)
      if (mark === null) return []
      const deliveries = mark.deliveryIds.map((id) => `${id}/${mark.replay}`)
      return [{ atMs: timestampMs, runId: mark.runId, deliveries }]
    })
    .sort((one, other) => one.atMs - other.atMs)
}

/** How many were written more than once for one replay. */
export function writtenTwice(written: readonly WrittenReplay[]): number {
  const names = written.flatMap(({ deliveries }) => deliveries)
  return names.length - new Set(names).size
}
