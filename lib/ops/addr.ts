// The outer product of two vectors, added to a matrix.

import { declare } from '../declare'
import { BOOL, codeOf, isFloating, promoteKinds } from '../dtype'
import { sameShape, shapeText } from '../shape'
import type { Tensor } from '../tensor'
import { expandTo } from './core/broadcast'
import { define } from './define/functions'
import { writeRow } from './define/inplace'
import { kindOfTensor } from './define/result'
import { where as select } from './define/value'
import { unsqueeze } from './movement'

type Factor = number | bigint | boolean

// The vectors as a column and a row. Where `beta` is 0 the input does not count, whatever it holds.
const sum = define('outerSum(input: Tensor, vec1: Tensor, vec2: Tensor, beta: scalar, alpha: scalar)', {
  node: 'AddrBackward0',
  emit: ({ input, vec1, vec2 }, { beta, alpha }) => {
    const { builder } = input
    const code = builder.commonCode([input, vec1, vec2])
    const [base, left, right, before, factor] = [input, vec1, vec2, beta, alpha].map((each) => builder.cast(each, code))
    const scaled = base.mul(before)
    const start = code === BOOL ? scaled : select(before.eq(0), 0, scaled)
    return start.add(left.mul(factor).mul(right))
  },
  gradients: {
    input: (g, _, { beta }) => g.mul(beta),
    vec1: (g, { vec2 }, { alpha }) => g.mul(vec2).mul(alpha),
    vec2: (g, { vec1 }, { alpha }) => g.mul(vec1).mul(alpha)
  }
})

function checkFactor(name: string, factor: Factor, code: number): void {
  if (typeof factor === 'boolean' && code !== BOOL) {
    throw new TypeError(`Boolean ${name} only supported for Boolean results.`)
  }
  if (!isFloating(code) && typeof factor === 'number' && !Number.isInteger(factor)) {
    throw new TypeError(`For integral input tensors, argument ${name} must not be a floating point number.`)
  }
}

/** Throws unless both are vectors whose outer product can be added; gives its shape. */
function checkVectors(tensors: readonly [Tensor, Tensor, Tensor], beta: Factor, alpha: Factor): number[] {
  const [, ...vectors] = tensors
  vectors.forEach(({ sizes }, i) => {
    if (sizes.length !== 1) throw new RangeError(`addr: Expected 1-D argument vec${i + 1}, but got ${sizes.length}-D`)
  })
  const code = codeOf(tensors.map(kindOfTensor).reduce(promoteKinds))
  checkFactor('beta', beta, code)
  checkFactor('alpha', alpha, code)
  return vectors.map(({ sizes }) => sizes[0])
}

/** `beta * input + alpha * outer(vec1, vec2)`, elementwise; `input` broadcasts. */
export const addr = declare(
  'addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: scalar = 1, alpha: scalar = 1)',
  (input, vec1, vec2, beta, alpha): Tensor => {
    const shape = checkVectors([input, vec1, vec2], beta, alpha)
    return sum.apply([expandTo(input, shape), unsqueeze(vec1, 1), vec2], [Number(beta), Number(alpha)])
  }
)

/** `addr` in place. */
export const addr_ = declare(
  'addr_(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: scalar = 1, alpha: scalar = 1)',
  (input, vec1, vec2, beta, alpha): Tensor => {
    const shape = checkVectors([input, vec1, vec2], beta, alpha)
    const rank = input.sizes.length
    if (rank !== 2) throw new RangeError(`2D tensor expected, got ${rank}D tensor for input`)
    if (!sameShape(input.sizes, shape)) {
      throw new RangeError(
        `size mismatch, input: ${shapeText(input.sizes)}, v1: ${shapeText(vec1.sizes)}, v2: ${shapeText(vec2.sizes)}`
      )
    }
    return writeRow(sum, [input, unsqueeze(vec1, 1), vec2], [Number(beta), Number(alpha)])
  }
)
