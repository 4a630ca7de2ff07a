// What stands around all processes of a run, and outlives each of them.
import type { CoreEdges, CoreSettings } from '../fakes/core.ts'
import type { VirtualClock } from '../fakes/virtual-clock.ts'
import type { ConfigTopic } from './config-topic.ts'
import type { Dice } from './dice.ts'
import type { Group } from './group.ts'
import type { Ledger } from './ledger.ts'
import type { PauseTopic } from './pause-topic.ts'
import type { Receivers } from './receivers.ts'
import type { Topics } from './topics.ts'
import type { Weather } from './weather.ts'

export interface Surroundings {
  readonly clock: VirtualClock
  readonly dice: Dice
  readonly topics: Topics
  readonly group: Group
  readonly configs: ConfigTopic
  readonly pauses: PauseTopic
  readonly receivers: Receivers
  readonly weather: Weather
  readonly ledger: Ledger
  readonly settings: CoreSettings
  readonly partitions: number
  readonly batchSize: number
  readonly unasked: number
  readonly mostSkewMs: number
  /** How often a parked record stands twice, because an acknowledgement was lost. */
  readonly doubled: number
  readonly bending: Bending
}

/** What is changed about the core to see whether the judges notice. */
export interface Bending {
  bend?(edges: CoreEdges): CoreEdges
  set?(settings: CoreSettings): CoreSettings
  /** The group takes commits of a generation that has passed. */
  readonly takesStaleCommits?: boolean
}
