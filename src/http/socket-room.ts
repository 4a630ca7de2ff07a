// Room for sockets, over all destinations together.
// Invariants: never more are open or being opened than there is room for; whoever finds none gets the next in the
// order in which they asked, so no destination, however busy, keeps another one out.
import { Link, LinkedQueue } from './linked-queue.ts'

/** Somebody who needs a socket and found no room. */
export interface RoomSeeker {
  /** For whom; null = for a request that has a connection already and lost its socket. */
  readonly home: object | null
  /** Nothing is left to open a socket for. */
  readonly over: boolean
  /** It is the first, and there is room: it takes that at once, or not, if it is over. */
  turn(): void
}

export class SocketRoom {
  readonly #size: number
  readonly #onSought: () => void
  readonly #seekers = new LinkedQueue<RoomSeeker>()
  #taken = 0
  /** Sockets of which it is known that they are about to close; never more than there are. */
  #leaving = 0

  /** `size`: sockets; `onSought`: called where one more is missing, to close one that can be spared. */
  constructor(size: number, onSought: () => void) {
    this.#size = size
    this.#onSought = onSought
  }

  get taken(): number {
    return this.#taken
  }

  get full(): boolean {
    return this.#taken >= this.#size
  }

  /** Whether somebody waits whom no socket helps that is about to close. */
  get short(): boolean {
    return this.#seekers.size > this.#leaving
  }

  /** The one whose turn is next. Those before it that are over have theirs now, which comes to nothing. */
  get firstSeeker(): RoomSeeker | undefined {
    let first = this.#seekers.first
    while (first?.over === true) {
      this.#seekers.shift()?.turn()
      first = this.#seekers.first
    }
    return first
  }

  /** Before a socket is opened; there is room. */
  take(): void {
    this.#taken += 1
  }

  /** A socket is about to close: it is given back soon. */
  expectOne(): void {
    this.#leaving += 1
  }

  /** A socket is closed, or was not opened after all. */
  giveBack(): void {
    this.#taken -= 1
    // Whichever it was: too few expected closes one more, too many would leave somebody waiting.
    this.#leaving = Math.max(0, this.#leaving - 1)
    while (!this.full) {
      const first = this.#seekers.shift()
      if (first === undefined) return
      first.turn()
    }
  }

  seek(seeker: RoomSeeker): void {
    this.#seekers.append(new Link(seeker))
    if (this.short) this.#onSought()
  }

  /** The first one was helped in another way. */
  passFirst(): void {
    this.#seekers.shift()
  }

  /** Nobody gets a turn any more. */
  close(): void {
    while (this.#seekers.shift() !== undefined);
  }
}
