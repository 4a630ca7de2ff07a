// What to say when the API refuses for reasons that are not the form's.
import type { Refusal } from './api.ts'
import type { Texts } from './texts.ru.ts'

export function troubleText({ status, error }: Refusal, { troubles, notices }: Texts): string {
  if (status === 0) return troubles.unanswered
  if (status === 404) return notices.gone
  if (status === 413) return troubles.tooLarge
  if (status === 429) return troubles.tooMany
  switch (error) {
    case 'not_ready':
      return troubles.notReady
    case 'unavailable':
      return troubles.unavailable
    case 'unknown_result':
      return troubles.unknownResult
    default:
      return troubles.other
  }
}
