// Where a record stands in Kafka. Offsets are bigint: the protocol's are 64 bits wide.

/** Partition numbers count from 0. */
export interface RecordPosition {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}
