// Rows of ops on slices that an index numbers; PyTorch's cases have their values. See helpers/rows.ts.

import { longs } from '../helpers/check'
import { method, row } from '../helpers/rows'

const [slices, apart] = [longs([2, 0, 2]), longs([2, 0, 1])]
const shapes = [
  [
    [2, 4],
    [2, 3]
  ]
]

for (const [name, ...reduction] of [
  ['indexAdd'],
  ['indexCopy'],
  ...['mean', 'amax', 'amin'].map((each) => ['indexReduce', each])
]) {
  const index = name === 'indexCopy' ? apart : slices
  const last = (reduction.length > 0 ? [...reduction, { includeSelf: false }] : []) as never[]
  const rejects = name === 'indexReduce' ? (['bool'] as const) : []
  const about = { shapes, variant: reduction.join(), ulps: 16, roundsOnce: reduction[0] !== 'mean', rejects }
  row(name, { ...about, call: (x, src) => method(name)(x, 1 as never, index, src, ...last) })
  row(`${name}_`, {
    ...about,
    call: (x, src) => method(`${name}_`)(x.clone(), 1 as never, index, src, ...last),
    sameAs: (x, src) => method(name)(x, 1 as never, index, src, ...last)
  })
}

const filled = [[[2, 4], []]]
row('indexFill', { shapes: filled, call: (x, value) => x.indexFill(1, slices, value) })
row('indexFill_', {
  shapes: filled,
  call: (x, value) => x.clone().indexFill_(1, slices, value),
  sameAs: (x, value) => x.indexFill(1, slices, value)
})
