// Real chance: for jitter, which nobody minds being guessed, and for nonces, which come from the system's own source.
import { randomBytes } from 'node:crypto'
import type { Random } from '../ports.ts'

export const systemRandom: Random = { next: () => Math.random() }

/** 96 bits, as AES-GCM takes them. */
export function systemNonce(): Uint8Array {
  return randomBytes(12)
}
