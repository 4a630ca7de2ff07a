// Repeats a question to the brokers while they say that they cannot answer yet: a coordinator that is loading,
// an election that is under way. The client itself repeats only what it sends as a consumer or producer.
import { setTimeout as delay } from 'node:timers/promises'

const askForMs = 30_000
const waitMs = 200

/** @throws the last error once `askForMs` have passed, and any error that is not the brokers' "not yet" at once. */
export async function askAgain<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  for (let leftMs = askForMs; ; leftMs -= waitMs) {
    try {
      return await question()
    } catch (error) {
      if (leftMs <= 0 || !isNotYet(error)) throw error
      await delay(waitMs)
    }
  }
}

function isNotYet(error: unknown): boolean {
  return error instanceof Error && 'retriable' in error && error.retriable === true && 'type' in error
}
