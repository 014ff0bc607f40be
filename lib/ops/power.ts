// Powers. Those that need no logarithm have rows of their own; at -0 and -Infinity they differ from C's pow, as
// PyTorch's do.

import { declare } from '../declare'
import { BOOL, FLOAT64, INT64, isFloating } from '../dtype'
import { Tensor } from '../tensor'
import { NEGATIVE_POWER, checkPower } from './arguments'
import { cast } from './core/copy'
import { applyKernel } from './define/emit'
import { define, pointwise, rowOf } from './define/functions'
import type { PointwiseOp } from './define/pointwise'
import { writeRow } from './define/inplace'
import { type Operand, torchTypeName } from './define/result'
import { type Value, where } from './define/value'

/** `input * input`; bool counts as int64. */
export const square = pointwise('square(input: Tensor)', {
  node: 'PowBackward0',
  emit: ({ input }) => applyKernel('square', [input.code === BOOL ? input.builder.cast(input, INT64) : input]),
  gradients: { input: (g, { input }) => g.mul(input.mul(2)) }
})

/** A value as elements of the dtype that `like` promotes it to. */
const besides = (value: Value, like: Value): Value => value.add(like.zerosLike())

const powerNode = 'PowBackward0'

/** `input ** exponent`, elementwise. A negative integer power of integers throws. */
export const pow = pointwise(
  'pow(input: operand, exponent: operand)',
  {
    node: 'PowBackward1',
    nodeOfNumber: { exponent: powerNode, input: 'PowBackward2' },
    failure: () => new RangeError(NEGATIVE_POWER),
    gradients: {
      // d/dx x^y is 0 for y = 0, whatever x is.
      input: (g, { input, exponent }) => where(exponent.eq(0), 0, g.mul(input.pow(exponent.add(-1)).mul(exponent))),
      // x^y log x, which is 0 where x = 0 and y >= 0.
      exponent: (g, { input, exponent, output }) =>
        where(
          input.eq(exponent.zerosLike()).logicalAnd(exponent.ge(0)),
          0,
          g.mul(output.mul(besides(input, exponent).log()))
        )
    }
  },
  (input, exponent) => {
    const special = specialPower(input, exponent)
    if (special !== null) return special.unary(input as Tensor)
    checkPower(input, exponent)
    return rowOf('pow').binary(input, exponent)
  }
)

/** As float64, as numbers are. */
const inDouble = <Each>(operand: Tensor | Each): Tensor | Each =>
  operand instanceof Tensor ? cast(operand, FLOAT64) : operand

/** `input ** exponent` in float64. */
export const floatPower = declare('floatPower(input: operand, exponent: operand)', (input, exponent): Tensor =>
  pow.settled(inDouble(input), inDouble(exponent))
)

/** `input **= exponent`, of float64. */
export const floatPower_ = declare('floatPower_(input: Tensor, exponent: operand)', (input, exponent): Tensor => {
  if (input.code !== FLOAT64) {
    throw new TypeError(
      `the base given to floatPower_ has dtype ${torchTypeName(input.code)} but the operation's result requires dtype Double`
    )
  }
  const power = inDouble(exponent)
  const special = specialPower(input, power)
  return writeRow(special ?? rowOf('pow'), special === null ? [input, power] : [input])
})

type Power = (x: Value) => Value

/** A power with an exponent that needs no logarithm, and the power below it, which its derivative takes. */
const powerOf = (exponent: number, name: string, power: Power, below: Power): readonly [number, PointwiseOp] => [
  exponent,
  define(`${name}(input: Tensor)`, {
    node: powerNode,
    forward: ({ input }) => power(input),
    gradients: { input: (g, { input }) => g.mul(below(input).mul(exponent)) }
  })
]

const cube: Power = (x) => x.mul(x).mul(x)
const square_: Power = (x) => x.square()
const root: Power = (x) => x.sqrt()
const inverse: Power = (x) => x.reciprocal()
const inverseRoot: Power = (x) => x.rsqrt()
const inverseSquare: Power = (x) => x.mul(x).reciprocal()

const itself = define('pow1(input: Tensor)', {
  node: powerNode,
  forward: ({ input }) => input,
  gradients: { input: (g) => g }
})

/** 1, of NaN as well, and flat everywhere: the power below it is infinite at 0. */
const one = define('pow0(input: Tensor)', {
  node: powerNode,
  emit: ({ input }) => input.builder.literal(1, input.code, input.priority),
  gradients: { input: (g) => g.zerosLike() }
})

const powers = new Map<unknown, PointwiseOp>([
  [0, one],
  [1, itself],
  [2, rowOf('square')],
  powerOf(3, 'pow3', cube, square_),
  powerOf(0.5, 'powHalf', root, inverseRoot),
  powerOf(-0.5, 'powMinusHalf', inverseRoot, (x) => x.pow(-1.5)),
  powerOf(-1, 'powMinus1', inverse, inverseSquare),
  powerOf(-2, 'powMinus2', inverseSquare, (x) => x.pow(-3))
])

/** The op of one tensor for a power that needs no logarithm, or null. */
export function specialPower(input: Operand, exponent: Operand): PointwiseOp | null {
  if (!(input instanceof Tensor)) return null
  if (input.code === BOOL && exponent === true) return itself
  return isFloating(input.code) ? (powers.get(exponent) ?? null) : null
}
