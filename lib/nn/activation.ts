// Activations as modules.

import { sigmoid, tanh } from '../ops/elementwise'
import { logSoftmax, relu, softmax } from './functional/activation'
import { layerOf } from './of-function'

/** Logistic function of each element. */
export class Sigmoid extends layerOf('Sigmoid()', sigmoid) {}

/** Hyperbolic tangent of each element. */
export class Tanh extends layerOf('Tanh()', tanh) {}

/** `max(x, 0)` of each element, written over the input with `inplace`. */
export class ReLU extends layerOf('ReLU(inplace: bool = false)', relu) {}

/** `exp(x) / sum(exp(x))` along a dim. */
export class Softmax extends layerOf('Softmax(dim: int? = null)', softmax) {}

/** `log(softmax(x))` along a dim. */
export class LogSoftmax extends layerOf('LogSoftmax(dim: int? = null)', logSoftmax) {}
