// Rows of ops with a mask; PyTorch's cases have their values. See helpers/rows.ts.

import { tensor } from '../../lib'
import { checkedIn, row } from '../helpers/rows'

const mask = tensor([true, false, true])

const filled = [[[2, 3], []]]
row('maskedFill', { shapes: filled, call: (x, value) => x.maskedFill(mask, value) })
row('maskedFill_', {
  shapes: filled,
  call: (x, value) => x.clone().maskedFill_(mask, value),
  sameAs: (x, value) => x.maskedFill(mask, value)
})

const scattered = [
  [
    [2, 3],
    [5, 1]
  ]
]
row('maskedScatter', { shapes: scattered, call: (x, source) => x.maskedScatter(mask, source) })
row('maskedScatter_', {
  shapes: scattered,
  call: (x, source) => x.clone().maskedScatter_(mask, source),
  sameAs: (x, source) => x.maskedScatter(mask, source)
})

checkedIn('ops/select.test.ts')('maskedSelect', '', [[2, 3]], (x) => x.maskedSelect(mask), { compiles: false })
