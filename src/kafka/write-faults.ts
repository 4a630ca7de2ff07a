// Why a record was not written.

/** The record itself is refused for its size; writing it again would be refused again. */
export class RecordTooLarge extends Error {
  readonly code = 'RECORD_TOO_LARGE'
}

/** Its writer's patience is over. `perhaps`: a send of it was begun, so the topic may have it, now or in a moment. */
export class WriteGivenUp extends Error {
  readonly code = 'WRITE_GIVEN_UP'
  readonly sent: 'never' | 'perhaps'

  constructor(sent: 'never' | 'perhaps') {
    super(sent === 'never' ? 'the record was not sent' : 'the broker did not answer in time')
    this.sent = sent
  }
}
