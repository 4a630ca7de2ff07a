// A retry topic's name: `<prefix>.<delay>`, one for each delay and one that does not wait.
// Invariant: the name says the delay, so that a topic is read as it was meant also after the settings have dropped it.
import { delayText, readDelay } from './delay-text.ts'

/** For chunks of a large fan-out, which wait for nothing. */
export const noDelayMs = 0

export function retryTopicOf(prefix: string, delayMs: number): string {
  return `${prefix}.${delayText(delayMs)}`
}

/** Milliseconds; null where it is no retry topic of that prefix. */
export function delayOfTopic(prefix: string, topic: string): number | null {
  return topic.startsWith(`${prefix}.`) ? readDelay(topic.slice(prefix.length + 1)) : null
}
