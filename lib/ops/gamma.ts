// The gamma function: its logarithm, the derivatives of that, incomplete ones, and the zeta function.

import { alias, declare } from '../declare'
import { BOOL, defaults, isFloating } from '../dtype'
import type { Tensor } from '../tensor'
import * as core from './core/copy'
import { applyKernel } from './define/emit'
import { define, inPlace, pointwise, rowOf } from './define/functions'
import { writeRow } from './define/inplace'
import { record, rule } from './define/operation'
import { castError } from './define/result'
import type { Value } from './define/value'
import { beforeWrite, formOf, recordInPlace } from './define/write'
import { add, mul, sub } from './elementwise'

/** The logarithm of the size of the gamma function; integers and bool give float32, as in all functions here. */
export const lgamma = pointwise('lgamma(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { input }) => g.mul(input.digamma()) }
})
/** The logarithm of the size of the gamma function, in place. */
export const lgamma_ = inPlace(lgamma)
/** `lgamma`. */
export const gammaln = alias('gammaln', lgamma, ['special'])

/** The derivative of `lgamma`. */
export const digamma = pointwise('digamma(input: Tensor)', {
  promotion: 'float',
  places: ['torch', 'Tensor', 'special'],
  gradients: { input: (g, { input }) => g.mul(input.polygamma(1)) }
})
/** The derivative of `lgamma`, in place. */
export const digamma_ = inPlace(digamma)
/** `digamma`. */
export const psi = alias('psi', digamma, ['special'])

// ---- derivatives of digamma ----

define('polygamma(input: operand, order: operand)', {
  nodeInPlace: 'PolygammaBackward1',
  promotion: 'float',
  gradients: { input: (g, { input, order }) => g.mul(input.polygamma(order.add(1))) }
})

function checkOrder(n: number): void {
  if (n < 0) throw new RangeError('polygamma(n, x) does not support negative n.')
}

function polygammaOf(input: Tensor, n: number): Tensor {
  checkOrder(n)
  return rowOf('polygamma').numberSecond(input, n)
}

/** The derivative of `digamma` of order `n`. */
export const polygamma = declare('polygamma(n: int, input: Tensor)', (n, input) => polygammaOf(input, n), [
  'torch',
  'special'
])
/** The derivative of `digamma` of order `n`. */
export const polygammaMethod = declare('polygamma(input: Tensor, n: int)', polygammaOf, ['Tensor'])
/** The derivative of `digamma` of order `n`, in place. */
export const polygamma_ = declare('polygamma_(input: Tensor, n: int)', (input, n) => {
  checkOrder(n)
  return writeRow(rowOf('polygamma'), [input, n])
})

// ---- the multivariate one ----

/** The sum of a function at `input` minus 0, 1/2, ... (p - 1)/2. */
function sumOver(f: (x: Tensor) => Tensor, input: Tensor, p: number): Tensor {
  let sum = f(input)
  for (let i = 1; i < p; i++) sum = add(sum, f(sub(input, i / 2)))
  return sum
}

const mvlgammaRule = rule<number>('MvlgammaBackward0', (g, [input], p) => mul(g, sumOver(digamma, input!, p)))

/** Each dimension takes two launches; PyTorch's takes the memory of another copy of the input. */
const MOST_DIMENSIONS = 2 ** 16

function mvlgammaOf(input: Tensor, p: number): Tensor {
  if (p < 1) throw new RangeError('p has to be greater than or equal to 1')
  if (p > MOST_DIMENSIONS) throw new RangeError(`mvlgamma: p must be at most ${MOST_DIMENSIONS}, got ${p}`)
  if (input.code === BOOL) throw new TypeError('The input tensor may not be a boolean tensor.')
  return add(sumOver(lgamma, input.detach(), p), (p * (p - 1) * Math.log(Math.PI)) / 4)
}

/** The logarithm of the multivariate gamma function of dimension `p`; integers give float32. */
export const mvlgamma = declare('mvlgamma(input: Tensor, p: int)', (input, p): Tensor =>
  record({ outputs: mvlgammaOf(input, p), rule: mvlgammaRule, inputs: [input], parameters: p, save: [input] })
)
/** `mvlgamma`. */
export const multigammaln = alias('multigammaln', mvlgamma, ['special'])

const mvlgammaForm = formOf<number>(
  mvlgammaRule,
  (self, _, p) => {
    if (!isFloating(self.code)) throw castError(defaults.float, self.code)
    core.copyInto(self, mvlgammaOf(self, p))
  },
  (self) => [beforeWrite(self, true)]
)
/** The logarithm of the multivariate gamma function of dimension `p`, in place. */
export const mvlgamma_ = declare('mvlgamma_(input: Tensor, p: int)', (input, p) =>
  recordInPlace(mvlgammaForm, input, [], p)
)

// ---- the incomplete ones: regularized integrals of the gamma density ----

/** The density of the gamma distribution of shape `input` at `other`. */
const density = (input: Value, other: Value): Value =>
  other.log().mul(input.add(-1)).sub(other).sub(input.lgamma()).exp()

/** The share of the gamma density of shape `input` below `other`; floats only. */
export const igamma = pointwise('igamma(input: Tensor, other: Tensor)', {
  floats: 'igamma_cpu',
  undifferentiable: { input: "the derivative for 'igamma: input' is not implemented." },
  emit: ({ input, other }) => applyKernel('igamma', [input, other]),
  gradients: { other: (g, { input, other }) => g.mul(density(input, other)) }
})
/** The share of the gamma density of shape `input` below `other`, in place. */
export const igamma_ = inPlace(igamma)
/** `igamma`. */
export const gammainc = alias('gammainc', igamma, ['special'])

/** The share of the gamma density of shape `input` above `other`; floats only. */
export const igammac = pointwise('igammac(input: Tensor, other: Tensor)', {
  floats: 'igammac_cpu',
  undifferentiable: { input: "the derivative for 'igammac: input' is not implemented." },
  emit: ({ input, other }) => applyKernel('igammac', [input, other]),
  gradients: { other: (g, { input, other }) => g.neg().mul(density(input, other)) }
})
/** The share of the gamma density of shape `input` above `other`, in place. */
export const igammac_ = inPlace(igammac)
/** `igammac`. */
export const gammaincc = alias('gammaincc', igammac, ['special'])

/** The sum of `(k + other) ** -input` over all integers `k >= 0`: Hurwitz's zeta function. */
export const zeta = pointwise('zeta(input: operand, other: operand)', {
  node: 'SpecialZetaBackward0',
  nodeOfNumber: { input: 'SpecialZetaBackward1', other: 'SpecialZetaBackward2' },
  undifferentiable: { input: "the derivative for 'zeta' is not implemented." },
  promotion: 'float',
  noHalves: 'zeta_cpu',
  places: ['special'],
  gradients: { other: (g, { input, other }) => g.neg().mul(input).mul(input.add(1).zeta(other)) }
})
