// Initial values, written in place without recording. Same seed, same values as PyTorch's torch.nn.init.

import { noGrad } from '../autograd/mode'
import { declare } from '../declare'
import type { Generator } from '../ops/core/generator'
import { emptyLike, tensor as newTensor } from '../ops/creation'
import { erf } from '../ops/elementwise'
import { matmul } from '../ops/linalg'
import { norm } from '../ops/norm'
import { normal_ as drawNormal, uniform_ as drawUniform } from '../ops/random'
import { where } from '../ops/where'
import { shapeText } from '../shape'
import { defineWords } from '../signature'
import { type Tensor, warnOnce } from '../tensor'

const fans = { fanIn: 'fanIn', fanOut: 'fanOut', fan_in: 'fanIn', fan_out: 'fanOut' } as const

/** Whether a weight's inputs or its outputs are counted, in our spelling or in PyTorch's. */
export type FanMode = keyof typeof fans

const leakyGain = (negativeSlope: number): number => Math.sqrt(2 / (1 + negativeSlope ** 2))

const gains = {
  linear: 1,
  identity: 1,
  conv1d: 1,
  conv2d: 1,
  conv3d: 1,
  convTranspose1d: 1,
  convTranspose2d: 1,
  convTranspose3d: 1,
  conv_transpose1d: 1,
  conv_transpose2d: 1,
  conv_transpose3d: 1,
  sigmoid: 1,
  tanh: 5 / 3,
  relu: Math.SQRT2,
  leakyRelu: leakyGain,
  leaky_relu: leakyGain,
  selu: 3 / 4
}

/** Functions that `calculateGain` knows, in our spelling or in PyTorch's. */
export type Nonlinearity = keyof typeof gains

declare module '../signature/types' {
  interface KindTypes {
    fanMode: FanMode
    nonlinearity: Nonlinearity
  }
}

defineWords('fanMode', Object.keys(fans), (word) => `Mode ${word} not supported, please use one of ['fanIn', 'fanOut']`)
defineWords('nonlinearity', Object.keys(gains), (word) => `Unsupported nonlinearity ${word}`)

/** The factor that keeps variances through a nonlinearity; `param` is the slope of a leaky ReLU, 0.01 unless given. */
export const calculateGain = declare(
  'calculateGain(nonlinearity: nonlinearity, param: float? = null)',
  (nonlinearity, param): number => {
    const gain = gains[nonlinearity]
    return typeof gain === 'number' ? gain : gain(param ?? 0.01)
  },
  ['nn.init']
)

const uniform = (tensor: Tensor, from: number, to: number, generator: Generator | null): Tensor =>
  noGrad(() => drawUniform(tensor, from, to, { generator }))

const normal = (tensor: Tensor, mean: number, std: number, generator: Generator | null): Tensor =>
  noGrad(() => drawNormal(tensor, mean, std, { generator }))

const constant = (tensor: Tensor, val: number): Tensor => noGrad(() => tensor.fill_(val))

/** Uniform on [a, b). */
export const uniform_ = declare(
  'uniform_(tensor: Tensor, a: float = 0, b: float = 1, generator: Generator? = null)',
  uniform,
  ['nn.init']
)

/** Normal with a mean and a standard deviation. */
export const normal_ = declare(
  'normal_(tensor: Tensor, mean: float = 0, std: float = 1, generator: Generator? = null)',
  normal,
  ['nn.init']
)

/** How much of a normal distribution lies between two values, in standard deviations. */
function shareBetween(low: number, high: number): number {
  const [below, upTo] = erf(newTensor(new Float64Array([low, high])).mul(Math.SQRT1_2)).tolist<number[]>()
  return (upTo - below) / 2
}

/** Draws again, into `tensor`, where `isRefused` finds what the last draw gave, until it finds nothing. */
function drawUntilTaken(
  tensor: Tensor,
  draw: (target: Tensor) => Tensor,
  isRefused: (drawn: Tensor) => Tensor
): Tensor {
  draw(tensor)
  for (let refused = isRefused(tensor); refused.any().item();) {
    const again = draw(emptyLike(tensor))
    tensor.copy_(where(refused, again, tensor))
    refused = refused.logicalAnd(isRefused(again))
  }
  return tensor
}

/**
 * Normal, drawn within [a, b] by rejection, as PyTorch 2.13 does: of normal numbers where these mostly lie within, else
 * of uniform ones, each of which is taken with its density over the greatest there.
 */
export const truncNormal_ = declare(
  'truncNormal_(tensor: Tensor, mean: float = 0, std: float = 1, a: float = -2, b: float = 2, generator: Generator? = null)',
  (tensor, mean, std, a, b, generator): Tensor => {
    if (mean < a - 2 * std || mean > b + 2 * std) {
      warnOnce(
        'mean is more than 2 std from [a, b] in nn.init.truncNormal_. The distribution of values may be incorrect.'
      )
    }
    return noGrad(() => {
      if (shareBetween((a - mean) / std, (b - mean) / std) > 0.3) {
        const isOutside = (drawn: Tensor): Tensor => drawn.lt(a).logicalOr(drawn.gt(b))
        return drawUntilTaken(tensor, (target) => drawNormal(target, mean, std, { generator }), isOutside)
      }
      const peak = -0.5 * ((Math.max(a, Math.min(mean, b)) - mean) / std) ** 2
      const isUnlikely = (drawn: Tensor): Tensor => {
        const logDensity = drawn.sub(mean).div(std).pow(2).mul(-0.5).sub(peak)
        return drawUniform(emptyLike(drawn), { generator }).log_().gt(logDensity)
      }
      return drawUntilTaken(tensor, (target) => drawUniform(target, a, b, { generator }), isUnlikely)
    })
  },
  ['nn.init']
)

/** `val` everywhere. */
export const constant_ = declare('constant_(tensor: Tensor, val: float)', constant, ['nn.init'])

/** 0 everywhere. */
export const zeros_ = declare('zeros_(tensor: Tensor)', (tensor) => constant(tensor, 0), ['nn.init'])

/** 1 everywhere. */
export const ones_ = declare('ones_(tensor: Tensor)', (tensor) => constant(tensor, 1), ['nn.init'])

/** The identity matrix; ones on the diagonal of a matrix that is not square. */
export const eye_ = declare(
  'eye_(tensor: Tensor)',
  (tensor) => {
    if (tensor.sizes.length !== 2) throw new RangeError('Only tensors with 2 dimensions are supported')
    return noGrad(() => {
      tensor.fill_(0).diagonal().fill_(1)
      return tensor
    })
  },
  ['nn.init']
)

/**
 * A convolution's weight [out, in, ...receptive field], of 1 to 3 dims behind, that hands on each of as many channels
 * as there are; `groups` splits the output channels into blocks of the same kind.
 */
export const dirac_ = declare(
  'dirac_(tensor: Tensor, groups: int = 1)',
  (tensor, groups) => {
    const { sizes } = tensor
    if (sizes.length < 3 || sizes.length > 5) {
      throw new RangeError('Only tensors with 3, 4, or 5 dimensions are supported')
    }
    if (groups < 1 || sizes[0] % groups !== 0) throw new RangeError('dim 0 must be divisible by groups')
    return noGrad(() => {
      tensor.fill_(0)
      if (tensor.numelCached === 0) return tensor
      const centres = sizes.slice(2).reduce((rest, size) => rest.select(2, Math.floor(size / 2)), tensor)
      for (const block of centres.chunk(groups, 0)) block.diagonal().fill_(1)
      return tensor
    })
  },
  ['nn.init']
)

/**
 * The orthonormal columns Q of QR, in float64, of a matrix with no more columns than rows, where R has a positive
 * diagonal. Gram and Schmidt, each column twice: then Q is orthogonal to rounding (Giraud, Langou and Rozloznik 2005).
 */
function orthonormal(matrix: Tensor): Tensor {
  const columns = matrix.double().t().contiguous()
  for (let j = 0; j < columns.sizes[0]; j++) {
    const column = columns.select(0, j)
    const earlier = columns.narrow(0, 0, j)
    for (let time = 0; time < 2; time++) column.sub_(matmul(matmul(earlier, column), earlier))
    column.div_(norm(column))
  }
  return columns.t()
}

/**
 * Saxe, McClelland and Ganguli (2014): a random orthogonal matrix times `gain`; its rows are the first dim, its columns
 * all others, and the fewer of the two are orthonormal.
 */
export const orthogonal_ = declare(
  'orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator? = null)',
  (tensor, gain, generator) => {
    const { sizes, numelCached } = tensor
    if (sizes.length < 2) throw new RangeError('Only tensors with 2 or more dimensions are supported')
    if (numelCached === 0) return tensor
    return noGrad(() => {
      const drawn = drawNormal(emptyLike(tensor).reshape(sizes[0], numelCached / sizes[0]), 0, 1, { generator })
      const isWide = drawn.sizes[0] < drawn.sizes[1]
      const q = isWide ? orthonormal(drawn.t()).t() : orthonormal(drawn)
      return tensor.copy_(q.reshape(sizes)).mul_(gain)
    })
  },
  ['nn.init']
)

/**
 * Glorot and Bengio (2010): uniform with standard deviation `gain * sqrt(2 / (fanIn + fanOut))`; see `calculateGain`.
 */
export const xavierUniform_ = declare(
  'xavierUniform_(tensor: Tensor, gain: float = 1, generator: Generator? = null)',
  (tensor, gain, generator) => {
    const bound = Math.sqrt(3) * xavierStd(tensor, gain)
    return uniform(tensor, -bound, bound, generator)
  },
  ['nn.init']
)

/**
 * Glorot and Bengio (2010): normal with standard deviation `gain * sqrt(2 / (fanIn + fanOut))`; see `calculateGain`.
 */
export const xavierNormal_ = declare(
  'xavierNormal_(tensor: Tensor, gain: float = 1, generator: Generator? = null)',
  (tensor, gain, generator) => normal(tensor, 0, xavierStd(tensor, gain), generator),
  ['nn.init']
)

const KAIMING =
  "tensor: Tensor, a: float = 0, mode: fanMode = 'fanIn', nonlinearity: nonlinearity = 'leakyRelu', generator: Generator? = null"

/**
 * He et al. (2015): uniform with standard deviation `gain / sqrt(fan)`. `a` is the slope of the leaky ReLU after this
 * layer, or what `nonlinearity` says follows it; `mode` keeps the variance of the forward pass or of the backward pass.
 */
export const kaimingUniform_ = declare(
  `kaimingUniform_(${KAIMING})`,
  (tensor, a, mode, nonlinearity, generator) => {
    if (isEmpty(tensor)) return tensor
    const bound = Math.sqrt(3) * kaimingStd(tensor, a, mode, nonlinearity)
    return uniform(tensor, -bound, bound, generator)
  },
  ['nn.init']
)

/**
 * He et al. (2015): normal with standard deviation `gain / sqrt(fan)`; the parameters are those of `kaimingUniform_`.
 */
export const kaimingNormal_ = declare(
  `kaimingNormal_(${KAIMING})`,
  (tensor, a, mode, nonlinearity, generator) =>
    isEmpty(tensor) ? tensor : normal(tensor, 0, kaimingStd(tensor, a, mode, nonlinearity), generator),
  ['nn.init']
)

function xavierStd(tensor: Tensor, gain: number): number {
  const { fanIn, fanOut } = calculateFans(tensor)
  if (fanIn + fanOut === 0) throw new RangeError(`float division by zero: the fans of ${shapeText(tensor.sizes)} are 0`)
  return gain * Math.sqrt(2 / (fanIn + fanOut))
}

const kaimingStd = (tensor: Tensor, a: number, mode: FanMode, nonlinearity: Nonlinearity): number =>
  calculateGain(nonlinearity, a) / Math.sqrt(calculateFans(tensor)[fans[mode]])

function isEmpty(tensor: Tensor): boolean {
  if (tensor.numelCached > 0) return false
  warnOnce('Initializing zero-element tensors is a no-op')
  return true
}

/** Numbers of inputs and outputs of a weight [out, in, ...receptive field]. */
export const calculateFans = declare(
  'calculateFans(tensor: Tensor)',
  (tensor): Record<'fanIn' | 'fanOut', number> => {
    const { sizes: shape } = tensor
    if (shape.length < 2) {
      throw new RangeError('Fan in and fan out can not be computed for tensor with fewer than 2 dimensions')
    }
    const field = shape.slice(2).reduce((product, size) => product * size, 1)
    return { fanIn: shape[1] * field, fanOut: shape[0] * field }
  },
  ['nn.init']
)
