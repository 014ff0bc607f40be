// The door: every kernel call of the library passes here, so a capture that listens here misses nothing.
// Knows words and storages, neither tensors nor ops.

import { native } from './native'
import { type Live, recording } from './recording'
import type { Storage } from './storage'

export const FAMILY = { pointwise: 0, matmul: 1, index: 2, argReduce: 3, random: 4 } as const

/** Position of operand i's byte offset in a descriptor; its dtype stands one word before. */
export const offsetWord = (operand: number): number => 5 + 2 * operand
/** Position of the family's body in a descriptor of `operands` operands. */
export const bodyWord = (operands: number): number => 4 + 2 * operands

const MAX_WORDS = 8192

/** Scratch for descriptors that are built anew for each launch. */
export const scratchWords = new Float64Array(MAX_WORDS)

function busy(): never {
  throw new Error('a tensor of this call is in use by a running step.async(); await its promise first')
}

/** Launches with one operand. Returns 0, or the status of a kernel that checks values. */
export function launch1(words: Float64Array, a: Storage): number {
  if (a.inUse) busy()
  const status = native.launch(words.buffer as ArrayBuffer, a.buffer)
  if (recording.recorder !== null) recording.recorder.launch(words, [a], null)
  return status
}

/** Launches with two operands. */
export function launch2(words: Float64Array, a: Storage, b: Storage): number {
  if (a.inUse || b.inUse) busy()
  const status = native.launch(words.buffer as ArrayBuffer, a.buffer, b.buffer)
  if (recording.recorder !== null) recording.recorder.launch(words, [a, b], null)
  return status
}

/** Launches with three operands. */
export function launch3(words: Float64Array, a: Storage, b: Storage, c: Storage): number {
  if (a.inUse || b.inUse || c.inUse) busy()
  const status = native.launch(words.buffer as ArrayBuffer, a.buffer, b.buffer, c.buffer)
  if (recording.recorder !== null) recording.recorder.launch(words, [a, b, c], null)
  return status
}

/** Launches with any number of operands and, perhaps, words that a replay reads anew. */
export function launch(
  words: Float64Array,
  operands: readonly Storage[],
  live: readonly [position: number, value: Live][] | null = null
): number {
  for (const operand of operands) if (operand.inUse) busy()
  const status = native.launch(words.buffer as ArrayBuffer, ...operands.map((operand) => operand.buffer))
  if (recording.recorder !== null) recording.recorder.launch(words, operands, live)
  return status
}
