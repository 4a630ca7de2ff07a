// How long it took until all was as before: from the end of a fault to the first second in which as much was delivered
// as 90 % of the usual, with no more waiting at its end than at its beginning, and after which it stayed so for two more:
// a burst is no recovery. Nor is it one while some have nobody who delivers them, however fast the rest is made up for.

export interface Course {
  /** First arrivals of deliveries, epoch milliseconds, rising. */
  readonly arrivedAtMs: readonly number[]
  /** When each of these deliveries was ordered, or will be; rising. */
  readonly orderedAtMs: readonly number[]
  /** When each of these arrived, at the same place; undefined: it has not. */
  readonly arrivalOf: readonly (number | undefined)[]
  /** Of which partition's events they are. */
  readonly partitionOf: readonly number[]
}

export interface Since {
  readonly usualPerSecond: number
  readonly endedAtMs: number
  /** Until when the course is known. */
  readonly nowMs: number
}

const secondMs = 1_000
const stepMs = 50
const sustainedS = 3

/** Null: not yet. */
export function recoveryMs(course: Course, { usualPerSecond, endedAtMs, nowMs }: Since): number | null {
  const isAsUsual = (fromMs: number, seconds: number): boolean =>
    deliveredWithin(course, fromMs, fromMs + seconds * secondMs) >= 0.9 * usualPerSecond * seconds
  for (let fromMs = endedAtMs; fromMs + sustainedS * secondMs <= nowMs; fromMs += stepMs) {
    if (!isAsUsual(fromMs, 1) || !isAsUsual(fromMs, sustainedS)) continue
    const [before, after] = [waitingAt(course, fromMs), waitingAt(course, fromMs + secondMs)]
    if (after > Math.max(before, usualPerSecond)) continue
    if (isMovingOn(course, fromMs, usualPerSecond)) return fromMs - endedAtMs
  }
  return null
}

export function deliveredWithin({ arrivedAtMs }: Course, fromMs: number, toMs: number): number {
  return countBelow(arrivedAtMs, toMs) - countBelow(arrivedAtMs, fromMs)
}

/** Ordered and not arrived. */
export function waitingAt({ arrivedAtMs, orderedAtMs }: Course, atMs: number): number {
  return countBelow(orderedAtMs, atMs) - countBelow(arrivedAtMs, atMs)
}

/** Whether of what had waited longest in each partition, the first twentieth, nearly all arrives within the second. */
function isMovingOn(
  { orderedAtMs, arrivalOf, partitionOf }: Course,
  fromMs: number,
  usualPerSecond: number,
): boolean {
  const waiting = new Map<number, number[]>()
  const ordered = countBelow(orderedAtMs, fromMs)
  for (let place = 0; place < ordered; place += 1) {
    const atMs = arrivalOf[place] ?? Number.POSITIVE_INFINITY
    if (atMs < fromMs) continue
    const partition = partitionOf[place] ?? 0
    const before = waiting.get(partition)
    if (before === undefined) waiting.set(partition, [atMs])
    else before.push(atMs)
  }
  const few = (0.1 * usualPerSecond) / Math.max(1, new Set(partitionOf).size)
  return [...waiting.values()].every((arrivals) => {
    const longest = arrivals.slice(0, Math.ceil(arrivals.length / 20))
    const moved = longest.filter((atMs) => atMs < fromMs + secondMs).length
    return arrivals.length < few || moved >= 0.9 * longest.length
  })
}

/** How many of the rising numbers lie below. */
function countBelow(rising: readonly number[], limit: number): number {
  let [low, high] = [0, rising.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rising[middle] ?? 0) < limit) low = middle + 1
    else high = middle
  }
  return low
}
