// Shape and cost of a launch as its words tell them: what its kernel reads and writes, and how much it computes.

import { itemSizes } from '../dtype'
import type { Expr } from '../expression'
import { FAMILY } from '../launch'
import { type Launch, type Opaque, type Operand, type Pointwise, countOf } from './ir'

/** A launch in numbers. */
export interface Cost {
  readonly shape: string
  /** Bytes of the elements that are read and written, each once. */
  readonly bytes: number
  /** Kernel rows that are applied to elements; of a matrix product, its products and sums. */
  readonly flop: number
}

export const costOf = (launch: Launch): Cost =>
  launch.kind === 'pointwise' ? pointwiseCost(launch) : opaqueCosts[launch.family](launch)

const sizesText = (sizes: ArrayLike<number>): string => `[${Array.from(sizes).join(', ')}]`

/** Elements that strides walk over, each once: a stride of 0 stays where it is. */
const elementsOf = (sizes: readonly number[], strides: ArrayLike<number>): number =>
  countOf(sizes.filter((_, d) => strides[d] !== 0))

const bytesOf = (count: number, { code }: Operand): number => count * itemSizes[code]

function pointwiseCost({ sizes, reads, results, builder, mask }: Pointwise): Cost {
  const operands = [...reads, ...results.map(({ operand }) => operand)]
  const bytes = operands.reduce((sum, operand) => sum + bytesOf(elementsOf(sizes, operand.strides), operand), 0)
  const varies = (value: Expr): boolean =>
    value.isInput
      ? reads[value.number].strides.some((stride) => stride !== 0)
      : value.isResult && isVarying[value.number]
  // What is the same for all elements is computed once.
  const isVarying: boolean[] = []
  for (const { sources } of builder.instructions) isVarying.push(sources.length === 0 || sources.some(varies))
  const count = countOf(sizes)
  const instructions = isVarying.reduce((sum, each) => sum + (each ? count : 1), 0)
  const reductions = count * results.filter(({ reduce }) => reduce !== null).length
  const dims = sizes.flatMap((_, d) => ((mask >> d) & 1 ? [d] : []))
  const over = dims.length === 0 ? '' : ` over ${dims.join(', ')}`
  return { shape: sizesText(sizes) + over, bytes, flop: instructions + reductions }
}

/** By family; the bodies are those of docs/architecture.md. */
const opaqueCosts: Readonly<Record<number, (launch: Opaque) => Cost>> = {
  [FAMILY.matmul]: matmulCost,
  [FAMILY.index]: indexCost,
  [FAMILY.argReduce]: argReduceCost,
  [FAMILY.random]: randomCost,
  [FAMILY.adam]: adamCost
}

function matmulCost({ body, reads, writes }: Opaque): Cost {
  const rank = body[0]
  const batch = [...body.slice(1, 1 + rank)]
  const [m, n, k] = body.slice(1 + rank)
  const operands = [...reads, ...writes]
  const bytes = operands.reduce((sum, operand, i) => {
    const start = 4 + rank + i * (rank + 2)
    const matrix = i === 0 ? [m, k] : i === 1 ? [k, n] : [m, n]
    const elements = elementsOf([...batch, ...matrix], body.slice(start, start + rank + 2))
    return sum + bytesOf(elements, operand)
  }, 0)
  const bias = reads.length === 3 ? ' + bias' : ''
  const shape = `${sizesText([...batch, m, k])} @ ${sizesText([...batch, k, n])}${bias}`
  return { shape, bytes, flop: 2 * countOf([...batch, m, n, k]) }
}

const INDEX_MODES = ['gather', 'put', 'accumulate']
const ACCUMULATE = 2

function indexCost({ body, reads, writes }: Opaque): Cost {
  const [mode, rank] = body
  const sizes = [...body.slice(2, 2 + rank)]
  const count = countOf(sizes)
  const isGather = mode === 0
  const operands = [...reads, ...writes]
  const data = isGather ? 0 : operands.length - 1
  const bytes = operands.reduce((sum, operand, i) => {
    const start = 2 + rank + i * rank
    // One element of the data for each point, read and written where something is added to it.
    if (i === data) return sum + bytesOf(count, operand) * (mode === ACCUMULATE ? 2 : 1)
    return sum + bytesOf(elementsOf(sizes, body.slice(start, start + rank)), operand)
  }, 0)
  return { shape: `${INDEX_MODES[mode]} ${sizesText(sizes)}`, bytes, flop: mode === ACCUMULATE ? count : 0 }
}

function argReduceCost({ body, reads, writes }: Opaque): Cost {
  const rank = body[1]
  const sizes = [...body.slice(2, 2 + rank)]
  const strides = body.slice(2 + rank, 2 + 2 * rank)
  const written = bytesOf(countOf(sizes.slice(0, -1)), writes[0])
  const bytes = bytesOf(elementsOf(sizes, strides), reads[0]) + written
  return { shape: `${sizesText(sizes)} over ${rank - 1}`, bytes, flop: countOf(sizes) }
}

function randomCost({ body, reads, writes: [state, out] }: Opaque): Cost {
  const count = body[1]
  const bytes = [...reads, out].reduce((sum, operand) => sum + bytesOf(count, operand), 2 * state.buffer.bytes)
  return { shape: sizesText([count]), bytes, flop: 0 }
}

// Kernel rows that one element takes without options.
const ADAM_FLOP = 14

function adamCost({ body, reads, writes }: Opaque): Cost {
  const counts = [...body.slice(2)]
  const state = writes.length / counts.length
  // The options, then of each parameter the gradient, the step and what is read and written.
  const bytes = counts.reduce(
    (sum, count, i) => sum + bytesOf(count * (2 * state - 1), reads[1 + i]) + 8,
    bytesOf(5, reads[0])
  )
  const elements = counts.reduce((sum, count) => sum + count, 0)
  return { shape: sizesText(counts), bytes, flop: ADAM_FLOP * elements }
}
