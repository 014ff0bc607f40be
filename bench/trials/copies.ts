// Operations that only move or convert elements: they are as fast as memory.

import { type DType, type Tensor, cat, slice, stack } from 'dyngrad'
import { operationCase, waveTensor } from '../jobs/operation'
import type { Case, Trial } from '../trial'

type Work = (operands: Tensor[]) => Tensor

interface Copy {
  readonly name: string
  /** Bytes read and written; none where nothing is copied. */
  readonly bytes?: number
  readonly operands: () => Tensor[]
  readonly work: Work
}

/** So many matrices of one shape: parts of one. */
const matrices =
  (rows: number, columns: number, count = 1) =>
  (): Tensor[] => [
    ...waveTensor(count * rows * columns)
      .view(count * rows, columns)
      .chunk(count)
  ]

const square = matrices(2048, 2048)
// Bytes of half a square read and written, or of a whole one written.
const HALF = 8 * 1024 * 2048

const transpose: Work = ([x]) => x.t().contiguous()
const expand: Work = ([x]) => x.expand(2048, 2048).contiguous()
const [whole, second, middle] = [slice(), slice(null, null, 2), slice(100, 1900)]

const cast = (from: DType, to: DType, itemBytes: number): Copy => ({
  name: `${from} to ${to} of 1000000`,
  bytes: 1e6 * itemBytes,
  // Twice the waves: as integers they are not all 0.
  operands: () => [waveTensor(1e6).mul(2).to(from)],
  work: ([x]) => x.to(to)
})

const rows: Copy[] = [
  { name: 'clone of 1000000', bytes: 8e6, operands: matrices(1, 1e6), work: ([x]) => x.clone() },
  { name: 'transpose of 256x256', bytes: 8 << 16, operands: matrices(256, 256), work: transpose },
  { name: 'transpose of 2048x2048', bytes: 2 * HALF, operands: square, work: transpose },
  { name: 'transpose of 2047x1023', bytes: 8 * 2047 * 1023, operands: matrices(2047, 1023), work: transpose },
  {
    name: 'permute 32x64x1024 to 32x1024x64',
    bytes: HALF,
    operands: matrices(2048, 1024),
    work: ([x]) => x.view(32, 64, 1024).permute(0, 2, 1).contiguous()
  },
  { name: 'cat of 4 512x1024 by dim 0', bytes: HALF, operands: matrices(512, 1024, 4), work: (of) => cat(of, 0) },
  { name: 'cat of 4 512x1024 by dim 1', bytes: HALF, operands: matrices(512, 1024, 4), work: (of) => cat(of, 1) },
  { name: 'cat of 100 1x100 by dim 0', bytes: 8e4, operands: matrices(1, 100, 100), work: (of) => cat(of, 0) },
  {
    name: 'stack of 16 256x256 by dim 0',
    bytes: 8 << 20,
    operands: matrices(256, 256, 16),
    work: (of) => stack(of, 0)
  },
  {
    name: 'stack of 16 256x256 by dim 2',
    bytes: 8 << 20,
    operands: matrices(256, 256, 16),
    work: (of) => stack(of, 2)
  },
  { name: 'slice of rows, a view', operands: square, work: ([x]) => x.at(middle) },
  { name: 'slice of 1800 rows', bytes: 8 * 1800 * 2048, operands: square, work: ([x]) => x.at(middle).clone() },
  {
    name: 'slice of 1800 columns',
    bytes: 8 * 1800 * 2048,
    operands: square,
    work: ([x]) => x.at(whole, middle).contiguous()
  },
  { name: 'every second row', bytes: HALF, operands: square, work: ([x]) => x.at(second).contiguous() },
  { name: 'every second column', bytes: HALF, operands: square, work: ([x]) => x.at(whole, second).contiguous() },
  { name: 'row vector to 2048x2048', bytes: HALF, operands: matrices(1, 2048), work: expand },
  { name: 'column vector to 2048x2048', bytes: HALF, operands: matrices(2048, 1), work: expand },
  cast('float32', 'float64', 12),
  cast('float64', 'float32', 12),
  cast('float32', 'int64', 12),
  cast('int64', 'float32', 12),
  cast('float32', 'int32', 8),
  cast('float32', 'bool', 5),
  cast('bool', 'float32', 5),
  cast('uint8', 'float32', 5)
]

function caseOf({ operands, work, ...shown }: Copy): Case {
  return operationCase({
    ...shown,
    make: () => {
      const made = operands()
      return () => work(made)
    }
  })
}

export const copies: Trial = {
  title: 'Copies of float32 without graph, of 2048x2048 unless another shape is named, and conversions',
  tolerance: 0,
  threads: [1, 2],
  cases: () => rows.map(caseOf)
}
