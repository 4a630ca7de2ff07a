// How long something computes, by the clock that stands while other programs have the processor: of this thread alone
// where Node tells it (24 does, which the scripts run on), else of the whole process.

/** Milliseconds. */
export function computingMs(work: () => unknown): number {
  const now = typeof process.threadCpuUsage === 'function' ? process.threadCpuUsage : process.cpuUsage
  const before = now.call(process)
  work()
  const after = now.call(process)
  return (after.user + after.system - before.user - before.system) / 1_000
}
