// Rows of ops that number elements in a line; PyTorch's cases have their values. See helpers/rows.ts.

import { longs } from '../helpers/check'
import { moves, row } from '../helpers/rows'

const [chosen, columns, apart] = [longs([5, -6, 1]), longs([[2], [0]]), longs([4, 0])]

moves(
  'take',
  '',
  [2, 3],
  (x) => x.take(chosen),
  ([i]) =>
    [
      [1, 2],
      [0, 0],
      [0, 1]
    ][i]
)
moves(
  'takeAlongDim',
  '',
  [2, 3],
  (x) => x.takeAlongDim(columns, 1),
  ([i]) => [i, [2, 0][i]]
)
for (const accumulate of [false, true]) {
  const about = { shapes: [[[2, 3], [2]]], variant: accumulate ? 'that accumulates' : '' }
  row('put', { ...about, call: (x, source) => x.put(apart, source, accumulate) })
  row('put_', {
    ...about,
    call: (x, source) => x.clone().put_(apart, source, accumulate),
    sameAs: (x, source) => x.put(apart, source, accumulate)
  })
}
