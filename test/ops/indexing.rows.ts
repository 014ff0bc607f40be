// Rows of ops that take tensors of positions. See helpers/rows.ts.

import { gather, indexPut_, indexSelect, indexTensors } from '../../lib/ops/indexing'
import { longs } from '../helpers/check'
import { moves, row } from '../helpers/rows'

// Made beforehand: a step that is captured cannot make tensors of numbers.
const [picked, falling, rising, apart, twice] = [
  [2, 0, 2],
  [1, 0],
  [0, 1],
  [3, 1],
  [1, 1]
].map(longs)
const pick = [
  [2, 0, 0],
  [1, 1, 2]
]
const columns = longs(pick)

moves(
  'gather',
  '',
  [2, 3],
  (x) => gather(x, 1, columns),
  ([i, j]) => [i, pick[i][j]]
)
moves(
  'indexSelect',
  '',
  [2, 3],
  (x) => indexSelect(x, 1, picked),
  ([i, j]) => [i, [2, 0, 2][j]]
)
moves(
  'indexTensors',
  '',
  [2, 3, 2],
  (x) => indexTensors(x, [falling, null, rising]),
  ([k, j]) => [1 - k, j, k]
)
row('indexPut_', {
  shapes: [[[4], [2]]],
  call: (x, values) => indexPut_(x.clone(), [apart], values),
  reference: ({ data: [a, , c] }, { data: [v, w] }) => [a, w, c, v],
  ulps: 0
})
row('indexPut_', {
  variant: 'that accumulates',
  shapes: [[[3], [2]]],
  call: (x, values) => indexPut_(x.clone(), [twice], values, { accumulate: true }),
  reference: ({ data: [a, b, c] }, { data: [v, w] }) => [a, b + v + w, c],
  ulps: 4
})
row('indexPut', {
  shapes: [[[4], [2]]],
  call: (x, values) => x.indexPut([apart], values),
  sameAs: (x, values) => indexPut_(x.clone(), [apart], values)
})
