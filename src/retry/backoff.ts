// Exponential backoff with full jitter: uniform between 0 and base × 2^(n - 1).
// Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: of the variants compared
// there, full jitter costs the fewest calls until contending clients are through.

/** Milliseconds to wait after failed attempt `attempt` (from 1). `random`: 0 ≤ x < 1. */
export function fullJitter(attempt: number, baseMs: number, random: number): number {
  return Math.floor(random * baseMs * 2 ** (attempt - 1))
}
