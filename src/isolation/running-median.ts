// The median of a stream in one number: it steps up for a sample above it and down for one below, so it comes to rest
// where as many lie on either side. Source: frugal streaming (Q. Ma, S. Muthukrishnan, M. Sandler, "Frugal Streaming
// for Estimating Quantiles", 2013), with steps in proportion, because latencies differ by orders of magnitude.

/** The first samples find the region, the later ones keep to it. */
const wideStep = 1.3
const narrowStep = 1.03
const wideSamples = 12
const leastMs = 0.1

export class RunningMedian {
  #ms: number | null = null
  #samples = 0

  /** Milliseconds; null before the first sample. */
  get ms(): number | null {
    return this.#ms
  }

  add(sampleMs: number): void {
    const sample = Math.max(leastMs, sampleMs)
    if (this.#ms === null) {
      this.#ms = sample
      return
    }
    this.#samples += 1
    const step = this.#samples <= wideSamples ? wideStep : narrowStep
    // A step never passes the sample: equal samples would make it swing around them.
    if (sample > this.#ms) this.#ms = Math.min(sample, this.#ms * step)
    else this.#ms = Math.max(sample, this.#ms / step)
  }
}
