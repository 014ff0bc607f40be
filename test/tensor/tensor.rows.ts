// Rows of members of Tensor that are no ops of lib/ops. See helpers/rows.ts.

import { checkedIn, constant } from '../helpers/rows'

const members = checkedIn('tensor/tensor.test.ts')

members('mT', '', [[2, 2, 3]], (x) => x.mT)
members('mH', '', [[2, 2, 3]], (x) => x.mH)
members('H', '', [[2, 3]], (x) => x.H)
members('T', '', [[2, 3]], (x) => x.T)
members('Symbol.iterator', '', [[2, 3]], ([a, b]) => a.mul(b))
members('detach', '', [[2, 3]], (x) => x.detach().mul(2), { differentiable: false, rejects: [] })
members('detach_', 'of what the step made', [[2, 3]], (x) => x.mul(2).detach_(), constant)
members('data', '', [[2, 3]], (x) => x.data.mul(2), { differentiable: false })
