// Rows of sumToSize. See helpers/rows.ts.

import { row } from '../helpers/rows'

for (const size of [[1, 3, 1], [3, 4], [4], []]) {
  row('sumToSize', {
    variant: `to [${size.join(', ')}]`,
    shapes: [[[2, 3, 4]]],
    call: (x) => x.sumToSize(...size),
    followsStrides: true
  })
}
