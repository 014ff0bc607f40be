// Vector products in three dimensions.

import { noGrad } from '../autograd/mode'
import { declare } from '../declare'
import { BOOL } from '../dtype'
import { type Shape, broadcastShapes, wrapDim } from '../shape'
import { type Tensor, warnOnce } from '../tensor'
import { expandTo, sumToShape } from './core/broadcast'
import { define } from './define/functions'
import { record, rule } from './define/operation'
import { notImplemented, torchTypeName } from './define/result'
import { factors } from './linalg'
import { stack } from './join'
import { select } from './selection'

const part = define('crossPart(a: Tensor, b: Tensor, c: Tensor, d: Tensor)', {
  forward: ({ a, b, c, d }) => a.mul(b).sub(c.mul(d))
})

interface Crossed {
  readonly dim: number
  readonly shapes: readonly [input: Shape, other: Shape]
}

const crossRule = rule<Crossed>(
  'LinalgCrossBackward0',
  (g, [, other], { dim, shapes }) => sumToShape(crossed(other!, g, dim), shapes[0]),
  (g, [input], { dim, shapes }) => sumToShape(crossed(g, input!, dim), shapes[1])
)

/** The products along a dim of size 3 of what broadcasts; `dim` may count from behind. */
function crossed(input: Tensor, other: Tensor, dim: number): Tensor {
  const shape = broadcastShapes(input.sizes, other.sizes, 'cross')
  const d = wrapDim(dim, shape.length)
  const outputs = noGrad(() => {
    const [a, b] = [input, other].map((each) => [0, 1, 2].map((i) => select(expandTo(each, shape), d, i)))
    const at = [0, 1, 2].map((i) => {
      const [j, k] = [(i + 1) % 3, (i + 2) % 3]
      return part.apply([a[j], b[k], a[k], b[j]], [])
    })
    return stack(at, d)
  })
  return record({
    outputs,
    rule: crossRule,
    inputs: [input, other],
    parameters: { dim: d, shapes: [input.sizes, other.sizes] },
    save: factors(input, other)
  })
}

function product(input: Tensor, other: Tensor, dim: number): Tensor {
  const [a, b] = [input.sizes, other.sizes]
  if (a.length !== b.length) throw new RangeError('linalg.cross: inputs must have the same number of dimensions.')
  const [m, n] = [a[wrapDim(dim, a.length)], b[wrapDim(dim, b.length)]]
  if (m !== 3 || n !== 3) {
    throw new RangeError(`linalg.cross: inputs dimension ${dim} must have length 3. Got ${m} and ${n}`)
  }
  if (input.code !== other.code) {
    throw new TypeError(`expected scalar type ${torchTypeName(input.code)} but found ${torchTypeName(other.code)}`)
  }
  if (input.code === BOOL) throw notImplemented('cross', BOOL)
  return crossed(input, other, dim)
}

/** Vector products along a dim of size 3, the first one unless named. */
export const cross = declare('cross(input: Tensor, other: Tensor, dim: int? = null)', (input, other, dim): Tensor => {
  if (dim !== null) return product(input, other, dim)
  warnOnce(
    'Using cross without specifying the dim arg is deprecated.\nPlease either pass the dim explicitly or simply use ' +
      'linalg.cross.\nThe default value of dim will change to agree with that of linalg.cross in a future release.'
  )
  const first = input.sizes.indexOf(3)
  if (first < 0) throw new RangeError('no dimension of size 3 in input')
  return product(input, other, first)
})

/** Vector products along a dim of size 3. */
export const linalgCross = declare('cross(input: Tensor, other: Tensor, *, dim: int = -1)', product, ['linalg'])
