// Random numbers: PyTorch's CPU stream.

import { declare, overload, way } from '../declare'
import { BOOL, type DType, INT64, defaults, dtypeCode, elementOf, largestOf } from '../dtype'
import { kernel } from '../kernel'
import { type Shape, broadcastShapes } from '../shape'
import { Tensor } from '../tensor'
import { cast } from './core/copy'
import { checkFloating, drawEach, drawing, fill } from './draw'
import type { Generator } from './core/generator'
import { checkSizes, finish } from './core/leaf'
import { emptyLike } from './creation'
import { checkedUnit } from './define/checks'
import { Fused } from './define/fused'
import { record, rule } from './define/operation'
import { where as select } from './define/value'
import { emptyOwned, torchTypeName } from './define/result'
import { add, mul } from './elementwise'
import { cut } from './define/write'
import { noGrad } from '../autograd/mode'

const kernels = {
  uniform: kernel('uniform'),
  normal: kernel('normal'),
  randperm: kernel('randperm'),
  bernoulli: kernel('bernoulli')
}

// PyTorch's names of the kernels, for messages.
const UNIFORM = 'check_uniform_bounds'
const NORMAL = 'normal_kernel_cpu'

function floatingCode(dtype: DType | null, kernel: string): number {
  const code = dtype === null ? defaults.float : dtypeCode(dtype)
  checkFloating(code, kernel)
  return code
}

// ---- factories ----

/** Uniform on [0, 1). */
export const rand = declare(
  'rand(size: int..., *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (size, generator, dtype, requiresGrad) => {
    const result = emptyOwned(checkSizes(size), floatingCode(dtype, UNIFORM))
    fill(kernels.uniform, result, { generator, reals: [0, 1] })
    return finish(result, requiresGrad)
  },
  ['torch']
)

/** Standard normal. */
export const randn = declare(
  'randn(size: int..., *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (size, generator, dtype, requiresGrad) => {
    const result = emptyOwned(checkSizes(size), floatingCode(dtype, NORMAL))
    fill(kernels.normal, result, { generator, reals: [0, 1] })
    return finish(result, requiresGrad)
  },
  ['torch']
)

/** Uniform on [0, 1), shaped as `input`; dense strides are kept. */
export const randLike = declare(
  'randLike(input: Tensor, *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (input, generator, dtype, requiresGrad) =>
    finish(uniform_(emptyLike(input, { dtype }), 0, 1, { generator }), requiresGrad),
  ['torch']
)

/** Standard normal, shaped as `input`; dense strides are kept. */
export const randnLike = declare(
  'randnLike(input: Tensor, *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (input, generator, dtype, requiresGrad) =>
    finish(normal_(emptyLike(input, { dtype }), 0, 1, { generator }), requiresGrad),
  ['torch']
)

function checkStd(std: number): void {
  if (!(std >= 0)) throw new RangeError(`normal expects std >= 0.0, but found std ${std}`)
}

// Checks that a launch makes, so that a replay makes them too.

const checkedSpread = new Fused(([std]) => {
  const failure = (): Error => new RangeError('normal expects all elements of std >= 0.0')
  // -0.5 where a deviation is negative, else 0.
  const checked = checkedUnit(std.lt(0).mul(-0.5), failure)
  return select(checked.eq(0), std, std)
})

const checkedProbabilities = new Fused(([p]) =>
  checkedUnit(
    p,
    () =>
      new RangeError(
        'Expected p_in >= 0 && p_in <= 1 to be true, but got false. bernoulli: p is a tensor of probabilities'
      )
  )
)

/** Normal deviates with a mean and a standard deviation for each, of which one or both are tensors. */
function normalAround(mean: Tensor | number, std: Tensor | number, generator: Generator | null): Tensor {
  if (!(std instanceof Tensor)) checkStd(std)
  const tensors = [mean, std].filter((value) => value instanceof Tensor)
  if (tensors.length === 0) throw new TypeError('normal: a size is needed when mean and std are numbers')
  const spread = std instanceof Tensor ? checkedSpread.call(std.sizes, [std]) : null
  const [first] = tensors
  checkFloating(first.code, NORMAL)
  const shape = tensors.reduce<Shape>((sizes, each) => broadcastShapes(sizes, each.sizes, 'normal'), [])
  const result = emptyOwned(shape, first.code)
  fill(kernels.normal, result, { generator, reals: [0, spread === null ? (std as number) : 1] })
  return noGrad(() => {
    const scaled = spread === null ? result : mul(result, spread)
    return cast(add(scaled, mean), first.code)
  })
}

/** Normal with mean and standard deviation as numbers, then with a size, or as tensors. */
export const normal = overload(
  ['torch'],
  way('normal(mean: Tensor|float, std: Tensor|float = 1, *, generator: Generator? = null)', normalAround),
  way(
    'normal(mean: float, std: float, size: int[], *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
    (mean, std, size, generator, dtype, requiresGrad) => {
      checkStd(std)
      const result = emptyOwned(checkSizes(size), floatingCode(dtype, NORMAL))
      fill(kernels.normal, result, { generator, reals: [mean, std] })
      return finish(result, requiresGrad)
    }
  )
)

/** A random permutation of 0..n-1, int64. */
export const randperm = declare(
  'randperm(n: int, *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (n, generator, dtype, requiresGrad) => {
    const shape = checkSizes([n])
    const code = dtype === null ? INT64 : dtypeCode(dtype)
    if (code === BOOL) throw new TypeError(`"randperm" not implemented for '${torchTypeName(code)}'`)
    elementOf(n, code)
    const result = emptyOwned(shape, code)
    fill(kernels.randperm, result, { generator, reals: [] })
    return finish(result, requiresGrad)
  },
  ['torch']
)

const bernoulliRule = rule('BernoulliBackward0', cut)

/** 0 or 1, with the probability of 1 in each element of `input`. */
export const bernoulli = declare(
  'bernoulli(input: Tensor, *, generator: Generator? = null)',
  (input, generator): Tensor => {
    checkFloating(input.code, 'bernoulli_tensor_cpu_p_')
    const outputs = drawEach(kernels.bernoulli, checkedProbabilities.call(input.sizes, [input]), generator, [0])
    return record({ outputs, rule: bernoulliRule, inputs: [input], parameters: null })
  }
)

// ---- in place ----

const drawUniform = drawing('UniformBackward0', kernels.uniform)
const drawNormal = drawing('NormalBackward0', kernels.normal)
const drawBernoulli = drawing('BernoulliBackward2', kernels.bernoulli)

/** Uniform on [from, to), in place. */
export const uniform_ = declare(
  'uniform_(input: Tensor, from: float = 0, to: float = 1, *, generator: Generator? = null)',
  (input, from, to, generator): Tensor => {
    checkFloating(input.code, UNIFORM)
    if (!(from <= to)) {
      throw new RangeError(`uniform_ expects to return a [from, to) range, but found from=${from} > to=${to}`)
    }
    const largest = largestOf(input.code)
    for (const [name, bound] of [
      ['from', from],
      ['to', to]
    ] as const) {
      if (Math.abs(bound) > largest) throw new RangeError(`${name} is out of bounds for ${input.dtype}; it is ${bound}`)
    }
    return drawUniform(input, { generator, reals: [from, to] })
  }
)

/** Normal, in place. */
export const normal_ = declare(
  'normal_(input: Tensor, mean: float = 0, std: float = 1, *, generator: Generator? = null)',
  (input, mean, std, generator): Tensor => {
    checkFloating(input.code, NORMAL)
    checkStd(std)
    return drawNormal(input, { generator, reals: [mean, std] })
  }
)

/** 1 with probability `p`, else 0, in place. */
export const bernoulli_ = declare(
  'bernoulli_(input: Tensor, p: float = 0.5, *, generator: Generator? = null)',
  (input, p, generator): Tensor => {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`bernoulli_ expects p to be in [0, 1], but got p=${p}`)
    return drawBernoulli(input, { generator, reals: [p] })
  }
)
