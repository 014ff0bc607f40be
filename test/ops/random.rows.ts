// Rows of random numbers. See helpers/rows.ts.

import * as dyngrad from '../../lib'
import { Generator, manualSeed } from '../../lib'
import { checkedIn, constant, floating } from '../helpers/rows'

const drawn = checkedIn('ops/random.test.ts')
const floatingOnly = { rejects: floating }

/** A stream apart from the default one. */
export const own = new Generator().manualSeed(5)
const draws = { ...constant, ...floatingOnly }
drawn('rand', '', [], () => dyngrad.rand(2, 3), draws)
drawn('randn', '', [], () => dyngrad.randn(19), draws)
drawn('randn', 'in float64', [], () => dyngrad.randn([3], { dtype: 'float64' }), draws)
drawn('randn', 'of another generator', [], () => dyngrad.randn(5, { generator: own }), draws)
drawn('randLike', '', [[2, 3]], (x) => dyngrad.randLike(x).mul(x), floatingOnly)
drawn('randnLike', '', [[2, 3]], (x) => dyngrad.randnLike(x.t()).mul(x.t()), floatingOnly)
drawn('normal', 'of numbers', [], () => dyngrad.normal(1, 2, [5]), draws)
drawn('normal', 'of a tensor and a number', [[4]], (x) => dyngrad.normal(x.detach(), 0.5), draws)
drawn('normal', 'of tensors', [[4], [4]], (x, y) => dyngrad.normal(x.detach(), y.detach()), {
  ...draws,
  domain: [0.5, 2]
})
drawn('randperm', '', [], () => dyngrad.randperm(9), draws)
drawn('bernoulli', '', [[20]], (x) => dyngrad.bernoulli(x.detach()), { ...draws, domain: [0, 1] })
drawn('bernoulli_', '', [[20]], (x) => x.mul(2).bernoulli_(0.3).add(x), { rejects: [] })
drawn('uniform_', '', [[4, 5]], (x) => x.mul(2).uniform_(-1, 3).mul(x), floatingOnly)
drawn('normal_', '', [[4, 5]], (x) => x.t().clone().normal_(1, 2).t().mul(x), floatingOnly)
drawn('manualSeed', 'inside the step', [[3]], (x) => {
  manualSeed(77)
  return dyngrad.rand(3).mul(x)
})
drawn('randn', 'used as an index of shuffling', [[6, 2]], (x) => dyngrad.indexSelect(x, 0, dyngrad.randperm(6)))
