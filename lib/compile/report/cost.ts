// Shape and cost of a launch as its words tell them: what its kernel reads and writes, and how much it computes.

import { itemSizes } from '../../dtype'
import type { Expr } from '../../symbol'
import { FAMILY, kernelCost } from '../../launch'
import {
  type OperandShape,
  type Launch,
  type Opaque,
  type BufferOperand,
  type Pointwise,
  countOf,
  operandShapes,
  wordsOf
} from '../passes/ir'

/** A launch in numbers. */
export interface Cost {
  readonly shape: string
  /** Bytes of the elements that are read and written, each once. */
  readonly bytes: number
  /** Kernel rows that are applied to elements; of a matrix product, its products and sums. */
  readonly flop: number
}

export const costOf = (launch: Launch): Cost =>
  launch.kind === 'pointwise'
    ? pointwiseCost(launch)
    : launch.family === FAMILY.matmul
      ? matmulCost(launch)
      : kernelCallCost(launch)

const sizesText = (sizes: ArrayLike<number>): string => `[${Array.from(sizes).join(', ')}]`

/** Elements that strides walk over, each once: a stride of 0 stays where it is. */
const elementsOf = (sizes: readonly number[], strides: ArrayLike<number>): number =>
  countOf(sizes.filter((_, d) => strides[d] !== 0))

const bytesOf = (count: number, { code }: BufferOperand): number => count * itemSizes[code]

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

/** The sizes of the operands of a kernel call, each once, and what its row says of its cost. */
function kernelCallCost(launch: Opaque): Cost {
  const geometry = operandShapes(launch)
  const shapesOf = (operands: readonly OperandShape[]): string =>
    [...new Set(operands.map(({ sizes }) => sizesText(sizes)))].join(', ')
  const inputs = shapesOf(geometry.slice(0, launch.reads.length))
  const outputs = shapesOf(geometry.slice(launch.reads.length))
  const { bytes, operations } = kernelCost(wordsOf(launch))
  return { shape: inputs === '' ? outputs : `${inputs} -> ${outputs}`, bytes, flop: operations }
}
