// Distances: between two tensors, between pairs of rows, and between all rows of two lists.

import { noGrad } from '../autograd/mode'
import { declare } from '../declare'
import { codeOf, defaults, isFloating, isHalf, promoteKinds } from '../dtype'
import { broadcastShapes } from '../shape'
import type { Tensor } from '../tensor'
import { checkSubtraction } from './arguments'
import { clampMin } from './bounds'
import { sumToShape } from './core/broadcast'
import { cast } from './core/copy'
import { filled } from './core/fill'
import { reshapeTo } from './core/reshape'
import { record, rule } from './define/operation'
import { program } from './define/program'
import { kindOfTensor, notImplemented, torchTypeName } from './define/result'
import type { Value } from './define/value'
import { eye } from './creation'
import { add, div, eq, mul, sqrt, sub, where } from './elementwise'
import { indexAdd } from './index-dim'
import { indexSelect } from './indexing'
import { matmul, transposed } from './linalg'
import { unsqueeze } from './movement'
import { square } from './power'
import { sum } from './reduce'
import { formOf, oneWhere, sizeOf, sizeSlope } from './row-sizes'
import { triuIndices } from './triangle'

type Slope = typeof sizeSlope

interface Rows {
  readonly x1: Value
  readonly x2: Value
  readonly shift: Value | null
}

interface How {
  readonly order: Value
  readonly form: string
  readonly eps: Value
}

const differenceOf = ({ x1, x2, shift }: Rows, { eps }: How): Value => {
  const difference = x1.sub(x2).add(eps)
  return shift === null ? difference : difference.add(shift)
}

const BETWEEN = 'between(x1: Tensor, x2: Tensor, shift: Tensor?, order: float, form: str, eps: float)'

/** A program: the size of the difference of two rows, moved by `eps` and `shift`, whose slope goes to both. */
function between(node: string, slope: Slope) {
  const slopeOf = (g: Value, values: Rows & { readonly output: Value }, how: How): Value | null => {
    const { order, form } = how
    const difference = differenceOf(values, how)
    // A result that is rounded to a half is equal to no difference.
    const isExtreme = form === 'largest' || form === 'smallest'
    const size = (): Value => (isExtreme ? sizeOf(difference, order, form) : values.output)
    return slope(g, difference, size, order, form)
  }
  return program<typeof BETWEEN, Value>(BETWEEN, {
    node,
    forward: (values, how) => sizeOf(differenceOf(values, how), how.order, how.form),
    gradients: {
      x1: slopeOf,
      x2: (g, values, how) => {
        const ofFirst = slopeOf(g, values, how)
        return ofFirst && ofFirst.neg()
      }
    }
  })
}

/** Both in the dtype that they promote to. */
function promoted(a: Tensor, b: Tensor): readonly [Tensor, Tensor] {
  const code = codeOf(promoteKinds(kindOfTensor(a), kindOfTensor(b)))
  return [cast(a, code), cast(b, code)]
}

// ---- of two tensors ----

const ofAll = between('DistBackward0', sizeSlope)

/** The norm of order `p` of the difference of two tensors that broadcast. */
export const dist = declare('dist(input: Tensor, other: Tensor, p: float = 2)', (input, other, p): Tensor => {
  checkSubtraction(input, other)
  const [a, b] = promoted(input, other)
  if (!isFloating(a.code)) {
    const name = torchTypeName(a.code)
    throw new TypeError(`norm(): input dtype should be either floating point or complex. Got ${name} instead.`)
  }
  return ofAll({ dims: null }, a, b, null, p, formOf(p), 0)[0]
})

const ofPairs = between('NormBackward1', sizeSlope)

/** The norms of order `p` of the differences, each plus `eps`, of rows in the last dim; shapes broadcast. */
export const pairwiseDistance = declare(
  'pairwiseDistance(x1: Tensor, x2: Tensor, p: float = 2, eps: float = 1e-6, keepdim: bool = false)',
  (x1, x2, p, eps, keepdim): Tensor => {
    checkSubtraction(x1, x2)
    const shape = broadcastShapes(x1.sizes, x2.sizes, 'pairwiseDistance')
    const code = codeOf(promoteKinds(kindOfTensor(x1), kindOfTensor(x2)))
    const [a, b] = [x1, x2].map((each) => cast(each, isFloating(code) ? code : defaults.float))
    return ofPairs({ dims: shape.length === 0 ? [] : [shape.length - 1], keepdim }, a, b, null, p, formOf(p), eps)[0]
  },
  ['torch', 'nn.functional']
)

// ---- of all rows ----

/** As PyTorch has it: each of the largest differences gets the whole gradient, and a count has one, of 0. */
const slopeOfAll: Slope = (g, x, size, order, form) => {
  if (form === 'count') return x.zerosLike()
  return form === 'largest' ? g.mul(x.sign()).mul(oneWhere(x.abs().eq(size()), x)) : sizeSlope(g, x, size, order, form)
}

const ofRows = between('CdistBackward0', slopeOfAll)

/** The distances of all rows of `x1`, [..., p, m], to all of `x2`, [..., r, m]. */
function eachToEach(x1: Tensor, x2: Tensor, p: number, shift: Tensor | null = null): Tensor {
  const [a, b] = [unsqueeze(x1, -2), unsqueeze(x2, -3)]
  const columns = x1.sizes[x1.sizes.length - 1]
  const dims = [Math.max(a.sizes.length, b.sizes.length) - 1]
  return ofRows({ dims }, a, b, shift, p, columns === 0 ? 'sum' : formOf(p), 0)[0]
}

const euclideanRule = rule<null>(
  'EuclideanDistBackward0',
  (g, [x1, x2, distances]) => {
    const ratio = slopes(g, distances!)
    return sumToShape(sub(mul(x1!, sum(ratio, -1, true)), matmul(ratio, x2!)), x1!.sizes)
  },
  (g, [x1, x2, distances]) => {
    const ratio = slopes(g, distances!)
    return sumToShape(sub(mul(x2!, unsqueeze(sum(ratio, -2), -1)), matmul(transposed(ratio), x1!)), x2!.sizes)
  }
)

const slopes = (g: Tensor, distances: Tensor): Tensor => where(eq(distances, 0), 0, div(g, distances))

/** The Euclidean distances by one matrix product, of the squares of the lengths: fast, but small ones are inexact. */
function byProduct(x1: Tensor, x2: Tensor): Tensor {
  const outputs = noGrad(() => {
    const [a, b] = [x1, x2].map((each) => sum(square(each), -1, true))
    const squares = add(add(mul(matmul(x1, transposed(x2)), -2), a), transposed(b))
    return sqrt(clampMin(squares, 0))
  })
  return record({ outputs, rule: euclideanRule, inputs: [x1, x2], parameters: null, save: [x1, x2, outputs] })
}

/** More rows than this make a matrix product worth while. */
const MANY_ROWS = 25

const MODES: Readonly<Record<string, (rows: number) => boolean>> = {
  use_mm_for_euclid_dist_if_necessary: (rows) => rows > MANY_ROWS,
  use_mm_for_euclid_dist: () => true,
  donot_use_mm_for_euclid_dist: () => false
}

/**
 * The distances of order `p` of all rows of `x1`, [..., p, m], to all of `x2`, [..., r, m]. Euclidean ones of many rows
 * come from a matrix product, unless `computeMode` says otherwise.
 */
export const cdist = declare(
  "cdist(x1: Tensor, x2: Tensor, p: float = 2, computeMode: str = 'use_mm_for_euclid_dist_if_necessary')",
  (x1, x2, p, computeMode): Tensor => {
    if (!Object.hasOwn(MODES, computeMode)) {
      throw new RangeError(`${computeMode} is not a valid value for computeMode`)
    }
    const both = [
      ['X1', x1],
      ['X2', x2]
    ] as const
    for (const [name, { sizes }] of both) {
      if (sizes.length < 2)
        throw new RangeError(`cdist only supports at least 2D tensors, ${name} got: ${sizes.length}D`)
    }
    const [[rows1, columns1], [rows2, columns2]] = both.map(([, { sizes }]) => sizes.slice(-2))
    if (columns1 !== columns2) {
      throw new RangeError(`X1 and X2 must have the same number of columns. X1: ${columns1} X2: ${columns2}`)
    }
    for (const [name, { code }] of both) {
      if (isFloating(code)) continue
      throw new TypeError(`cdist only supports floating-point dtypes, ${name} got: ${torchTypeName(code)}`)
    }
    if (!(p >= 0)) throw new RangeError('cdist only supports non-negative p values')
    if (x1.code !== x2.code) {
      throw new TypeError(`expected scalar type ${torchTypeName(x1.code)} but found ${torchTypeName(x2.code)}`)
    }
    broadcastShapes(x1.sizes.slice(0, -2), x2.sizes.slice(0, -2), 'cdist')
    if (p === 2 && MODES[computeMode](Math.max(rows1, rows2))) return byProduct(x1, x2)
    if (isHalf(x1.code)) throw notImplemented('cdist', x1.code, 'float')
    return eachToEach(x1, x2, p)
  },
  ['torch']
)

/** Where the pairs of `n` rows lie in the matrix of all their distances, row-major. */
function pairsOf(n: number): Tensor {
  const indices = triuIndices(n, n, 1)
  return add(mul(indices.select(0, 0), n), indices.select(0, 1))
}

const pairsRule = rule<number>('PdistBackward0', (g, _, n) =>
  reshapeTo(indexAdd(filled([n * n], 0, g.code), 0, pairsOf(n), g), [n, n])
)

/** The distances of order `p` of all pairs of rows: of the first to the second, to the third, ... */
export const pdist = declare(
  'pdist(input: Tensor, p: float = 2)',
  (input, p): Tensor => {
    const { sizes, code } = input
    if (sizes.length !== 2) throw new RangeError(`pdist only supports 2D tensors, got: ${sizes.length}D`)
    if (!isFloating(code)) throw new TypeError('pdist only supports floating-point dtypes')
    if (!(p >= 0)) throw new RangeError('pdist only supports non-negative p values')
    if (isHalf(code)) throw notImplemented('pdist', code, 'float')
    const [n] = sizes
    // No row is compared with itself: a distance of 0 would have no second derivative.
    const all = eachToEach(input, input, p, unsqueeze(eye(n, { dtype: input.dtype }), -1))
    const outputs = noGrad(() => indexSelect(reshapeTo(all, [n * n]), 0, pairsOf(n)))
    return record({ outputs, rule: pairsRule, inputs: [all], parameters: n })
  },
  ['torch', 'nn.functional']
)
