// Moments at which a fault tells most: when a process has just sent a write, a commit or a request, or has an answer.
import type { OutcomeWrite, ParkWrite, ProcessFacts, RequestFacts } from './facts.ts'
import type { Judge } from './ledger.ts'

export type Moment = 'parks' | 'writes' | 'commits' | 'sends' | 'is answered'

interface Awaited {
  readonly process: ProcessFacts
  readonly moment: Moment
  readonly come: () => void
}

/** Sees what judges see, and judges nothing. */
export class Moments implements Judge {
  #awaited: readonly Awaited[] = []

  next(process: ProcessFacts, moment: Moment, come: () => void): void {
    this.#awaited = [...this.#awaited, { process, moment, come }]
  }

  requestBegun({ process }: RequestFacts): void {
    this.#came(process, 'sends')
  }

  requestEnded({ process }: RequestFacts): void {
    this.#came(process, 'is answered')
  }

  outcomeIssued({ process }: OutcomeWrite): void {
    this.#came(process, 'writes')
  }

  parkIssued({ process }: ParkWrite): void {
    this.#came(process, 'parks')
  }

  commitIssued(process: ProcessFacts): void {
    this.#came(process, 'commits')
  }

  #came(process: ProcessFacts, moment: Moment): void {
    if (this.#awaited.length === 0) return
    const isNow = (each: Awaited): boolean => each.process === process && each.moment === moment
    const now = this.#awaited.filter(isNow)
    this.#awaited = this.#awaited.filter((each) => !isNow(each))
    for (const { come } of now) come()
  }
}
