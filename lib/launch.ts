// The door: every kernel call of the library passes here, so a capture that listens here misses nothing.
// Knows words and storages, neither tensors nor ops.

import { type NativeProgram, native } from './native'
import { type Failure, type Live, recording, withoutRecording } from './recording'
import { type Storage, bufferOf } from './storage'

export type { KernelRow, NativeProgram } from './native'
export { entropy, kernelRow, kernelRows, matmulDtypes, pointwiseRows, reduceRows } from './native'

export const FAMILY = { pointwise: 0, matmul: 1, kernel: 2 } as const

/** Most operands of a launch. */
export const MAX_OPERANDS = 64

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

/** Positions in a descriptor of the number of its words, of operands and of those that are written. */
const LENGTH = 1
const COUNT = 2
const WRITES = 3
const MAX_WORDS = 8192

/** For launches whose words are written anew each time. */
export const scratch = new Descriptor(MAX_WORDS)

type LiveWords = readonly [position: number, value: Live][]

/** Of launches that check no values. */
export const never: Failure = {
  fail(status) {
    throw new Error(`internal: a kernel without checks returned status ${status}`)
  }
}

/** Asks the locks of operands, of which the last `writes` are written; throws where one refuses. */
function unlock(operands: readonly Storage[], writes: number): void {
  const reads = operands.length - writes
  try {
    operands.forEach(({ lock }, i) => {
      if (lock === null) return
      if (i < reads) lock.read()
      else lock.write()
    })
  } catch (error) {
    if (recording.recorder !== null)
      recording.recorder.broken('a tensor was refused inside the step and the error caught there')
    throw error
  }
}

function failed(failure: Failure, status: number): never {
  if (recording.recorder !== null) recording.recorder.broken('a check failed inside the step and was caught there')
  // The message may read values.
  return withoutRecording(() => failure.fail(status, (tensor) => tensor))
}

/**
 * Launches with 1 to 6 operands, given one after the other so that no list is made. Throws what `failure` says when a
 * check of values fails.
 */
export function launch(
  descriptor: Descriptor,
  failure: Failure,
  count: number,
  a: Storage,
  b: Storage = a,
  c: Storage = a,
  d: Storage = a,
  e: Storage = a,
  f: Storage = a
): void {
  if (a.lock !== null || b.lock !== null || c.lock !== null || d.lock !== null || e.lock !== null || f.lock !== null)
    unlock([a, b, c, d, e, f].slice(0, count), descriptor.words[WRITES])
  if (recording.recorder !== null)
    recording.recorder.entering([a, b, c, d, e, f].slice(0, count), count - descriptor.words[WRITES])
  const { buffer } = descriptor
  let status = 0
  switch (count) {
    case 1:
      status = native.launch(buffer, bufferOf(a))
      break
    case 2:
      status = native.launch(buffer, bufferOf(a), bufferOf(b))
      break
    case 3:
      status = native.launch(buffer, bufferOf(a), bufferOf(b), bufferOf(c))
      break
    case 4:
      status = native.launch(buffer, bufferOf(a), bufferOf(b), bufferOf(c), bufferOf(d))
      break
    case 5:
      status = native.launch(buffer, bufferOf(a), bufferOf(b), bufferOf(c), bufferOf(d), bufferOf(e))
      break
    default:
      status = native.launch(buffer, bufferOf(a), bufferOf(b), bufferOf(c), bufferOf(d), bufferOf(e), bufferOf(f))
  }
  if (status !== 0) failed(failure, status)
  if (recording.recorder !== null)
    recording.recorder.launch(descriptor.words, [a, b, c, d, e, f].slice(0, count), null, failure)
}

const isLocked = (operands: readonly Storage[]): boolean => {
  for (let i = 0; i < operands.length; i++) if (operands[i].lock !== null) return true
  return false
}

function unlockSeveral(words: Float64Array, operands: readonly Storage[]): void {
  for (let start = 0, first = 0; first < operands.length; start += words[start + LENGTH]) {
    const end = first + words[start + COUNT]
    unlock(operands.slice(first, end), words[start + WRITES])
    first = end
  }
}

function buffersOf(operands: readonly Storage[]): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = []
  for (let i = 0; i < operands.length; i++) buffers.push(bufferOf(operands[i]))
  return buffers
}

/** Launches with any number of operands and, perhaps, words that a replay reads anew. */
export function launchList(
  descriptor: Descriptor,
  failure: Failure,
  operands: readonly Storage[],
  live: LiveWords | null = null
): void {
  if (isLocked(operands)) unlock(operands, descriptor.words[WRITES])
  if (recording.recorder !== null) recording.recorder.entering(operands, operands.length - descriptor.words[WRITES])
  const status = native.launch(descriptor.buffer, ...buffersOf(operands))
  if (status !== 0) failed(failure, status)
  if (recording.recorder !== null) recording.recorder.launch(descriptor.words, operands, live, failure)
}

/**
 * Several launches without checks in one native call, outside a capture: descriptors behind one another, and the
 * operands of all.
 */
export function launchSeveral(descriptor: Descriptor, operands: readonly Storage[]): void {
  if (recording.recorder !== null) throw new Error('internal: a capture hears of launches one by one')
  if (isLocked(operands)) unlockSeveral(descriptor.words, operands)
  const buffers = new Array<ArrayBuffer>(operands.length)
  for (let i = 0; i < operands.length; i++) buffers[i] = bufferOf(operands[i])
  const status = native.launches(descriptor.buffer, ...buffers)
  if (status !== 0) failed(never, status)
}

/** Launches a kernel that counts, and returns its count. */
export function launchCount(descriptor: Descriptor, operands: readonly Storage[]): number {
  if (isLocked(operands)) unlock(operands, descriptor.words[WRITES])
  const count = native.launch(descriptor.buffer, ...buffersOf(operands))
  if (count < 0) throw new Error(`internal: a kernel that counts returned status ${-count}`)
  return count
}

/** What a kernel call costs, whose operands' byte offsets count from anywhere. */
export const kernelCost = (words: Float64Array): ReturnType<typeof native.cost> =>
  native.cost(words.buffer as ArrayBuffer)

/** A list of launches that native code checks and decodes once; see docs/architecture.md for the words. */
export const makeProgram = (words: Float64Array): NativeProgram => native.program(words.buffer as ArrayBuffer)
