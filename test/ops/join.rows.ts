// Rows of ops that join tensors. See helpers/rows.ts.

import { type Tensor, cat, columnStack, dstack, hstack, rowStack, stack, vstack } from '../../lib'
import { moves, row } from '../helpers/rows'

moves(
  'cat',
  'with itself',
  [2, 3],
  (x) => cat([x, x], 1),
  ([i, j]) => [i, j % 3]
)
row('cat', {
  shapes: [
    [
      [2, 3],
      [1, 3]
    ],
    [[2, 3], [0]]
  ],
  call: (...parts) => cat(parts),
  reference: (a, b) => [...a.data, ...b.data],
  ulps: 0
})
row('stack', {
  shapes: [
    [
      [2, 3],
      [2, 3]
    ],
    [[], []]
  ],
  call: (...parts) => stack(parts),
  reference: (a, b) => [...a.data, ...b.data],
  ulps: 0
})
moves(
  'stack',
  'along a later dim',
  [2, 3],
  (x) => stack([x, x], -1),
  ([i, j]) => [i, j]
)

const joined = (name: string, call: (parts: Tensor[]) => Tensor, a: number[], b: number[]): void =>
  row(name, { variant: `of ${a.length} dims`, shapes: [[a, b]], call: (...parts) => call(parts), ulps: 0 })

joined('hstack', hstack, [2], [3])
joined('hstack', hstack, [2, 1], [2, 3])
joined('vstack', vstack, [3], [3])
joined('vstack', vstack, [2, 3], [1, 3])
joined('rowStack', rowStack, [3], [3])
joined('dstack', dstack, [3], [3])
joined('dstack', dstack, [2, 3], [2, 3])
joined('columnStack', columnStack, [3], [3])
joined('columnStack', columnStack, [], [])
