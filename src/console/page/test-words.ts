// Which words fit the answer to a test request: each says what to change, where the client can change anything.
import type { TestAnswer } from './wire.ts'

type OfStatus = (status: number) => string

export interface AnswerText {
  readonly ok: (status: number, totalMs: number) => string
  readonly redirect: (status: number, origin: string | null) => string
  readonly refused: OfStatus
  readonly not_found: OfStatus
  readonly wrong_method: OfStatus
  readonly wrong_type: OfStatus
  readonly too_many: OfStatus
  readonly server_fault: OfStatus
  readonly other: OfStatus
  readonly unreachable: () => string
  readonly url_too_long: () => string
  readonly body_too_large: () => string
}

export function answerText(answer: TestAnswer, words: AnswerText): string {
  const status = answer.status_code ?? 0
  switch (answer.reason) {
    case 'ok':
      return words.ok(status, answer.total_ms ?? 0)
    case 'redirect':
      return words.redirect(status, answer.redirect_origin)
    case 'http_status':
      return words[kindOf(status)](status)
    case 'unreachable':
    case 'url_too_long':
    case 'body_too_large':
      return words[answer.reason]()
  }
}

function kindOf(status: number) {
  if (status === 401 || status === 403) return 'refused'
  if (status === 404 || status === 410) return 'not_found'
  if (status === 405) return 'wrong_method'
  if (status === 415) return 'wrong_type'
  if (status === 429) return 'too_many'
  return status >= 500 ? 'server_fault' : 'other'
}
