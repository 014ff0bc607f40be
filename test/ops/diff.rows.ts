// Rows of diff. See helpers/rows.ts.

import { diff } from '../../lib'
import { row } from '../helpers/rows'

for (const [n, dim] of [
  [0, 0],
  [1, 0],
  [1, -1],
  [2, 1]
]) {
  row('diff', {
    variant: `${n} times along dim ${dim}`,
    shapes: [[[2, 3, 4]]],
    call: (x) => diff(x, n, dim),
    roundsOnce: n < 2
  })
}
row('diff', {
  variant: 'with others before and behind',
  shapes: [
    [
      [2, 3],
      [2, 1],
      [2, 2]
    ]
  ],
  call: (x, prepend, append) => diff(x, { prepend, append })
})
