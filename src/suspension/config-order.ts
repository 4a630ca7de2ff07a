// Which of two versions of a webhook is meant, by their places in the config topic.
import type { ConfigPosition } from '../domain/delivery.ts'

export function isSameConfig(one: ConfigPosition, other: ConfigPosition): boolean {
  return one.offset === other.offset && one.partition === other.partition
}

/** Whether `one` was replaced by `other`. Between partitions nothing says which is the older. */
export function isOlderConfig(one: ConfigPosition, other: ConfigPosition): boolean {
  return one.partition === other.partition && one.offset < other.offset
}
