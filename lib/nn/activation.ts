// Activations as modules; the mathematics is in ops.

import { checkFlag } from '../kinds'
import { sigmoid, tanh } from '../ops/elementwise'
import { guard } from '../recording'
import type { Tensor } from '../tensor'
import { pythonText } from './describe'
import { logSoftmax, relu, softmax } from './functional'
import { Module } from './module'

interface Elementwise extends Module {
  forward(input: Tensor): Tensor
}

/** The class of a module without options that applies `op` to each element. */
function elementwise(op: (input: Tensor) => Tensor): new () => Elementwise {
  return class extends Module {
    override forward(input: Tensor): Tensor {
      return op(input)
    }
  }
}

/** Logistic function of each element. */
export class Sigmoid extends elementwise(sigmoid) {}

/** Hyperbolic tangent of each element. */
export class Tanh extends elementwise(tanh) {}

/** `max(x, 0)` of each element. */
export class ReLU extends Module {
  /** Writes over the input. */
  readonly inplace: boolean

  constructor({ inplace = false }: { inplace?: boolean } = {}) {
    super()
    checkFlag(inplace, 'ReLU', 'inplace')
    this.inplace = inplace
  }

  override forward(input: Tensor): Tensor {
    guard(this, 'inplace')
    return relu(input, this)
  }

  override extraRepr(): string {
    return this.inplace ? 'inplace=True' : ''
  }
}

/** A module that works along a dim. */
abstract class AlongDim extends Module {
  constructor(readonly dim: number | null = null) {
    super()
  }

  override extraRepr(): string {
    return `dim=${pythonText(this.dim)}`
  }
}

/** `exp(x) / sum(exp(x))` along a dim. */
export class Softmax extends AlongDim {
  override forward(input: Tensor): Tensor {
    guard(this, 'dim')
    return softmax(input, this.dim)
  }
}

/** `log(softmax(x))` along a dim. */
export class LogSoftmax extends AlongDim {
  override forward(input: Tensor): Tensor {
    guard(this, 'dim')
    return logSoftmax(input, this.dim)
  }
}
