// Byte strings by slot, a small whole number that the caller deals out, in a few large blocks beside the object heap: a
// million of them are nothing to the garbage collector.
// Invariants: what a slot holds stays as it was set, wherever it lies; blocks that hold nothing any more are let go at
// once, and those less than half full are emptied as others fill up, so that about twice of what is held is kept.
import { lengthened } from './lengthened.ts'

export class ByteStore {
  readonly #blockBytes: number
  readonly #blocks: (Block | undefined)[] = []
  /** By slot: which block, where in it, how many bytes; `nowhere`: it holds nothing. */
  #block = new Int32Array(firstSlots).fill(nowhere)
  #start = new Uint32Array(firstSlots)
  #length = new Uint32Array(firstSlots)
  #open = nowhere

  /**
   * `blockBytes`: of a block, once so much is held at all; before that they are smaller. One that holds a longer string is
   * as long as that.
   */
  constructor(blockBytes = 4_194_304) {
    this.#blockBytes = blockBytes
  }

  /** Of all blocks, whether they are used or not. */
  get allocatedBytes(): number {
    return this.#blocks.reduce((sum, block) => sum + (block?.bytes.length ?? 0), 0)
  }

  set(slot: number, bytes: Uint8Array): void {
    this.delete(slot)
    this.#grow(slot)
    if (!this.#fits(bytes.length)) this.#tidy()
    this.#append(slot, bytes)
  }

  /** A view, right until anything is set or deleted. Of a slot that holds nothing, no bytes. */
  get(slot: number): Buffer {
    const block = this.#blockOf(slot)
    if (block === undefined) return nothing
    const start = this.#start[slot] ?? 0
    return block.bytes.subarray(start, start + (this.#length[slot] ?? 0))
  }

  /** As UTF-8. */
  text(slot: number): string {
    const block = this.#blockOf(slot)
    const start = this.#start[slot] ?? 0
    return block?.bytes.toString('utf8', start, start + (this.#length[slot] ?? 0)) ?? ''
  }

  /** Whether it holds the first `length` bytes of `other`. */
  equals(slot: number, other: Uint8Array, length: number): boolean {
    const block = this.#blockOf(slot)
    if (block === undefined || this.#length[slot] !== length) return false
    const start = this.#start[slot] ?? 0
    return block.bytes.compare(other, 0, length, start, start + length) === 0
  }

  delete(slot: number): void {
    const block = this.#blockOf(slot)
    if (block === undefined) return
    block.live -= this.#length[slot] ?? 0
    block.count -= 1
    const index = this.#block[slot] ?? nowhere
    this.#block[slot] = nowhere
    if (block.count === 0 && index !== this.#open) this.#blocks[index] = undefined
  }

  #blockOf(slot: number): Block | undefined {
    return this.#blocks[this.#block[slot] ?? nowhere]
  }

  #fits(length: number): boolean {
    const open = this.#blocks[this.#open]
    return open !== undefined && open.used + length <= open.bytes.length
  }

  #append(slot: number, bytes: Uint8Array): void {
    if (!this.#fits(bytes.length)) this.#openBlock(bytes.length)
    const block = this.#blocks[this.#open]
    if (block === undefined) throw new RangeError('no block is open')
    block.bytes.set(bytes, block.used)
    this.#block[slot] = this.#open
    this.#start[slot] = block.used
    this.#length[slot] = bytes.length
    block.used += bytes.length
    block.live += bytes.length
    block.count += 1
  }

  #openBlock(length: number): void {
    const full = this.#blocks[this.#open]
    if (full?.count === 0) this.#blocks[this.#open] = undefined
    const usual = Math.min(this.#blockBytes, Math.max(firstBlockBytes, this.allocatedBytes))
    const bytes = Buffer.allocUnsafeSlow(Math.max(usual, length))
    const free = this.#blocks.indexOf(undefined)
    this.#open = free < 0 ? this.#blocks.length : free
    this.#blocks[this.#open] = { bytes, used: 0, live: 0, count: 0 }
  }

  /** Looks at every slot for each block that it empties, so it empties two at most: more than one fills meanwhile. */
  #tidy(): void {
    for (let emptied = 0; emptied < 2; emptied += 1) {
      const index = this.#blocks.findIndex(
        (block, at) => block !== undefined && at !== this.#open && block.live * 2 < block.bytes.length,
      )
      const block = this.#blocks[index]
      if (block === undefined) return
      for (let slot = 0; slot < this.#block.length; slot += 1) {
        if (this.#block[slot] !== index) continue
        const start = this.#start[slot] ?? 0
        this.#append(slot, block.bytes.subarray(start, start + (this.#length[slot] ?? 0)))
      }
      this.#blocks[index] = undefined
    }
  }

  #grow(slot: number): void {
    if (slot < this.#block.length) return
    const slots = Math.max(this.#block.length * 2, slot + 1)
    this.#block = lengthened(this.#block, slots, nowhere)
    this.#start = lengthened(this.#start, slots)
    this.#length = lengthened(this.#length, slots)
  }
}

interface Block {
  readonly bytes: Buffer
  /** From its start; what was let go of included. */
  used: number
  /** Bytes of those that it holds. */
  live: number
  /** How many it holds: the empty string is held in no bytes. */
  count: number
}

const firstSlots = 64
const firstBlockBytes = 4_096
const nowhere = -1
const nothing = Buffer.alloc(0)
