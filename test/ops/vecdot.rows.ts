// Rows of vecdot. See helpers/rows.ts.

import { linalg } from '../../lib'
import { floating, row } from '../helpers/rows'

for (const dim of [0, -1]) {
  row('vecdot', {
    variant: `along dim ${dim}`,
    shapes: [
      [
        [2, 3],
        [2, 3]
      ]
    ],
    call: (x, y) => linalg.vecdot(x, y, { dim }),
    roundsOnce: false,
    followsStrides: true,
    rejects: floating
  })
}
