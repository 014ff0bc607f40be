// Activations as modules.

import { type Arguments, member } from '../declare'
import { checkArity } from '../kinds'
import { empty } from '../ops/creation'
import { sigmoid, tanh } from '../ops/elementwise'
import { hardshrink, prelu } from '../ops/rectifiers'
import type { Tensor } from '../tensor'
import { floatText } from './describe'
import {
  celu,
  elu,
  gelu,
  glu,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  logSoftmax,
  logsigmoid,
  mish,
  relu,
  rrelu,
  selu,
  silu,
  softmax,
  softmin,
  softplus,
  softshrink,
  softsign,
  tanhshrink,
  threshold
} from './functional/activation'
import { constant_ } from './init'
import { Module, checkLearned, ofInput, settle } from './module'
import { Parameter } from './parameter'
import { layerOf } from './of-function'

/** Logistic function of each element. */
export class Sigmoid extends layerOf('Sigmoid()', sigmoid) {}

/** Hyperbolic tangent of each element. */
export class Tanh extends layerOf('Tanh()', tanh) {}

/** `max(x, 0)` of each element, written over the input with `inplace`. */
export class ReLU extends layerOf('ReLU(inplace: bool = false)', relu) {}

/** `x` where it is above 0, else `negativeSlope * x`. */
export class LeakyReLU extends layerOf('LeakyReLU(negativeSlope: float = 0.01, inplace: bool = false)', leakyRelu) {}

/** `x` where it is above 0, else `alpha * (exp(x) - 1)`. */
export class ELU extends layerOf('ELU(alpha: float = 1, inplace: bool = false)', elu) {}

/** `log(1 + exp(beta * x)) / beta`, `x` itself where `beta * x` exceeds the threshold. */
export class Softplus extends layerOf('Softplus(beta: float = 1, threshold: float = 20)', softplus) {}

/** `x * sigmoid(x)`. */
export class SiLU extends layerOf('SiLU(inplace: bool = false)', silu) {}

/** `x` times the normal distribution up to it, or with `approximate` 'tanh' near to that. */
export class GELU extends layerOf("GELU(approximate: str = 'none')", gelu) {}

// The names that minVal and maxVal once had keep their places.
const RENAMED = 'minValue: null = null, maxValue: null = null'

/** `x` limited to [minVal, maxVal]; the gradient at the limits is 0. */
export class Hardtanh extends layerOf(
  `Hardtanh(minVal: float = -1, maxVal: float = 1, inplace: bool = false, ${RENAMED})`,
  hardtanh,
  ({ minVal, maxVal }) => {
    if (maxVal <= minVal) {
      throw new RangeError(`maxVal (${floatText(maxVal)}) must be greater than minVal (${floatText(minVal)})`)
    }
  }
) {}

/** `exp(x) / sum(exp(x))` along a dim. */
export class Softmax extends layerOf('Softmax(dim: int? = null)', softmax) {}

/** `log(softmax(x))` along a dim. */
export class LogSoftmax extends layerOf('LogSoftmax(dim: int? = null)', logSoftmax) {}

/** `exp(-x) / sum(exp(-x))` along a dim. */
export class Softmin extends layerOf('Softmin(dim: int? = null)', softmin) {}

/** `x / (1 + |x|)` of each element. */
export class Softsign extends layerOf('Softsign()', softsign) {}

/** `x * tanh(softplus(x))`. */
export class Mish extends layerOf('Mish(inplace: bool = false)', mish) {}

/** `scale * x` above 0, else `scale * alpha * (exp(x) - 1)`, with the two numbers of self-normalisation. */
export class SELU extends layerOf('SELU(inplace: bool = false)', selu) {}

/** `x` where it is above 0, else `alpha * (exp(x / alpha) - 1)`. */
export class CELU extends layerOf('CELU(alpha: float = 1, inplace: bool = false)', celu) {}

/** `x / 6 + 1/2`, limited to [0, 1]. */
export class Hardsigmoid extends layerOf('Hardsigmoid(inplace: bool = false)', hardsigmoid) {}

/** `x * hardsigmoid(x)`. */
export class Hardswish extends layerOf('Hardswish(inplace: bool = false)', hardswish) {}

/** 0 within [-lambd, lambd], else `x`. */
export class Hardshrink extends layerOf('Hardshrink(lambd: float = 0.5)', hardshrink) {
  override extraRepr(): string {
    return floatText(this.lambd)
  }
}

/** `x` drawn towards 0 by `lambd`, 0 within [-lambd, lambd]. */
export class Softshrink extends layerOf('Softshrink(lambd: float = 0.5)', softshrink) {
  override extraRepr(): string {
    return floatText(this.lambd)
  }
}

/** `x - tanh(x)`. */
export class Tanhshrink extends layerOf('Tanhshrink()', tanhshrink) {}

/** `log(sigmoid(x))`, exact where the sigmoid underflows. */
export class LogSigmoid extends layerOf('LogSigmoid()', logsigmoid) {}

/** `x` where it is above the threshold, else `value`. */
export class Threshold extends layerOf('Threshold(threshold: float, value: float, inplace: bool = false)', threshold) {}

/** The first half of a dim times the sigmoid of its second half. */
export class GLU extends layerOf('GLU(dim: int = -1)', glu) {}

const relu6Signature = member('ReLU6(inplace: bool = false)')

/** `x` limited to [0, 6]: a Hardtanh. */
export class ReLU6 extends Hardtanh {
  constructor(...args: Arguments<typeof relu6Signature>) {
    const [inplace] = relu6Signature.read(args)
    super(0, 6, inplace)
  }

  override extraRepr(): string {
    return this.inplace ? 'inplace=True' : ''
  }
}

const rreluSignature = member('RReLU(lower: float = 0.125, upper: float = 0.3333333333333333, inplace: bool = false)')

/** `x` where it is above 0, else `x` times a slope: drawn from U(lower, upper) in training, else the mean of both. */
export class RReLU extends Module {
  lower: number
  upper: number
  inplace: boolean

  constructor(...args: Arguments<typeof rreluSignature>) {
    super()
    ;[this.lower, this.upper, this.inplace] = rreluSignature.read(args)
  }

  override forward(...args: Arguments<typeof ofInput>): Tensor {
    const [input] = ofInput.read(args)
    return rrelu(input, this.lower, this.upper, this.training, this.inplace)
  }

  override extraRepr(): string {
    const written = this.inplace ? ', inplace=True' : ''
    return `lower=${floatText(this.lower)}, upper=${floatText(this.upper)}${written}`
  }
}

const preluSignature = member(
  'PReLU(numParameters: int = 1, init: float = 0.25, device: device? = null, dtype: dtype? = null)'
)

/** `x` where it is above 0, else `weight * x`: one learned weight, or one for each index of dim 1. */
export class PReLU extends Module {
  readonly numParameters: number
  /** What the weights begin with. */
  readonly init: number
  /** [numParameters]. */
  weight: Parameter

  constructor(...args: Arguments<typeof preluSignature>) {
    super()
    const [numParameters, init, , dtype] = preluSignature.read(args)
    this.numParameters = numParameters
    this.init = init
    this.weight = new Parameter(empty([numParameters], dtype === null ? {} : { dtype }))
    settle(this)
    this.resetParameters()
  }

  /** Sets the weights to `init`. */
  resetParameters(): void {
    checkArity('resetParameters', arguments.length, 0)
    constant_(this.weight, this.init)
  }

  override forward(...args: Arguments<typeof ofInput>): Tensor {
    const [input] = ofInput.read(args)
    checkLearned(this, this.weight)
    return prelu(input, this.weight)
  }

  override extraRepr(): string {
    return `num_parameters=${this.numParameters}`
  }
}
