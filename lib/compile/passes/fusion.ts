// Fusion: pointwise launches over one iteration space become one, with what they hand to each other in registers.

import { itemSizes } from '../../dtype'
import { Builder, type Expr } from '../../symbol'
import { pointwiseRows } from '../../launch'
import { Transplant } from '../../transplant'
import {
  type Buffer,
  type Graph,
  type Launch,
  type Pointwise,
  type Result,
  type StridedOperand,
  checkOf,
  countOf,
  inputOf,
  isSeen,
  sameAccess
} from './ir'
import { failsBefore, mayMove, touchedBy } from './hazards'
import { commonSizes, dimsRead, split } from './space'

/** More would spill out of L1: each live value takes a block of 512 elements. */
const MOST_OPERANDS = 32
const MOST_INSTRUCTIONS = 256
/** How far back a launch looks for one to merge with. */
const WINDOW = 64
/** Instructions of a value that is the same for all elements and may be computed twice. */
const MOST_UNIFORM = 16

/** Takes values of a launch over into another; `inputOf` stands for what it reads. */
function takeOver(
  { builder, reads }: Pointwise,
  into: Builder,
  inputOf: (operand: StridedOperand, number: number) => Expr
): Transplant {
  const transplant = new Transplant(into, (value) =>
    value.isInput ? inputOf(reads[value.number], value.number) : null
  )
  // Checks run whether or not their result is used.
  builder.instructions.forEach(({ failure }, number) => {
    if (checkOf(failure) !== null) transplant.of(builder.results[number])
  })
  return transplant
}

/** The same launch with only the results that are wanted, and the instructions that these need. */
export function withResults(launch: Pointwise, wanted: readonly Result[]): Pointwise {
  const builder = new Builder()
  const reads: StridedOperand[] = []
  const transplant = takeOver(launch, builder, (operand) => inputOf(builder, reads, operand))
  const results = wanted.map((result) => ({ ...result, value: transplant.of(result.value) }))
  const mask = results.some(({ reduce }) => reduce !== null) ? launch.mask : 0
  return { ...launch, builder, reads, results, mask }
}

// ---- computing a producer's value where it is read ----

const hasIndexRow = ({ builder }: Pointwise): boolean =>
  builder.instructions.some(({ row }) => pointwiseRows[row].signature === 'index')

/** True when a value costs nothing to compute again: a copy, or one value for all elements. */
const isFree = ({ builder, sizes }: Pointwise, value: Expr): boolean =>
  !value.isResult || (countOf(sizes) === 1 && builder.instructions.length <= MOST_UNIFORM)

/** The consumer with `read` replaced by the producer's expression, where that is free; null where it cannot be. */
function forward(producer: Pointwise, consumer: Pointwise, number: number): Pointwise | null {
  const read = consumer.reads[number]
  const result = producer.results.find(({ operand }) => operand.buffer === read.buffer)
  if (result === undefined || result.reduce !== null || !isFree(producer, result.value)) return null
  if (hasIndexRow(producer) || producer.builder.instructions.some(({ failure }) => checkOf(failure) !== null))
    return null
  const dims = dimsRead(result.operand, producer.sizes, read, consumer.sizes)
  if (dims === null) return null
  const builder = new Builder()
  const reads: StridedOperand[] = []
  const fromProducer = takeOver(producer, builder, (operand) =>
    inputOf(builder, reads, { ...operand, strides: dims.map((dim) => (dim < 0 ? 0 : operand.strides[dim])) })
  )
  const inConsumer = takeOver(consumer, builder, (operand, input) =>
    input === number ? fromProducer.of(result.value) : inputOf(builder, reads, operand)
  )
  const results = consumer.results.map((each) => ({ ...each, value: inConsumer.of(each.value) }))
  return settled({ ...consumer, builder, reads, results })
}

// ---- merging two launches over one space ----

/** One launch for both; null where their spaces or their use of memory do not allow it. */
export function merge(first: Pointwise, second: Pointwise, isNeeded: (buffer: Buffer) => boolean): Pointwise | null {
  const sizes = commonSizes(first.sizes, second.sizes)
  if (sizes === null) return null
  const [a, b] = [split(first, sizes), split(second, sizes)]
  if (a.mask !== 0 && b.mask !== 0 && a.mask !== b.mask) return null
  const builder = new Builder()
  const reads: StridedOperand[] = []
  const fromFirst = takeOver(a, builder, (operand) => inputOf(builder, reads, operand))
  const values = a.results.map(({ value }) => fromFirst.of(value))
  for (const read of b.reads) if (a.results.some((result) => clashes(result, read))) return null
  const fromSecond = takeOver(b, builder, (operand) => {
    const handed = a.results.findIndex((result) => result.reduce === null && sameAccess(result.operand, operand))
    return handed >= 0 ? values[handed] : inputOf(builder, reads, operand)
  })
  const later = b.results.map((result) => ({ ...result, value: fromSecond.of(result.value) }))
  const earlier = a.results.flatMap((result, i) => {
    const { buffer } = result.operand
    const isOverwritten = b.results.some(({ operand }) => operand.buffer === buffer)
    return isOverwritten || !isNeeded(buffer) ? [] : [{ ...result, value: values[i] }]
  })
  for (const result of b.results) if (a.results.some((other) => clashes(other, result.operand))) return null
  const position = Math.max(a.position, b.position)
  const mask = a.mask | b.mask
  return settled({ kind: 'pointwise', sizes, reads, builder, results: [...earlier, ...later], mask, position })
}

/** True when `operand` shows bytes of a result other than element by element. */
const clashes = (result: Result, operand: StridedOperand): boolean =>
  result.operand.buffer === operand.buffer && (result.reduce !== null || !sameAccess(result.operand, operand))

/** The launch, unless it is too large or one element's write may be another's read. */
function settled(launch: Pointwise): Pointwise | null {
  const { reads, results, builder } = launch
  if (reads.length + results.length > MOST_OPERANDS || builder.instructions.length > MOST_INSTRUCTIONS) return null
  return reads.some((read) => results.some((result) => clashes(result, read))) ? null : launch
}

/** True when the second reads a result of the first, or both read the same elements. */
function isRelated(first: Pointwise, second: Pointwise): boolean {
  const written = touchedBy(first).writes
  return second.reads.some(
    ({ buffer, code, offset }) =>
      written.has(buffer) ||
      first.reads.some(
        (read) => read.buffer === buffer && read.offset === offset && read.code === code && isLong(read, first)
      )
  )
}

/**
 * Sharing one number, such as a rate, is no reason to merge: twenty updates of 50,000 elements took 1.3 times as long
 * in three launches of up to 32 operands as in one for each.
 */
const isLong = ({ code, strides }: StridedOperand, { sizes }: Pointwise): boolean =>
  countOf(sizes.filter((_, d) => strides[d] !== 0)) * itemSizes[code] > 64

// ---- the pass ----

/** Merges launches until nothing more fits. */
export function fuse({ launches }: Graph): void {
  for (let j = 0; j < launches.length; j++) {
    while (forwardInto(launches, j)) {
      // Until no read of this launch can be computed in place.
    }
    // What was merged may merge with what stands before it.
    for (let at = mergeBack(launches, j); at >= 0; at = mergeBack(launches, j)) j = at
  }
}

/** Merges launch `j` with one before it; returns where the merged one stands, -1 where none fits. */
function mergeBack(launches: Launch[], j: number): number {
  for (let i = j - 1; i >= Math.max(0, j - WINDOW); i--) {
    const merged = tryMerge(launches, i, j)
    if (merged === null) continue
    launches[merged.at] = merged.launch
    launches.splice(merged.at === i ? j : i, 1)
    return merged.at === i ? i : j - 1
  }
  return -1
}

function forwardInto(launches: Launch[], j: number): boolean {
  const consumer = launches[j]
  if (consumer.kind !== 'pointwise') return false
  for (let number = 0; number < consumer.reads.length; number++) {
    const i = lastWriter(launches, j, consumer.reads[number].buffer)
    const producer = launches[i]
    if (i < 0 || producer.kind !== 'pointwise') continue
    if (!staysReadable(launches, i, j)) continue
    const forwarded = forward(producer, consumer, number)
    if (forwarded === null) continue
    launches[j] = forwarded
    return true
  }
  return false
}

function lastWriter(launches: readonly Launch[], before: number, buffer: Buffer): number {
  for (let i = before - 1; i >= 0; i--) if (touchedBy(launches[i]).writes.has(buffer)) return i
  return -1
}

/** True when nothing that launch `i` reads is written before launch `j`. */
function staysReadable(launches: readonly Launch[], i: number, j: number): boolean {
  const { reads } = touchedBy(launches[i])
  for (let k = i; k < j; k++) for (const buffer of touchedBy(launches[k]).writes) if (reads.has(buffer)) return false
  return true
}

function tryMerge(launches: readonly Launch[], i: number, j: number): { launch: Pointwise; at: number } | null {
  const [first, second] = [launches[i], launches[j]]
  if (first.kind !== 'pointwise' || second.kind !== 'pointwise') return null
  if (!isRelated(first, second) || failsBefore(first, second)) return null
  const at = mayMove(launches, i, j) ? j : mayMove(launches, j, i) ? i : -1
  if (at < 0) return null
  const isNeeded = (buffer: Buffer): boolean =>
    isSeen(buffer) || launches.some((launch, k) => k > i && k !== j && touchedBy(launch).reads.has(buffer))
  const launch = merge(first, second, isNeeded)
  return launch === null ? null : { launch, at }
}
