// The fully connected layer as a function.

import { declare } from '../../declare'
import { dtypeAdvice, torchTypeName } from '../../ops/define/result'
import { add } from '../../ops/elementwise'
import { addmm } from '../../ops/added-products'
import { matmul } from '../../ops/linalg'
import { reshape, t } from '../../ops/movement'
import type { Tensor } from '../../tensor'

/** `input @ weight^T + bias` for input [..., in], weight [out, in], bias [out]. */
export const linear = declare(
  'linear(input: Tensor, weight: Tensor, bias: Tensor? = null)',
  (input, weight, bias): Tensor => {
    const [a, b] = [input.sizes.length, weight.sizes.length]
    if (a === 0 || b === 0) {
      throw new RangeError(`both arguments to linear need to be at least 1D, but they are ${a}D and ${b}D`)
    }
    if (bias !== null && input.code !== weight.code) {
      throw new TypeError(
        `mat1 and mat2 must have the same dtype, but got ${torchTypeName(input.code)} and ${torchTypeName(weight.code)}` +
          dtypeAdvice(input.code, weight.code, 'net')
      )
    }
    const factor = b === 1 ? weight : t(weight)
    if (bias === null) return matmul(input, factor)
    if (a === 2) return addmm(bias, input, factor)
    if (b === 1) return add(matmul(input, factor), bias)
    const features = input.sizes[a - 1]
    const rows = input.numelCached / Math.max(features, 1)
    const flat = addmm(bias, reshape(input, [rows, features]), factor)
    return reshape(flat, [...input.sizes.slice(0, -1), weight.sizes[0]])
  },
  ['nn.functional']
)
