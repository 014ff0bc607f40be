// Rows of x.at() and x.setAt(). See helpers/rows.ts.

import { slice } from '../../lib'
import { checkedIn, moves, row } from '../helpers/rows'

moves(
  'at',
  'with a slice and a list',
  [4, 3],
  (x) => x.at(slice(1, 4), [2, 0]),
  ([i, j]) => [i + 1, [2, 0][j]]
)
row('setAt', {
  shapes: [[[3, 2], [2]]],
  call: (x, value) => x.clone().setAt([slice(0, 2)], value),
  reference: ({ data }, { data: v }) => [...v, ...v, data[4], data[5]],
  ulps: 0
})

const indexed = checkedIn('ops/indexing.test.ts')
indexed('setAt', 'with a number', [[2, 3]], (x) => x.clone().setAt([0, slice(1)], 2))
indexed('setAt', 'at tensors', [[4], [2]], (x, v) => x.clone().setAt([[3, 0]], v))
indexed('at', 'at a negative number', [[4, 3]], (x) => x.at(-1, '...', null))
