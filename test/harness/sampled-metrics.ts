// A worker's own metrics, asked again and again while something else goes on: what was the most that they ever showed.
import type { WorkerProcess } from './worker-process.ts'

export interface SampledMetrics {
  /** The most that any sample showed of a metric without labels, over all workers together. */
  most(name: string): number
  /** The last sample's sum over labels and workers. */
  last(name: string): number
  stop(): void
}

const everyMs = 200

export function sampleMetrics(workers: readonly WorkerProcess[]): SampledMetrics {
  const most = new Map<string, number>()
  let last = new Map<string, number>()
  const sample = async (): Promise<void> => {
    const sums = new Map<string, number>()
    for (const { opsPort } of workers) {
      const text = await fetch(`http://127.0.0.1:${opsPort}/metrics`).then(
        (response) => response.text(),
        () => '',
      )
      for (const [, name = '', value] of text.matchAll(/^webhook_worker_(\w+)(?:\{[^}]*\})? (\S+)$/gm)) {
        sums.set(name, (sums.get(name) ?? 0) + Number(value))
      }
    }
    for (const [name, value] of sums) most.set(name, Math.max(most.get(name) ?? 0, value))
    last = sums
  }
  let underWay = false
  const timer = setInterval(() => {
    if (underWay) return
    underWay = true
    void sample().finally(() => (underWay = false))
  }, everyMs)
  return {
    most: (name) => most.get(name) ?? 0,
    last: (name) => last.get(name) ?? 0,
    stop: () => clearInterval(timer),
  }
}
