// What is known of each webhook without looking into its record, in columns by slot; and, for each account, its webhooks
// in the order of their last change, as a list through the columns.
import { eventTypes } from '../domain/call-event.ts'
import type { EventType } from '../domain/call-event.ts'
import { lengthened } from './lengthened.ts'

/** `holds`: `record`, a packed record; `detail`, why there is none that can be decoded. */
export interface Row {
  readonly partition: number
  readonly offset: bigint
  /** The account's slot; -1: none. */
  readonly account: number
  readonly eventTypes: readonly EventType[]
  readonly enabled: boolean
  readonly holds: 'record' | 'detail'
  readonly verdict: 'valid' | 'invalid'
  /** Whether the receiver's certificate is verified. */
  readonly verification: 'on' | 'off'
}

const bit = { disabled: 1, detail: 2, invalid: 4, unverified: 8, unmet: 16, firstType: 32 } as const

export class WebhookRows {
  /** `none`: the slot holds nothing. */
  #partition = new Int32Array(firstSlots).fill(none)
  #offset = new BigInt64Array(firstSlots)
  #account = new Int32Array(firstSlots)
  #bits = new Uint8Array(firstSlots)
  #next = new Int32Array(firstSlots)
  #previous = new Int32Array(firstSlots)
  /** By the account's slot. */
  #first = new Int32Array(firstSlots).fill(none)
  #last = new Int32Array(firstSlots).fill(none)

  /** The webhook becomes its account's last. Of a slot that holds nothing. */
  set(slot: number, row: Row): void {
    this.#grow(slot, row.account)
    this.#partition[slot] = row.partition
    this.#offset[slot] = row.offset
    this.#account[slot] = row.account
    this.#bits[slot] = bitsOf(row)
    this.#next[slot] = none
    this.#previous[slot] = none
    if (row.account < 0) return
    const last = this.#last[row.account] ?? none
    this.#previous[slot] = last
    if (last === none) this.#first[row.account] = slot
    else this.#next[last] = slot
    this.#last[row.account] = slot
  }

  /** Of a slot that was set. */
  get(slot: number): Row {
    const bits = this.#bits[slot] ?? 0
    return {
      partition: this.#partition[slot] ?? 0,
      offset: this.#offset[slot] ?? 0n,
      account: this.#account[slot] ?? none,
      eventTypes: eventTypes.filter((type) => (bits & typeBit(type)) > 0),
      enabled: (bits & bit.disabled) === 0,
      holds: (bits & bit.detail) === 0 ? 'record' : 'detail',
      verdict: (bits & bit.invalid) === 0 ? 'valid' : 'invalid',
      verification: (bits & bit.unverified) === 0 ? 'on' : 'off',
    }
  }

  /** Leaves its account. Of a slot that was set. @returns whether the account has no other webhook. */
  delete(slot: number): boolean {
    const account = this.#account[slot] ?? none
    this.#partition[slot] = none
    this.#bits[slot] = 0
    if (account < 0) return false
    const next = this.#next[slot] ?? none
    const previous = this.#previous[slot] ?? none
    if (previous === none) this.#first[account] = next
    else this.#next[previous] = next
    if (next === none) this.#last[account] = previous
    else this.#previous[next] = previous
    return this.#first[account] === none
  }

  /** Slots of the account's webhooks that are enabled and want events of this type. */
  matching(account: number, type: EventType): number[] {
    const slots: number[] = []
    const wanted = typeBit(type)
    for (let slot = this.#first[account] ?? none; slot !== none; slot = this.#next[slot] ?? none)
      if (((this.#bits[slot] ?? 0) & (wanted | bit.disabled)) === wanted) slots.push(slot)
    return slots
  }

  /** Slots of at most so many that are invalid, the one that changed last first. */
  lastInvalid(most: number): number[] {
    const last: number[] = []
    // From the end: what came last is often there.
    for (let slot = this.#bits.length - 1; slot >= 0; slot -= 1) {
      if (((this.#bits[slot] ?? 0) & bit.invalid) === 0) continue
      const before = last.findIndex((other) => this.#offsetAt(other) < this.#offsetAt(slot))
      last.splice(before < 0 ? last.length : before, 0, slot)
      if (last.length > most) last.pop()
    }
    return last
  }

  #offsetAt(slot: number): bigint {
    return this.#offset[slot] ?? 0n
  }

  /** The partition's are unmet until they are set anew. */
  expect(partition: number): void {
    for (let slot = 0; slot < this.#bits.length; slot += 1)
      if (this.#partition[slot] === partition) this.#bits[slot] = (this.#bits[slot] ?? 0) | bit.unmet
  }

  /** The partition's that are unmet. */
  *unmet(partition: number): Generator<number> {
    for (let slot = 0; slot < this.#bits.length; slot += 1)
      if (this.#partition[slot] === partition && ((this.#bits[slot] ?? 0) & bit.unmet) > 0) yield slot
  }

  #grow(slot: number, account: number): void {
    if (slot >= this.#bits.length) {
      const slots = Math.max(slot + 1, this.#bits.length * 2)
      this.#partition = lengthened(this.#partition, slots, none)
      this.#offset = lengthened(this.#offset, slots)
      this.#account = lengthened(this.#account, slots)
      this.#bits = lengthened(this.#bits, slots)
      this.#next = lengthened(this.#next, slots)
      this.#previous = lengthened(this.#previous, slots)
    }
    if (account < this.#first.length) return
    const accounts = Math.max(account + 1, this.#first.length * 2)
    this.#first = lengthened(this.#first, accounts, none)
    this.#last = lengthened(this.#last, accounts, none)
  }
}

const firstSlots = 64
const none = -1

function typeBit(type: EventType): number {
  return bit.firstType << eventTypes.indexOf(type)
}

function bitsOf({ eventTypes: types, enabled, holds, verdict, verification }: Row): number {
  const ofTypes = types.reduce((bits, type) => bits | typeBit(type), 0)
  return (
    ofTypes |
    (enabled ? 0 : bit.disabled) |
    (holds === 'record' ? 0 : bit.detail) |
    (verdict === 'valid' ? 0 : bit.invalid) |
    (verification === 'on' ? 0 : bit.unverified)
  )
}
