// One clock for all processes of this machine: CLOCK_MONOTONIC, which no correction of the time of day sets back, and which
// does not begin with the process as `performance.now` does.

/** Milliseconds, with fractions. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1_000_000
}
