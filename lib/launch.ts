// The door: every kernel call of the library passes here, so a capture that listens here misses nothing.
// Knows words and storages, neither tensors nor ops.

import { native } from './native'
import { type Live, recording } from './recording'
import type { Storage } from './storage'

export { generatorStateBytes, kernelRow, matmulDtypes } from './native'

export const FAMILY = { pointwise: 0, matmul: 1, index: 2, argReduce: 3, random: 4 } as const

/** Position of operand i's byte offset in a descriptor; its dtype stands one word before. */
export const offsetWord = (operand: number): number => 5 + 2 * operand
/** Position of the family's body in a descriptor of `operands` operands. */
export const bodyWord = (operands: number): number => 4 + 2 * operands

/** The words of a launch and the buffer that native code reads them from; `words.buffer` itself costs 16 ns a call. */
export class Descriptor {
  readonly words: Float64Array
  readonly buffer: ArrayBuffer

  constructor(length: number) {
    this.buffer = new ArrayBuffer(8 * length)
    this.words = new Float64Array(this.buffer)
  }
}

const MAX_WORDS = 8192

/** For launches whose words are written anew each time. */
export const scratch = new Descriptor(MAX_WORDS)

type LiveWords = readonly [position: number, value: Live][]

function busy(): never {
  throw new Error('a tensor of this call is in use by a running step.async(); await its promise first')
}

/**
 * Launches with 1 to 6 operands, given one after the other so that no list is made. Returns 0, or the status of a kernel that
 * checks values.
 */
export function launch(
  descriptor: Descriptor,
  count: number,
  a: Storage,
  b: Storage = a,
  c: Storage = a,
  d: Storage = a,
  e: Storage = a,
  f: Storage = a
): number {
  if (a.inUse || b.inUse || c.inUse || d.inUse || e.inUse || f.inUse) busy()
  const { buffer } = descriptor
  let status = 0
  switch (count) {
    case 1:
      status = native.launch(buffer, a.buffer)
      break
    case 2:
      status = native.launch(buffer, a.buffer, b.buffer)
      break
    case 3:
      status = native.launch(buffer, a.buffer, b.buffer, c.buffer)
      break
    case 4:
      status = native.launch(buffer, a.buffer, b.buffer, c.buffer, d.buffer)
      break
    case 5:
      status = native.launch(buffer, a.buffer, b.buffer, c.buffer, d.buffer, e.buffer)
      break
    default:
      status = native.launch(buffer, a.buffer, b.buffer, c.buffer, d.buffer, e.buffer, f.buffer)
  }
  if (recording.recorder !== null) recording.recorder.launch(descriptor.words, [a, b, c, d, e, f].slice(0, count), null)
  return status
}

/** Launches with any number of operands and, perhaps, words that a replay reads anew. */
export function launchList(
  descriptor: Descriptor,
  operands: readonly Storage[],
  live: LiveWords | null = null
): number {
  for (const operand of operands) if (operand.inUse) busy()
  const status = native.launch(descriptor.buffer, ...operands.map((operand) => operand.buffer))
  if (recording.recorder !== null) recording.recorder.launch(descriptor.words, operands, live)
  return status
}
