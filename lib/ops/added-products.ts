// Products added to a tensor, both with a factor.

import { noGrad } from '../autograd/mode'
import { declare } from '../declare'
import { isFloating } from '../dtype'
import { type Shape, sameShape, shapeText } from '../shape'
import type { Tensor } from '../tensor'
import { expandTo, sumToShape } from './core/broadcast'
import { copyInto } from './core/copy'
import { computed, converted } from './define/convert'
import { type RuleFormula, record, rule } from './define/operation'
import { dtypeAdvice, emptyResult, torchTypeName } from './define/result'
import { formOf, recordInPlace } from './define/write'
import { add, mul } from './elementwise'
import {
  type Layouts,
  bmm,
  checkAreBatches,
  checkBatchSizes,
  checkInner,
  checkKernel,
  factors,
  firstGradient,
  launchMatmul,
  layoutsOf,
  mv,
  secondGradient,
  transposed
} from './linalg'
import { expand, permute, reshape, t, unsqueeze } from './movement'

/** A call: the shape of what is added, its factor, and that of the product. */
interface Added extends Layouts {
  readonly shape: Shape
  readonly beta: number
  readonly alpha: number
}

/** A product that may be added to. */
interface Product {
  /** The product's shape; throws where there is none. */
  readonly check: (input: Tensor, a: Tensor, b: Tensor) => Shape
  /** The product, plus a tensor of its shape. No autograd. */
  readonly launch: (a: Tensor, b: Tensor, plus: Tensor | null) => Tensor
}

const times = (x: Tensor, factor: number): Tensor => (factor === 1 ? x : mul(x, factor))

const ofInput: RuleFormula<Added> = (g, _, { shape, beta }) => times(sumToShape(g, shape), beta)

/** A rule from the gradients that the factors have in a product without `alpha`. */
const addedRule = (node: string, first: RuleFormula<Added>, second: RuleFormula<Added>) =>
  rule<Added>(
    node,
    ofInput,
    (g, saved, call) => times(first(g, saved, call), call.alpha),
    (g, saved, call) => times(second(g, saved, call), call.alpha)
  )

type AddedRule = ReturnType<typeof addedRule>

/** `beta * input + alpha * product`; where `beta` is 0 the input does not count, whatever it holds. No autograd. */
function sumOf({ launch }: Product, input: Tensor, a: Tensor, b: Tensor, beta: number, alpha: number): Tensor {
  // Integers take the integral part of a factor.
  const [ofBase, ofProduct] = isFloating(input.code) ? [beta, alpha] : [Math.trunc(beta), Math.trunc(alpha)]
  const [x, y, z] = [input, a, b].map(computed)
  const sum = (): Tensor => {
    if (ofBase === 1 && ofProduct === 1) return launch(y, z, x)
    const product = launch(y, z, null)
    return ofBase === 0 ? times(product, ofProduct) : add(times(x, ofBase), product, { alpha: ofProduct })
  }
  return converted(noGrad(sum), input.code)
}

/** Both forms of an op: a result of its own, and in place. */
function forms(product: Product, nodeRule: AddedRule) {
  const form = formOf<Added>(
    nodeRule,
    (self, [a, b], { beta, alpha }) => copyInto(self, sumOf(product, self, a, b, beta, alpha)),
    (_, [a, b]) => factors(a, b)
  )
  const call = (input: Tensor, a: Tensor, b: Tensor, beta: number, alpha: number): Added => ({
    shape: input.sizes,
    beta,
    alpha,
    ...layoutsOf(a, b)
  })
  return {
    fresh(input: Tensor, a: Tensor, b: Tensor, beta: number, alpha: number): Tensor {
      const shape = product.check(input, a, b)
      const base = noGrad(() => expandTo(input, shape))
      return record({
        outputs: sumOf(product, base, a, b, beta, alpha),
        rule: nodeRule,
        inputs: [input, a, b],
        parameters: call(input, a, b, beta, alpha),
        save: factors(a, b)
      })
    },
    inPlace(input: Tensor, a: Tensor, b: Tensor, beta: number, alpha: number): Tensor {
      const shape = product.check(input, a, b)
      if (!sameShape(shape, input.sizes)) {
        throw new RangeError(
          `Bad in-place call: input tensor size ${shapeText(input.sizes)} and output tensor size ${shapeText(shape)} ` +
            'should match'
        )
      }
      return recordInPlace(form, input, [a, b], call(input, a, b, beta, alpha))
    }
  }
}

function checkSameDtype(a: Tensor, b: Tensor, name: string): void {
  if (a.code === b.code) return
  throw new TypeError(
    `${name} and mat2 must have the same dtype, but got ${torchTypeName(a.code)} and ${torchTypeName(b.code)}` +
      dtypeAdvice(a.code, b.code)
  )
}

function checkDtypes(input: Tensor, a: Tensor, b: Tensor): void {
  checkSameDtype(input, b, 'self')
  checkSameDtype(a, b, 'mat1')
}

// ---- of matrices ----

function checkMatrix({ sizes }: Tensor, name: string): void {
  if (sizes.length !== 2) throw new RangeError(`${name} must be a matrix, got ${sizes.length}-D tensor`)
}

function matrixProduct(a: Tensor, b: Tensor, plus: Tensor | null): Tensor {
  const [m, k] = a.sizes
  const n = b.sizes[1]
  const result = emptyResult([m, n], a.code)
  launchMatmul([], [m, n, k], a, b, plus, result)
  return result
}

const ofMatrices = forms(
  {
    check(input, a, b) {
      checkDtypes(input, a, b)
      checkMatrix(a, 'mat1')
      checkMatrix(b, 'mat2')
      checkInner(a.sizes, b.sizes)
      checkKernel(a, 'addmm_impl_cpu_')
      return [a.sizes[0], b.sizes[1]]
    },
    launch: matrixProduct
  },
  addedRule(
    'AddmmBackward0',
    (g, [, b], layouts) => firstGradient(g, b!, layouts),
    (g, [a], layouts) => secondGradient(g, a!, layouts)
  )
)

/** `beta * input + alpha * mat1 @ mat2`, in one kernel where both are 1; `input` broadcasts. */
export const addmm = declare(
  'addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1)',
  ofMatrices.fresh
)

/** `addmm` in place. */
export const addmm_ = declare(
  'addmm_(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1)',
  ofMatrices.inPlace
)

// ---- of a matrix and a vector ----

const ofVector = forms(
  {
    check({ sizes, code, numelCached }, a, b) {
      if (a.sizes.length !== 2 || b.sizes.length !== 1 || sizes.length > 1) {
        throw new RangeError(
          `vector + matrix @ vector expected, got ${sizes.length}, ${a.sizes.length}, ${b.sizes.length}`
        )
      }
      const [m, k] = a.sizes
      if (k !== b.sizes[0] || (numelCached !== m && numelCached !== 1)) {
        throw new RangeError(`size mismatch, got input (${numelCached}), mat (${m}x${k}), vec (${b.sizes[0]})`)
      }
      if (code !== a.code || a.code !== b.code) {
        const names = [code, a.code, b.code].map(torchTypeName)
        throw new TypeError(
          `addmv input tensors must have the same dtype, but got ${names[0]}, ${names[1]}, and ${names[2]}` +
            dtypeAdvice(a.code, code === a.code ? b.code : code)
        )
      }
      checkKernel(a, 'addmv_impl_cpu')
      return [m]
    },
    launch(a, b, plus) {
      const [m, k] = a.sizes
      const result = emptyResult([m], a.code)
      launchMatmul([], [m, 1, k], a, b, plus && unsqueeze(plus, 1), result)
      return result
    }
  },
  addedRule(
    'AddmvBackward0',
    (g, [, b]) => mul(unsqueeze(g, 1), b!),
    (g, [a]) => mv(t(a!), g)
  )
)

/** `beta * input + alpha * mat @ vec`, in one kernel where both are 1; `input` broadcasts. */
export const addmv = declare(
  'addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1)',
  ofVector.fresh
)

/** `addmv` in place. */
export const addmv_ = declare(
  'addmv_(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1)',
  ofVector.inPlace,
  ['torch', 'Tensor']
)

// ---- of batches ----

const summedBatches = forms(
  {
    check(input, a, b) {
      checkAreBatches(a, b)
      const [[batches, m, k], [others, rows, n]] = [a.sizes, b.sizes]
      if (batches !== others) {
        throw new RangeError(`batch1 and batch2 must have same number of batches, got ${batches} and ${others}`)
      }
      if (k !== rows) throw new RangeError(`Incompatible matrix sizes for bmm (${m}x${k} and ${rows}x${n})`)
      checkDtypes(input, a, b)
      checkKernel(a, 'addmm_impl_cpu_')
      return [m, n]
    },
    // The sum over batches is one product, over rows as long as all batches.
    launch(a, b, plus) {
      const [batches, m, k] = a.sizes
      return matrixProduct(reshape(permute(a, 1, 0, 2), m, batches * k), reshape(b, batches * k, b.sizes[2]), plus)
    }
  },
  addedRule(
    'AddbmmBackward0',
    (g, [, b]) => bmm(expand(g, b!.sizes[0], -1, -1), transposed(b!)),
    (g, [a]) => bmm(transposed(a!), expand(g, a!.sizes[0], -1, -1))
  )
)

/** `beta * input + alpha * sum(batch1 @ batch2)` over the batches; `input` broadcasts. */
export const addbmm = declare(
  'addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1)',
  summedBatches.fresh
)

/** `addbmm` in place. */
export const addbmm_ = declare(
  'addbmm_(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1)',
  summedBatches.inPlace
)

const batches = forms(
  {
    check({ code }, a, b) {
      checkAreBatches(a, b)
      checkBatchSizes(a, b)
      if (code !== a.code || a.code !== b.code) {
        const [own, first, second] = [code, a.code, b.code].map((each) => torchTypeName(each).toLowerCase())
        throw new TypeError(
          `Input dtypes must be the same, got: input ${own}, batch1: ${first}, batch2: ${second}` +
            dtypeAdvice(a.code, code === a.code ? b.code : code)
        )
      }
      checkKernel(a, 'baddbmm')
      return [a.sizes[0], a.sizes[1], b.sizes[2]]
    },
    launch(a, b, plus) {
      const product = bmm(a, b)
      return plus === null ? product : add(plus, product)
    }
  },
  addedRule(
    'BaddbmmBackward0',
    (g, [, b]) => bmm(g, transposed(b!)),
    (g, [a]) => bmm(transposed(a!), g)
  )
)

/** `beta * input + alpha * batch1 @ batch2`, matrix by matrix; `input` broadcasts. */
export const baddbmm = declare(
  'baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1)',
  batches.fresh
)

/** `baddbmm` in place. */
export const baddbmm_ = declare(
  'baddbmm_(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1)',
  batches.inPlace
)
