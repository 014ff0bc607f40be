// The bilinear layer as a function, and the distances that are losses' raw material.

import { declare } from '../../declare'
import type { Tensor } from '../../tensor'
import { torchTypeName } from '../../ops/define/result'
import { add } from '../../ops/elementwise'
import { matmul } from '../../ops/linalg'
import { permute, reshape, squeeze, unsqueeze } from '../../ops/movement'

type Named = readonly (readonly [name: string, tensor: Tensor | null])[]

function check(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | null): void {
  const [a, b] = [input1.sizes, input2.sizes]
  if (a.length !== b.length) {
    throw new RangeError(`bilinear(): input dimensions do not match: got ${a.length} and ${b.length}`)
  }
  for (let d = 0; d < a.length - 1; d++) {
    if (a[d] === b[d]) continue
    throw new RangeError(`bilinear(): input batch dimensions do not match at dim ${d}: got ${a[d]} and ${b[d]}`)
  }
  ;[input1, input2].forEach(({ sizes }, i) => {
    const [size, expected] = [sizes[sizes.length - 1], weight.sizes[i + 1]]
    if (size === expected) return
    throw new RangeError(
      `bilinear(): input${i + 1} size does not match weight size: got ${size} but expected ${expected}`
    )
  })
  if (bias !== null && bias.sizes[0] !== weight.sizes[0]) {
    throw new RangeError(
      `bilinear(): bias size does not match weight size: got ${bias.sizes[0]} but expected ${weight.sizes[0]}`
    )
  }
  const all: Named = [
    ['input1', input1],
    ['input2', input2],
    ['weight', weight],
    ['bias', bias]
  ]
  const given = all.flatMap(([name, each]) => (each === null ? [] : [[name, each.code] as const]))
  if (given.every(([, code]) => code === input1.code)) return
  const list = given.map(([name, code]) => `${name}: ${torchTypeName(code).toLowerCase()}`)
  throw new TypeError(`All tensors must have the same dtype, got ${list.join(', ')}`)
}

/** `input1 @ weight[o] @ input2 + bias[o]` for each output `o`: of [..., in1], [..., in2] and [out, in1, in2]. */
export const bilinear = declare(
  'bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor? = null)',
  (input1, input2, weight, bias): Tensor => {
    check(input1, input2, weight, bias)
    const [outputs, n1, n2] = weight.sizes
    const shape = input1.sizes.slice(0, -1)
    const rows = shape.reduce((count, size) => count * size, 1)
    const factors = reshape(permute(weight, 1, 0, 2), n1, outputs * n2)
    const ofFirst = reshape(matmul(reshape(input1, rows, n1), factors), rows, outputs, n2)
    const products = matmul(ofFirst, unsqueeze(reshape(input2, rows, n2), -1))
    const result = reshape(squeeze(products, -1), [...shape, outputs])
    return bias === null ? result : add(result, bias)
  },
  ['torch', 'nn.functional']
)
