// What came of a test request, in plain words, for the operator, who may know why an address cannot be reached.
import type { AttemptResult, TransportFailure } from '../domain/attempt.ts'
import { reasonOfStatus } from '../retry/judgement.ts'
import { shownText } from './shown-text.ts'

const failureWords: Readonly<Record<TransportFailure, string>> = {
  dns: 'the host’s name cannot be resolved',
  connect: 'the connection is refused or the host cannot be reached',
  tls: 'no trusted TLS connection comes about',
  reset: 'the connection was broken off',
  connect_timeout: 'no connection came about in time',
  total_timeout: 'no answer came in time',
  protocol_error: 'what answers does not speak HTTP as it should',
  response_too_large: 'the answer’s headers are too large',
  proxy: 'the egress proxy does not lead there',
  address_denied: 'nothing may be sent there (see http.allowedAddresses and http.deniedAddresses)',
  withheld: 'it was taken back before it left',
  interrupted: 'it was interrupted',
}

/** `excerpt`: masked; null unless it was a success. */
export function answerLines(result: AttemptResult, excerpt: string | null): readonly string[] {
  if (result.kind === 'unanswered') {
    const { failure, detail } = result
    return [shownText(`  no answer: ${failureWords[failure]} (${failure}: ${detail})`), timingsLine(result)]
  }
  const lines = [`  ${answerWords(result)}`, timingsLine(result)]
  if (excerpt !== null) lines.push(shownText(`  answer: ${excerpt}`))
  return lines
}

function answerWords({ statusCode, redirectOrigin }: Extract<AttemptResult, { kind: 'answered' }>): string {
  switch (reasonOfStatus(statusCode)) {
    case 'ok':
      return `answers ${statusCode}: delivered`
    case 'redirect': {
      const where = redirectOrigin === null ? '' : ` to ${shownText(redirectOrigin)}`
      return `answers ${statusCode}${where}: change the address; redirects are not followed`
    }
    case 'http_status':
      return `answers ${statusCode}: not delivered, only 2xx is a success`
  }
}

function timingsLine({ timings: { connectMs, firstByteMs, totalMs } }: AttemptResult): string {
  const stages = [
    ...(connectMs === null ? [] : [`connected after ${Math.round(connectMs)} ms`]),
    ...(firstByteMs === null ? [] : [`first byte after ${Math.round(firstByteMs)} ms`]),
    `ended after ${Math.round(totalMs)} ms`,
  ]
  return `  ${stages.join(', ')}`
}
