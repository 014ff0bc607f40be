// Activations as modules.

import { sigmoid, tanh } from '../ops/elementwise'
import { floatText } from './describe'
import {
  elu,
  gelu,
  hardtanh,
  leakyRelu,
  logSoftmax,
  relu,
  silu,
  softmax,
  softmin,
  softplus,
  softsign
} from './functional/activation'
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
