// Rows of the outer product of two vectors that is added to a matrix. See helpers/rows.ts.

import { addr } from '../../lib'
import { row } from '../helpers/rows'

const shapes = [
  [[2, 3], [2], [3]],
  [[3], [2], [3]],
  [[], [2], [0]]
]
row('addr', { shapes, call: (input, a, b) => addr(input, a, b) })
row('addr', {
  variant: 'with factors',
  shapes,
  call: (input, a, b) => addr(input, a, b, { beta: 3, alpha: 2 })
})
row('addr', {
  variant: 'in place',
  shapes: [[[2, 3], [2], [3]]],
  call: (input, a, b) => input.clone().addr_(a, b)
})
