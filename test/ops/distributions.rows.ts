// Rows of distributions. See helpers/rows.ts.

import * as dyngrad from '../../lib'
import { checkedIn, constant, floating } from '../helpers/rows'

const drawn = checkedIn('ops/distributions.test.ts')
const floatingOnly = { rejects: floating }
const rates = { ...constant, ...floatingOnly, domain: [0.5, 2] as [number, number] }

drawn('exponential_', '', [[4, 5]], (x) => x.mul(2).exponential_(2).mul(x), floatingOnly)
drawn('cauchy_', '', [[4, 5]], (x) => x.t().clone().cauchy_(1, 2).t().mul(x), floatingOnly)
drawn('logNormal_', '', [[4, 5]], (x) => x.mul(2).logNormal_(0, 1).mul(x), floatingOnly)
drawn('geometric_', '', [[4, 5]], (x) => x.mul(2).geometric_(0.3).mul(x), { rejects: ['bool'] })
drawn('poisson', '', [[20]], (x) => dyngrad.poisson(x.detach()), rates)
drawn('multinomial', '', [[3, 4]], (x) => dyngrad.multinomial(x.detach(), 2), rates)
drawn('multinomial', 'with replacement', [[3, 4]], (x) => dyngrad.multinomial(x.detach(), 9, true), rates)
