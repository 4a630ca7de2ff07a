// Where alerts begin, and where dashboards change colour: one number for both.

export const limits = {
  /** Seconds. A worker takes events at once; a rebalance holds partitions for less than five, a catch-up for some more. */
  eventAgeSeconds: 30,
  lagSeconds: 60,
  /** Twice the longest timeout that a webhook may ask for, since an end waits for its start's first try, and as much again. */
  undeliveredSeconds: 120,
  /** A table that is read answers within seconds, also where nothing changes. */
  tableAgeSeconds: 60,
  parkedOverdueSeconds: 120,
  /** Of the attempts, or of the workers' samples. */
  half: 0.5,
  /** Of all webhooks. */
  invalidShare: 0.1,
} as const
