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
  /** Another load of one worker, run in each pair too, so that both are compared on the same machine at the same time. */
  readonly reference: Scenario | null
  readonly goals: Goals
}

/** What medians have to reach; what is left out has no goal. */
export interface Goals {
  /** Deliveries a second as a part of the bare loop's: the least. */
  readonly rateOfBare?: number
  /** CPU per delivery as a multiple of the bare loop's: the most. */
  readonly cpuOfBare?: number
  /** The same two, against the reference. */
  readonly rateOfReference?: number
  readonly cpuOfReference?: number
  /** Open to receivers at once: the most. */
  readonly sockets?: number
  /** Of one worker while it works, in MiB: the most. */
  readonly rssMb?: number
}

export const plain: Scenario = {
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
  reference: null,
  goals: { rateOfBare: 0.8, cpuOfBare: 1.45 },
}

const manyDestinations = {
  ...plain,
  webhooks: 20_000,
  goals: { rateOfBare: 0.85, sockets: 4_096, rssMb: 500 },
}

/** Each has as much to do as one alone, at once and in all, so that batches are as large and code gets as warm. */
function several(name: string, workers: number): Scenario {
  const { concurrency, deliveries } = plain
  return {
    ...plain,
    name,
    workers,
    concurrency: concurrency * workers,
    deliveries: deliveries * workers,
    reference: plain,
    goals: { cpuOfReference: 1.15 },
  }
}

export const scenarios: readonly Scenario[] = [
  plain,
  { ...plain, name: 'plain at 256', concurrency: 256 },
  { ...plain, name: 'signed', signing: 'signed', goals: { rateOfBare: 0.8, cpuOfBare: 1.75 } },
  { ...plain, name: 'GET', method: 'GET' },
  { ...plain, name: 'https', scheme: 'https', goals: { rateOfBare: 0.85 } },
  { ...plain, name: 'fan-out 1,000', fanOut: 1_000, reference: plain, goals: { rateOfReference: 0.9 } },
  { ...manyDestinations, name: '20,000 destinations', spread: 'even' },
  { ...manyDestinations, name: '20,000 destinations, Zipf', spread: 'zipf' },
  { ...plain, name: 'receivers of 20 ms', concurrency: 256, answerAfterMs: 20 },
  { ...plain, name: '5 % failing', failingPercent: 5, goals: {} },
  several('two workers', 2),
  several('four workers', 4),
]

/** So many deliveries of each worker in each run, of the reference too; whole events. */
export function shortened(scenario: Scenario, deliveries: number): Scenario {
  const { fanOut, reference, workers } = scenario
  return {
    ...scenario,
    deliveries: Math.max(1, Math.round((deliveries * workers) / fanOut)) * fanOut,
    reference: reference === null ? null : shortened(reference, deliveries),
  }
}
