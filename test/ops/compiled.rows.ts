// Rows of ops whose values other test files check: only the tests of compiled ops need them. See helpers/rows.ts.

import * as dyngrad from '../../lib'
import { Generator, manualSeed, slice, tensor } from '../../lib'
import * as indexing from '../../lib/ops/indexing'
import type { Row, Shape } from '../helpers/rows'

export const extra: Row[] = []

/** A row that only this file needs: an op whose values another test file checks. */
function plain(name: string, variant: string, shapes: Shape[], call: Row['call'], about: Partial<Row> = {}): void {
  const defaults = { domain: [-2, 2] as const, differentiable: true, rejects: [], ulps: 0 }
  extra.push({ name, variant, shapes: [shapes], call, ...defaults, ...about })
}

const floatingOnly = { rejects: ['int32', 'int64', 'uint8', 'bool'] as const }
const constant = { differentiable: false, checksDtypes: false }

plain('zeros', '', [], () => dyngrad.zeros(2, 3), constant)
plain('zeros', 'beside an argument', [[2, 3]], (x) => dyngrad.zeros(3).add(x))
plain('ones', '', [], () => dyngrad.ones([2], { dtype: 'int64' }), constant)
plain('full', '', [[2]], (x) => x.mul(dyngrad.full([2], 2.5)))
plain('full', 'of a large BigInt', [], () => dyngrad.full([2, 2], 2n ** 60n + 1n), constant)
plain('zerosLike', '', [[2, 3]], (x) => dyngrad.zerosLike(x.t()).add(x.t()))
plain('onesLike', '', [[2, 3]], (x) => dyngrad.onesLike(x).add(x))
plain('fullLike', '', [[2, 3]], (x) => dyngrad.fullLike(x, 7).mul(x), { rejects: ['bool'] })
plain('empty', 'filled', [[2, 3]], (x) => dyngrad.empty(2, 3).copy_(x))
plain('emptyLike', 'filled', [[2, 3]], (x) => dyngrad.emptyLike(x).copy_(x))
plain('arange', '', [[5]], (x) => x.add(dyngrad.arange(5)))
plain('arange', 'of floats', [], () => dyngrad.arange(0.5, 3, 0.25), constant)
plain('linspace', '', [[7]], (x) => dyngrad.linspace(-1, 1, 7).mul(x))
plain('eye', '', [[3, 2]], (x) => dyngrad.eye(3, 2).mul(x))
plain('tensor', 'of a tensor', [[2, 3]], (x) => tensor(x.detach()), constant)
plain('literal', 'as an index', [[4]], (x) => x.at([3, 1]))
plain('scatter', 'as a gradient', [[4, 3]], (x) => x.at(slice(1, 3), [2, 0]).mul(3).sum(0))
plain('setAt', 'with a number', [[2, 3]], (x) => x.clone().setAt([0, slice(1)], 2), { rejects: [] })
plain('setAt', 'at tensors', [[4], [2]], (x, v) => x.clone().setAt([[3, 0]], v))
plain('at', 'at a negative number', [[4, 3]], (x) => x.at(-1, '...', null))
for (const name of ['float', 'double', 'int', 'long', 'byte', 'bool'] as const) {
  plain(name, '', [[2, 3]], (x) => x[name](), { domain: [0, 3], ...constant })
}
plain('mT', '', [[2, 2, 3]], (x) => x.mT)
plain('Symbol.iterator', '', [[2, 3]], ([a, b]) => a.mul(b))
plain('detach', '', [[2, 3]], (x) => x.detach().mul(2), { differentiable: false, rejects: [] })
plain('detach_', 'of what the step made', [[2, 3]], (x) => x.mul(2).detach_(), constant)
plain('data', '', [[2, 3]], (x) => x.data.mul(2), { differentiable: false })
plain('where', 'as a method', [[3], [3]], (x, y) => x.where(x.detach().gt(0), y))

/** A stream apart from the default one. */
export const own = new Generator().manualSeed(5)
const draws = { ...constant, ...floatingOnly }
plain('rand', '', [], () => dyngrad.rand(2, 3), draws)
plain('randn', '', [], () => dyngrad.randn(19), draws)
plain('randn', 'in float64', [], () => dyngrad.randn([3], { dtype: 'float64' }), draws)
plain('randn', 'of another generator', [], () => dyngrad.randn(5, { generator: own }), draws)
plain('randLike', '', [[2, 3]], (x) => dyngrad.randLike(x).mul(x), floatingOnly)
plain('randnLike', '', [[2, 3]], (x) => dyngrad.randnLike(x.t()).mul(x.t()), floatingOnly)
plain('normal', 'of numbers', [], () => dyngrad.normal(1, 2, [5]), draws)
plain('normal', 'of a tensor and a number', [[4]], (x) => dyngrad.normal(x.detach(), 0.5), draws)
plain('normal', 'of tensors', [[4], [4]], (x, y) => dyngrad.normal(x.detach(), y.detach()), {
  ...draws,
  domain: [0.5, 2]
})
plain('randint', '', [], () => dyngrad.randint(3, 90, [7]), draws)
plain('randperm', '', [], () => dyngrad.randperm(9), draws)
plain('bernoulli', '', [[20]], (x) => dyngrad.bernoulli(x.detach()), { ...draws, domain: [0, 1] })
plain('bernoulli_', '', [[20]], (x) => x.mul(2).bernoulli_(0.3).add(x), { rejects: [] })
plain('uniform_', '', [[4, 5]], (x) => x.mul(2).uniform_(-1, 3).mul(x), floatingOnly)
plain('normal_', '', [[4, 5]], (x) => x.t().clone().normal_(1, 2).t().mul(x), floatingOnly)
plain('manualSeed', 'inside the step', [[3]], (x) => {
  manualSeed(77)
  return dyngrad.rand(3).mul(x)
})
plain('randn', 'used as an index of shuffling', [[6, 2]], (x) => indexing.indexSelect(x, 0, dyngrad.randperm(6)))
