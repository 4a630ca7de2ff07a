// Why a record went to the dead-letter topic; a closed list, as metrics and readers of the topic know it.

export type DeadLetterReason =
  | 'empty_value'
  | 'not_framed'
  | 'unknown_schema_id'
  | 'unsupported_schema_type'
  | 'undecodable'
  | 'undecodable_batch'
  | 'missing_id'
  | 'id_too_long'
  | 'too_large'
