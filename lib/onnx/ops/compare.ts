// Rows of comparisons, logic, and bits.

import { type DType, type Tensor, promoteTypes, resultType, where } from '../../index'
import { type Emit, type Operand, computing } from '../emit'
import type { Value } from '../graph'
import { aliases, code, nodes } from './table'
import { realOf } from './example'

interface Binary {
  readonly input: Operand
  readonly other: Operand
}
interface Unary {
  readonly input: Tensor
}

/** Both operands in the dtype in which they are compared. */
function both(emit: Emit, { input, other }: Binary): Value[] {
  const dtype = computing(resultType(realOf(input) as Tensor, realOf(other) as Tensor))
  return [emit.of(input, dtype), emit.of(other, dtype)]
}

for (const [name, type, isOpposite] of [
  ['eq', 'Equal', false],
  ['ne', 'Equal', true],
  ['lt', 'Less', false],
  ['le', 'LessOrEqual', false],
  ['gt', 'Greater', false],
  ['ge', 'GreaterOrEqual', false]
] as const) {
  nodes<Binary>(name, (emit, args) => {
    const result = emit.add(type, both(emit, args), 'bool')
    return isOpposite ? emit.add('Not', [result], 'bool') : result
  })
}
aliases('ne', 'notEqual')
aliases('lt', 'less')
aliases('le', 'lessEqual')
aliases('gt', 'greater')
aliases('ge', 'greaterEqual')

// ---- logic ----

for (const [name, type] of Object.entries({ logicalAnd: 'And', logicalOr: 'Or', logicalXor: 'Xor' })) {
  nodes<Binary>(name, (emit, { input, other }) =>
    emit.add(type, [emit.of(input, 'bool'), emit.of(other, 'bool')], 'bool')
  )
}
nodes<Unary>('logicalNot', (emit, { input }) => emit.add('Not', [emit.of(input, 'bool')], 'bool'))

// ---- what a float is ----

const isFloat = (dtype: DType): boolean => /float/.test(dtype)

/** False everywhere. */
const nowhere = (input: Tensor): Tensor => input.ne(input)

nodes<Unary>('isnan', (emit, { input }) => {
  const x = emit.of(input)
  if (!isFloat(x.dtype))
    return emit.add(
      'Not',
      [emit.add('Equal', [emit.of(input, computing(x.dtype)), emit.of(input, computing(x.dtype))], 'bool')],
      'bool'
    )
  return emit.add('IsNaN', [emit.cast(x, computing(x.dtype))], 'bool')
})
code<Unary>('isinf', ({ input }) => (input.isFloatingPoint() ? input.abs().eq(Infinity) : nowhere(input)))
code<Unary>('isposinf', ({ input }) => (input.isFloatingPoint() ? input.eq(Infinity) : nowhere(input)))
code<Unary>('isneginf', ({ input }) => (input.isFloatingPoint() ? input.eq(-Infinity) : nowhere(input)))
code<Unary>('isfinite', ({ input }) => (input.isFloatingPoint() ? input.abs().lt(Infinity) : input.eq(input)))
code<Unary>('isreal', ({ input }) => nowhere(input).logicalOr(nowhere(input).logicalNot()))

code<{ input: Tensor; other: Tensor; rtol: number; atol: number; equalNan: boolean }>('isclose', (args) => {
  const { rtol, atol, equalNan } = args
  const [input, other] = [args.input, args.other].map((each) => (each.dtype === 'bool' ? each.int() : each))
  const bound = other.abs().mul(rtol).add(atol)
  const close = input.eq(other).logicalOr(input.sub(other).abs().le(bound).logicalAnd(other.isfinite()))
  return equalNan ? close.logicalOr(input.isnan().logicalAnd(other.isnan())) : close
})

interface Membership {
  readonly elements?: Tensor
  readonly element?: Operand
  readonly testElements?: Tensor
  readonly testElement?: Operand
  readonly invert: boolean
}
code<Membership>('isin', ({ elements, element, testElements, testElement, invert }) => {
  const found =
    testElements === undefined
      ? elements!.eq(testElement!)
      : elements === undefined
        ? testElements.eq(element!).any()
        : elements.unsqueeze(-1).eq(testElements.reshape(-1)).any(-1)
  return invert ? found.logicalNot() : found
})

// ---- bits ----

for (const [name, type] of Object.entries({ bitwiseAnd: 'And', bitwiseOr: 'Or', bitwiseXor: 'Xor' })) {
  nodes<Binary>(name, (emit, { input, other }) => {
    const { dtype } = emit
    const operands = [emit.of(input, dtype), emit.of(other, dtype)]
    return emit.add(dtype === 'bool' ? type : emit.since(18, `Bitwise${type}`), operands, dtype)
  })
}
nodes<Unary>('bitwiseNot', (emit, { input }) => {
  const { dtype } = emit
  return emit.add(dtype === 'bool' ? 'Not' : emit.since(18, 'BitwiseNot'), [emit.of(input)], dtype)
})

const bits: Partial<Record<DType, number>> = { uint8: 8, int8: 8, int16: 16, int32: 32, int64: 64 }

interface Shift {
  readonly input: Tensor
  readonly other: Tensor
}

/** 2 to the power of a number of bits that is within them. */
function stepOf(input: Operand, other: Operand): { dtype: DType; count: Tensor; isWithin: Tensor; step: Tensor } {
  const dtype = promoteTypes(dtypeOf(input, other), dtypeOf(other, input))
  const count = (typeof other === 'object' ? other : (input as Tensor).mul(0).add(other)).to('int64')
  const isWithin = count.ge(0).logicalAnd(count.lt(bits[dtype] ?? 64))
  const step = where(isWithin, count, 0).to('int64')
  return { dtype, count, isWithin, step }
}
const dtypeOf = (x: Operand, y: Operand): DType => (typeof x === 'object' ? x.dtype : (y as Tensor).dtype)

const wide = (x: Operand): Tensor | number => (typeof x === 'object' ? x.to('int64') : Number(x))

code<Shift>('bitwiseLeftShift', ({ input, other }) => {
  const { isWithin, step } = stepOf(input, other)
  return where(isWithin, powerOfTwo(step).mul(wide(input)), 0)
})
code<Shift>('bitwiseRightShift', ({ input, other }) => {
  const { isWithin, step } = stepOf(input, other)
  const x = wide(input)
  const numbers = typeof x === 'number' ? step.mul(0).add(x) : x
  return where(isWithin, numbers.floorDivide(powerOfTwo(step)), where(numbers.lt(0), -1, 0))
})

const powerOfTwo = (exponent: Tensor): Tensor => exponent.mul(0).add(2).pow(exponent)

export {}
