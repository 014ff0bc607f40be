// Rows of lib/ops/new-tensors.ts. See helpers/rows.ts.

import { zeros } from '../../lib'
import { checkedIn, constant, row } from '../helpers/rows'

const there = checkedIn('ops/new-tensors.test.ts')
const ofDtype = { ...constant, differentiable: false }
there('newEmpty', '', [[2]], (x) => x.newEmpty(3).zero_(), ofDtype)
there('newZeros', '', [[2]], (x) => x.newZeros([2, 3]), ofDtype)
there('newOnes', '', [[2]], (x) => x.newOnes(2, 3), ofDtype)
there('newFull', '', [[2]], (x) => x.newFull([2], 3), ofDtype)
there('newTensor', 'of a tensor', [[2]], (x) => x.newTensor(x), ofDtype)
row('typeAs', {
  shapes: [[[2, 3]]],
  call: (x) => x.typeAs(zeros(1, { dtype: 'float64' })),
  reference: (x) => x.data,
  roundsOnce: false
})
