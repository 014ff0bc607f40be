// Rows of lib/ops/pad.ts. See helpers/rows.ts.

import { constantPadNd } from '../../lib'
import { row } from '../helpers/rows'

row('constantPadNd', { shapes: [[[2, 3]], [[0, 3]]], call: (x) => constantPadNd(x, [1, 2, 0, 1], 1), ulps: 0 })
row('constantPadNd', {
  variant: 'that cuts off',
  shapes: [[[2, 4]]],
  call: (x) => constantPadNd(x, [-1, 2, 1, -1]),
  ulps: 0
})
