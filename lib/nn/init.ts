// Initial values, written in place without recording. Same seed, same values as PyTorch's torch.nn.init.

import { noGrad } from '../autograd/mode'
import { type Generator, normal_ as drawNormal, uniform_ as drawUniform } from '../ops/random'
import { type Tensor, warnOnce } from '../tensor'

/** Options of every random initialisation. */
export interface InitOptions {
  /** Draws from this stream instead of the default one. */
  readonly generator?: Generator
}

/** Options of `xavierUniform_` and `xavierNormal_`. */
export interface XavierOptions extends InitOptions {
  /** Factor of the standard deviation; see `calculateGain`. Default 1. */
  readonly gain?: number
}

/** Whether a weight's inputs or its outputs are counted. */
export type FanMode = 'fanIn' | 'fanOut'

/** Options of `kaimingUniform_` and `kaimingNormal_`. */
export interface KaimingOptions extends InitOptions {
  /** Negative slope of the leaky ReLU after this layer. Default 0. */
  readonly a?: number
  /** Keeps the variance of the forward pass ('fanIn', default) or of the backward pass. */
  readonly mode?: FanMode
  /** What follows the layer. Default 'leakyRelu'. */
  readonly nonlinearity?: Nonlinearity
}

const gains = {
  linear: 1,
  identity: 1,
  sigmoid: 1,
  tanh: 5 / 3,
  relu: Math.SQRT2,
  leakyRelu: (negativeSlope: number) => Math.sqrt(2 / (1 + negativeSlope ** 2)),
  selu: 3 / 4
}

/** Functions that `calculateGain` knows. */
export type Nonlinearity = keyof typeof gains

/** The factor that keeps variances through a nonlinearity; `param` is the slope of a leaky ReLU, 0.01 unless given. */
export function calculateGain(nonlinearity: Nonlinearity, param = 0.01): number {
  if (!Object.hasOwn(gains, nonlinearity)) throw new RangeError(`Unsupported nonlinearity ${nonlinearity}`)
  const gain = gains[nonlinearity]
  if (typeof gain === 'number') return gain
  if (typeof param !== 'number') throw new TypeError(`negative_slope ${String(param)} not a valid number`)
  return gain(param)
}

/** Uniform on [a, b). */
export const uniform_ = (self: Tensor, a = 0, b = 1, options: InitOptions = {}): Tensor =>
  noGrad(() => drawUniform(self, a, b, { generator: options.generator }))

/** Normal with a mean and a standard deviation. */
export const normal_ = (self: Tensor, mean = 0, std = 1, options: InitOptions = {}): Tensor =>
  noGrad(() => drawNormal(self, mean, std, { generator: options.generator }))

/** `value` everywhere. */
export const constant_ = (self: Tensor, value: number): Tensor => noGrad(() => self.fill_(value))

/** 0 everywhere. */
export const zeros_ = (self: Tensor): Tensor => constant_(self, 0)

/** 1 everywhere. */
export const ones_ = (self: Tensor): Tensor => constant_(self, 1)

/** Glorot and Bengio (2010): uniform with standard deviation `gain * sqrt(2 / (fanIn + fanOut))`. */
export function xavierUniform_(self: Tensor, { gain = 1, ...options }: XavierOptions = {}): Tensor {
  const bound = Math.sqrt(3) * xavierStd(self, gain)
  return uniform_(self, -bound, bound, options)
}

/** Glorot and Bengio (2010): normal with standard deviation `gain * sqrt(2 / (fanIn + fanOut))`. */
export function xavierNormal_(self: Tensor, { gain = 1, ...options }: XavierOptions = {}): Tensor {
  return normal_(self, 0, xavierStd(self, gain), options)
}

/** He et al. (2015): uniform with standard deviation `gain / sqrt(fan)`. */
export function kaimingUniform_(self: Tensor, options: KaimingOptions = {}): Tensor {
  if (isEmpty(self)) return self
  const bound = Math.sqrt(3) * kaimingStd(self, options)
  return uniform_(self, -bound, bound, options)
}

/** He et al. (2015): normal with standard deviation `gain / sqrt(fan)`. */
export function kaimingNormal_(self: Tensor, options: KaimingOptions = {}): Tensor {
  return isEmpty(self) ? self : normal_(self, 0, kaimingStd(self, options), options)
}

function xavierStd(self: Tensor, gain: number): number {
  const { fanIn, fanOut } = calculateFans(self)
  return gain * Math.sqrt(2 / (fanIn + fanOut))
}

function kaimingStd(self: Tensor, { a = 0, mode = 'fanIn', nonlinearity = 'leakyRelu' }: KaimingOptions): number {
  if (mode !== 'fanIn' && mode !== 'fanOut') {
    throw new RangeError(`Mode ${String(mode)} not supported, please use one of ['fanIn', 'fanOut']`)
  }
  return calculateGain(nonlinearity, a) / Math.sqrt(calculateFans(self)[mode])
}

function isEmpty(self: Tensor): boolean {
  if (self.numelCached > 0) return false
  warnOnce('Initializing zero-element tensors is a no-op')
  return true
}

/** Numbers of inputs and outputs of a weight [out, in, ...receptive field]. */
export function calculateFans(tensor: Tensor): Record<FanMode, number> {
  const { sizes: shape } = tensor
  if (shape.length < 2) {
    throw new RangeError('Fan in and fan out can not be computed for tensor with fewer than 2 dimensions')
  }
  const field = shape.slice(2).reduce((product, size) => product * size, 1)
  return { fanIn: shape[1] * field, fanOut: shape[0] * field }
}
