// What is measured: one kind of load, given to the bare client and to the worker in turn.

export interface Scenario {
  readonly name: string
  /** Requests at once, of the bare loop and of the worker. */
  readonly concurrency: number
  /** Of each run, the first quarter of which is warm-up. */
  readonly deliveries: number
  readonly webhooks: number
  /** Webhooks that each event matches. */
  readonly fanOut: number
  readonly method: 'GET' | 'POST'
  readonly signing: 'unsigned' | 'signed'
  readonly scheme: 'http' | 'https'
  /** How the webhooks' receivers are spread over addresses; `one`: all at one. */
  readonly spread: 'one' | 'even' | 'zipf'
  readonly answerAfterMs: number
  /** Of a hundred deliveries, those whose first attempt is answered 503. */
  readonly failingPercent: number
  readonly workers: number
  /** The least median of the rate as a part of the bare loop's, and the most CPU as a multiple of it; null: no goal. */
  readonly goal: { readonly rate: number | null; readonly cpu: number | null }
}

const plain: Scenario = {
  name: 'plain',
  concurrency: 64,
  deliveries: 60_000,
  webhooks: 1_000,
  fanOut: 1,
  method: 'POST',
  signing: 'unsigned',
  scheme: 'http',
  spread: 'one',
  answerAfterMs: 0,
  failingPercent: 0,
  workers: 1,
  goal: { rate: 0.8, cpu: 1.45 },
}

export const scenarios: readonly Scenario[] = [
  plain,
  { ...plain, name: 'plain at 256', concurrency: 256 },
  { ...plain, name: 'signed', signing: 'signed', goal: { rate: 0.8, cpu: 1.75 } },
  { ...plain, name: 'GET', method: 'GET' },
  { ...plain, name: 'https', scheme: 'https', goal: { rate: 0.85, cpu: null } },
  { ...plain, name: 'fan-out 1,000', fanOut: 1_000, goal: { rate: null, cpu: null } },
  {
    ...plain,
    name: '20,000 destinations',
    webhooks: 20_000,
    spread: 'even',
    goal: { rate: 0.85, cpu: null },
  },
  {
    ...plain,
    name: '20,000 destinations, Zipf',
    webhooks: 20_000,
    spread: 'zipf',
    goal: { rate: 0.85, cpu: null },
  },
  { ...plain, name: 'receivers of 20 ms', concurrency: 256, answerAfterMs: 20 },
  { ...plain, name: '5 % failing', failingPercent: 5, goal: { rate: null, cpu: null } },
  { ...plain, name: 'two workers', workers: 2, goal: { rate: null, cpu: 1.45 * 1.15 } },
  { ...plain, name: 'four workers', workers: 4, goal: { rate: null, cpu: 1.45 * 1.15 } },
]
