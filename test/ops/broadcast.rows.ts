// Rows of lib/ops/broadcast.ts. See helpers/rows.ts.

import { broadcastShapes, broadcastTensors, broadcastTo, zeros } from '../../lib'
import { constant, moves, row } from '../helpers/rows'

moves(
  'broadcastTo',
  '',
  [2, 1],
  (x) => broadcastTo(x, [3, 2, 4]),
  ([, i]) => [i, 0]
)
moves(
  'broadcastTensors',
  '',
  [1, 3],
  (x) => broadcastTensors(zeros(2, 1), x)[1],
  ([, j]) => [0, j]
)
row('broadcastShapes', {
  shapes: [[]],
  call: () => zeros(broadcastShapes([2, 1], 3)),
  reference: () => [0, 0, 0, 0, 0, 0],
  ...constant
})
