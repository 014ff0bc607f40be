// Rows of random integers. See helpers/rows.ts.

import * as dyngrad from '../../lib'
import { checkedIn, constant } from '../helpers/rows'

const drawn = checkedIn('ops/distributions.test.ts')
drawn('randint', '', [], () => dyngrad.randint(3, 90, [7]), { ...constant, rejects: [] })
drawn('randintLike', '', [[3, 2]], (x) => dyngrad.randintLike(x.t(), 1, 2).mul(x.t()), { rejects: [] })
drawn('random_', '', [[4, 5]], (x) => x.mul(2).random_(0, 2).mul(x), { rejects: [] })
drawn('random_', 'of every integer', [[4, 5]], (x) => x.mul(2).random_().mul(0).add(x), { rejects: [] })
