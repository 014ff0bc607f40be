// Rows of what makes tensors of numbers. See helpers/rows.ts.

import * as dyngrad from '../../lib'
import { checkedIn, constant } from '../helpers/rows'

const made = checkedIn('tensor/tensor.test.ts')

made('zeros', '', [], () => dyngrad.zeros(2, 3), constant)
made('zeros', 'beside an argument', [[2, 3]], (x) => dyngrad.zeros(3).add(x))
made('ones', '', [], () => dyngrad.ones([2], { dtype: 'int64' }), constant)
made('full', '', [[2]], (x) => x.mul(dyngrad.full([2], 2.5)))
made('full', 'of a large BigInt', [], () => dyngrad.full([2, 2], 2n ** 60n + 1n), constant)
made('zerosLike', '', [[2, 3]], (x) => dyngrad.zerosLike(x.t()).add(x.t()))
made('onesLike', '', [[2, 3]], (x) => dyngrad.onesLike(x).add(x))
made('fullLike', '', [[2, 3]], (x) => dyngrad.fullLike(x, 7).mul(x), { rejects: ['bool'] })
made('empty', 'filled', [[2, 3]], (x) => dyngrad.empty(2, 3).copy_(x))
made('emptyLike', 'filled', [[2, 3]], (x) => dyngrad.emptyLike(x).copy_(x))
made('arange', '', [[5]], (x) => x.add(dyngrad.arange(5)))
made('arange', 'of floats', [], () => dyngrad.arange(0.5, 3, 0.25), constant)
made('linspace', '', [[7]], (x) => dyngrad.linspace(-1, 1, 7).mul(x))
made('eye', '', [[3, 2]], (x) => dyngrad.eye(3, 2).mul(x))
made('tensor', 'of a tensor', [[2, 3]], (x) => dyngrad.tensor(x.detach()), constant)
made('logspace', '', [[3]], (x) => dyngrad.logspace(0, 1, 3).mul(x))
made('scalarTensor', '', [[3]], (x) => dyngrad.scalarTensor(2).mul(x))
made('asTensor', 'of a tensor', [[2, 3]], (x) => dyngrad.asTensor(x.detach().mul(1)), constant)
