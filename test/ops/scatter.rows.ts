// Rows of ops that put or reduce values where an index says; PyTorch's cases have their values. See helpers/rows.ts.

import { method, row } from '../helpers/rows'
import { longs } from '../helpers/check'

// Made beforehand: a step that is captured cannot make tensors of numbers.
const places = longs([
  [2, 0, 2],
  [1, 1, 0]
])
const apart = longs([
  [2, 0, 3],
  [1, 3, 0]
])

for (const [name, ...reduction] of [
  ['scatter'],
  ['scatterAdd'],
  ...['sum', 'mean', 'amax', 'amin'].map((each) => ['scatterReduce', each])
]) {
  // The gradient is of what stays.
  const index = name === 'scatter' ? apart : places
  const about = {
    shapes: [
      [
        [2, 4],
        [2, 3]
      ]
    ],
    variant: reduction.join(),
    ulps: 16,
    // Half types sum in float32; a mean's sums are rounded apart.
    roundsOnce: reduction[0] !== 'mean',
    rejects: reduction[0] === 'mean' ? (['bool'] as const) : []
  }
  row(name, { ...about, call: (x, src) => method(name)(x, 1 as never, index, src, ...(reduction as never[])) })
  row(`${name}_`, {
    ...about,
    call: (x, src) => method(`${name}_`)(x.clone(), 1 as never, index, src, ...(reduction as never[])),
    sameAs: (x, src) => method(name)(x, 1 as never, index, src, ...(reduction as never[]))
  })
}
