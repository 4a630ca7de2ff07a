// The one error of the local stack: a reason why it cannot be started, said so that the reader can act on it.
// A literal code goes with the text, because the command line and the tests must not parse sentences.

/**
 * - `addresses_incomplete`: brokers were given without a registry, or the reverse
 * - `nothing_to_run_on`: neither a Docker engine with compose, nor Java with Maven
 * - `option_unsupported`: an option that the chosen origin cannot honour
 * - `port_taken`: something else listens on a port that was asked for by number
 * - `preparation_failed`: the jars could not be brought, or the broker's storage not be formatted
 * - `not_ready`: a process died, or did not answer before its deadline
 */
export type StackUnavailableCode =
  | 'addresses_incomplete'
  | 'nothing_to_run_on'
  | 'option_unsupported'
  | 'port_taken'
  | 'preparation_failed'
  | 'not_ready'

/** The local stack cannot be started; `message` says why and what to do about it. */
export class StackUnavailable extends Error {
  readonly code: StackUnavailableCode

  constructor(code: StackUnavailableCode, text: string, options?: ErrorOptions) {
    super(text, options)
    this.name = 'StackUnavailable'
    this.code = code
  }
}
