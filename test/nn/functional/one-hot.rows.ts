// Rows of lib/nn/functional/one-hot.ts. See helpers/rows.ts.

import { nn } from '../../../lib'
import { row } from '../../helpers/rows'

row('oneHot', {
  shapes: [[[2, 3]], [[]], [[0]]],
  domain: [0, 2.9],
  call: (x) => nn.functional.oneHot(x.long(), 4),
  reference: ({ data }) => data.flatMap((value) => [0, 1, 2, 3].map((each) => Number(each === Math.trunc(value)))),
  differentiable: false,
  roundsOnce: false
})
