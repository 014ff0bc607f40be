// What selects, sorts, scans and converts, at a small, a middle and a large size.

import { type Tensor, cat, einsum, searchsorted, tensor } from 'dyngrad'
import { operationCase, waveTensor } from '../jobs/operation'
import type { Case, Trial } from '../trial'

const SIZES = [1e3, 1e5, 1e7]
const COLUMNS = 20
const PARTS = 100

/** A prime that no size shares a factor with: its multiples reach every place. */
const PRIME = 7919

const places = (count: number): Tensor =>
  tensor(BigInt64Array.from({ length: count }, (_, i) => BigInt((i * PRIME) % count)))
const matrix = (size: number): Tensor => waveTensor(size).view(-1, COLUMNS)

/** The work on operands of a size. */
const operations: Record<string, (size: number) => () => Tensor> = {
  gather: (size) => {
    const [x, index] = [waveTensor(size), places(size)]
    return () => x.gather(0, index)
  },
  scatter_: (size) => {
    const [x, index, source] = [waveTensor(size), places(size), waveTensor(size, 1)]
    return () => x.scatter_(0, index, source)
  },
  scatterAdd_: (size) => {
    const [x, index, source] = [waveTensor(size), places(size), waveTensor(size, 1)]
    return () => x.scatterAdd_(0, index, source)
  },
  indexSelect: (size) => {
    const [x, index] = [matrix(size), places(size / COLUMNS)]
    return () => x.indexSelect(0, index)
  },
  maskedFill: (size) => {
    const x = waveTensor(size)
    const mask = x.gt(0)
    return () => x.maskedFill(mask, 2)
  },
  nonzero: (size) => {
    const x = waveTensor(size).gt(0)
    return () => x.nonzero()
  },
  searchsorted: (size) => {
    const [sorted, x] = [waveTensor(1000).sort().values, waveTensor(size)]
    return () => searchsorted(sorted, x)
  },
  sort: (size) => {
    const x = waveTensor(size)
    return () => x.sort().values
  },
  topk: (size) => {
    const x = waveTensor(size)
    return () => x.topk(10).values
  },
  unique: (size) => {
    const x = waveTensor(size)
    return () => x.unique()
  },
  cumsum: (size) => {
    const x = waveTensor(size)
    return () => x.cumsum(0)
  },
  var: (size) => {
    const x = waveTensor(size)
    return () => x.var()
  },
  norm: (size) => {
    const x = waveTensor(size)
    return () => x.norm()
  },
  [`cat of ${PARTS}`]: (size) => {
    const parts = waveTensor(size).chunk(PARTS)
    return () => cat(parts)
  },
  einsum: (size) => {
    const x = matrix(size)
    return () => einsum('ij,ik->jk', x, x)
  },
  flip: (size) => {
    const x = matrix(size)
    return () => x.flip(0, 1)
  },
  tril: (size) => {
    const x = matrix(size)
    return () => x.tril()
  },
  roll: (size) => {
    const x = waveTensor(size)
    return () => x.roll(7)
  },
  repeatInterleave: (size) => {
    const x = waveTensor(size / 2)
    return () => x.repeatInterleave(2)
  },
  half: (size) => {
    const x = waveTensor(size)
    return () => x.half()
  },
  bfloat16: (size) => {
    const x = waveTensor(size)
    return () => x.bfloat16()
  },
  'float of half': (size) => {
    const x = waveTensor(size).half()
    return () => x.float()
  },
  'float of bfloat16': (size) => {
    const x = waveTensor(size).bfloat16()
    return () => x.float()
  }
}

const cases: Case[] = Object.entries(operations).flatMap(([name, make]) =>
  SIZES.map((size) => operationCase({ name: `${name} of ${size}`, make: () => make(size) }))
)

export const sizes: Trial = {
  title: 'Selecting, sorting, scanning and converting at three sizes',
  tolerance: 1e-4,
  threads: [1],
  cases: () => cases
}
