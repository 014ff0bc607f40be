// Normalizations: rows divided by their root mean square or their length.

import { declare } from '../../declare'
import { DIMENSIONED, FLOAT32, FLOAT64, computeCode, isFloating, kindOf, promoteKinds } from '../../dtype'
import { type Shape, broadcastShapes, sameShape, shapeText, wrapDim } from '../../shape'
import type { Tensor } from '../../tensor'
import { cast } from '../../ops/core/copy'
import { type Over, program } from '../../ops/define/program'
import { torchTypeName } from '../../ops/define/result'
import { type Value, where as select } from '../../ops/define/value'

const weighted = (x: Value, weight: Value | null): Value => (weight === null ? x : x.mul(weight))

// ---- over the last dims ----

const layer = program('layerNorm(input: Tensor, weight: Tensor?, bias: Tensor?, eps: float)', {
  node: 'NativeLayerNormBackward0',
  kernel: 'LayerNormKernelImpl',
  forward: ({ input, weight, bias }, { eps }) => {
    const mean = input.mean()
    const centred = input.sub(mean)
    const scale = centred.square().mean().add(eps).rsqrt()
    const normal = weighted(centred.mul(scale), weight)
    return { output: bias === null ? normal : normal.add(bias), mean, scale }
  },
  gradients: {
    input: (g, { input, weight, mean, scale }) => {
      const normal = input.sub(mean).mul(scale)
      const h = weighted(g, weight)
      return h
        .sub(h.mean())
        .sub(normal.mul(h.mul(normal).mean()))
        .mul(scale)
    },
    weight: (g, { input, mean, scale }) => g.mul(input.sub(mean).mul(scale)),
    bias: (g) => g
  }
})

const root = program('rmsNorm(input: Tensor, weight: Tensor?, eps: float)', {
  node: 'MulBackward0',
  kernel: 'rms_norm',
  forward: ({ input, weight }, { eps }) => {
    const scale = input.square().mean().add(eps).rsqrt()
    return { output: weighted(input.mul(scale), weight), scale }
  },
  gradients: {
    input: (g, { input, weight, scale }) => {
      const normal = input.mul(scale)
      const h = weighted(g, weight)
      return h.sub(normal.mul(h.mul(normal).mean())).mul(scale)
    },
    weight: (g, { input, scale }) => g.mul(input.mul(scale))
  }
})

/** The last dims, which a row takes; throws where they are no `normalizedShape`. */
function lastDims({ sizes }: Tensor, normalizedShape: Shape, separator: string): Over {
  if (normalizedShape.length === 0) {
    throw new RangeError(
      'Expected normalizedShape to be at least 1-dimensional, i.e., containing at least one element, but got ' +
        'normalizedShape = []'
    )
  }
  const first = sizes.length - normalizedShape.length
  if (first < 0 || !sameShape(sizes.slice(first), normalizedShape)) {
    throw new RangeError(
      `Given normalizedShape=${shapeText(normalizedShape)}, expected input with shape [*${separator}` +
        `${normalizedShape.join(', ')}], but got input of size${shapeText(sizes)}`
    )
  }
  return { dims: normalizedShape.map((_, d) => first + d) }
}

function checkParameter(parameter: Tensor | null, name: string, normalizedShape: Shape): void {
  if (parameter === null || sameShape(parameter.sizes, normalizedShape)) return
  throw new RangeError(
    `Expected ${name} to be of same shape as normalizedShape, but got ${name} of shape ` +
      `${shapeText(parameter.sizes)} and normalizedShape = ${shapeText(normalizedShape)}`
  )
}

function checkLayerDtype(input: Tensor, parameter: Tensor | null): void {
  if (parameter === null || !isFloating(input.code) || parameter.code === input.code) return
  throw new TypeError(`mixed dtype (CPU): expect parameter to have scalar type of ${torchTypeName(input.code)}`)
}

/** Rows over the last dims with mean 0 and variance 1 (`eps` is added to the variance), times `weight`, plus `bias`. */
export const layerNorm = declare(
  'layerNorm(input: Tensor, normalizedShape: int[], weight: Tensor? = null, bias: Tensor? = null, eps: float = 1e-5)',
  (input, normalizedShape, weight, bias, eps) => {
    const over = lastDims(input, normalizedShape, ', ')
    for (const [name, parameter] of [
      ['weight', weight],
      ['bias', bias]
    ] as const) {
      checkParameter(parameter, name, normalizedShape)
      checkLayerDtype(input, parameter)
    }
    return layer(over, input, weight, bias, eps)[0]
  },
  ['torch', 'nn.functional']
)

const EPSILON: Readonly<Record<number, number>> = { [FLOAT32]: 2 ** -23, [FLOAT64]: 2 ** -52 }

/** Rows over the last dims with mean square 1 (`eps` is added to it; by default the dtype's own), times `weight`. */
export const rmsNorm = declare(
  'rmsNorm(input: Tensor, normalizedShape: int[], weight: Tensor? = null, eps: float? = null)',
  (input, normalizedShape, weight, eps) => {
    const over = lastDims(input, normalizedShape, '')
    checkParameter(weight, 'weight', normalizedShape)
    return root(over, input, weight, eps ?? EPSILON[computeCode(input.code)] ?? 0)[0]
  },
  ['torch', 'nn.functional']
)

// ---- similarity of directions ----

/** A row with length 1, or 0 where its length is. */
const directionOf = (x: Value, length: Value): Value => select(length.eq(0), 0, x.div(length))

/** The gradient of `x`, whose length counts as at least `eps`: what brings its direction closer to that of `other`. */
const turn = (g: Value, x: Value, length: Value, other: Value, similarity: Value, eps: Value): Value =>
  g.mul(other.sub(similarity.mul(directionOf(x, length)))).div(length.maximum(eps))

const cosine = program('cosineSimilarity(x1: Tensor, x2: Tensor, eps: float)', {
  node: 'SumBackward1',
  forward: ({ x1, x2 }, { eps }) => {
    const length1 = x1.square().sum().sqrt()
    const length2 = x2.square().sum().sqrt()
    const product = x1.div(length1.maximum(eps)).mul(x2.div(length2.maximum(eps)))
    return { output: product.sum(), length1, length2 }
  },
  gradients: {
    x1: (g, { x1, x2, output, length1, length2 }, { eps }) =>
      turn(g, x1, length1, x2.div(length2.maximum(eps)), output, eps),
    x2: (g, { x1, x2, output, length1, length2 }, { eps }) =>
      turn(g, x2, length2, x1.div(length1.maximum(eps)), output, eps)
  }
})

/** Cosine of the angles between rows along a dim, whose lengths are at least `eps`; shapes broadcast. */
export const cosineSimilarity = declare(
  'cosineSimilarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8)',
  (x1, x2, dim, eps) => {
    const shape = broadcastShapes(x1.sizes, x2.sizes, 'cosineSimilarity')
    const code = promoteKinds(kindOf(x1.code, DIMENSIONED), kindOf(x2.code, DIMENSIONED))
    if (!isFloating(code)) {
      throw new TypeError(`expected common dtype to be floating point, yet common dtype is ${torchTypeName(code)}`)
    }
    const d = wrapDim(dim, shape.length)
    return cosine({ dims: shape.length === 0 ? [] : [d] }, cast(x1, code), cast(x2, code), eps)[0]
  },
  ['torch', 'nn.functional']
)
