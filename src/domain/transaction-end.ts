// What became of a transaction that somebody wrote who has to be the only one.

export type TransactionEnd =
  | { readonly kind: 'written' }
  /** It may stand in the topic or not: to be read there, once it was opened anew. */
  | { readonly kind: 'in_doubt'; readonly error: string }
  /** Another process has opened it, or this one stood still for too long. Nothing was written. */
  | { readonly kind: 'shut_out' }
