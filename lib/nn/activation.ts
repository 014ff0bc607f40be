// Activations as modules; the mathematics is in ops.

import { type Arguments, member } from '../declare'
import { sigmoid, tanh } from '../ops/elementwise'
import { Tensor } from '../tensor'
import { pythonText } from './describe'
import { logSoftmax, relu, softmax } from './functional/activation'
import { Module, ofInput } from './module'

const signatures = {
  relu: member('ReLU(inplace: bool = false)'),
  softmax: member('Softmax(dim: int? = null)'),
  logSoftmax: member('LogSoftmax(dim: int? = null)')
}

interface Elementwise extends Module {
  forward(...args: Arguments<typeof ofInput>): Tensor
}

/** The class of a module without options that applies `op` to each element. */
function elementwise(op: (input: Tensor) => Tensor): new () => Elementwise {
  return class extends Module {
    override forward(...args: Arguments<typeof ofInput>): Tensor
    override forward(input: Tensor): Tensor {
      if (arguments.length !== 1 || !(input instanceof Tensor)) input = ofInput.read(arguments)[0]
      return op(input)
    }
  }
}

/** Logistic function of each element. */
export class Sigmoid extends elementwise(sigmoid) {}

/** Hyperbolic tangent of each element. */
export class Tanh extends elementwise(tanh) {}

/** `max(x, 0)` of each element, written over the input with `inplace`. */
export class ReLU extends Module {
  /** Writes over the input. */
  readonly inplace: boolean

  constructor(...args: Arguments<typeof signatures.relu>) {
    super()
    ;[this.inplace] = signatures.relu.read(args)
  }

  override forward(...args: Arguments<typeof ofInput>): Tensor
  override forward(input: Tensor): Tensor {
    if (arguments.length !== 1 || !(input instanceof Tensor)) input = ofInput.read(arguments)[0]
    return relu.settled(input, this.inplace)
  }

  override extraRepr(): string {
    return this.inplace ? 'inplace=True' : ''
  }
}

/** A module that works along a dim. */
abstract class AlongDim extends Module {
  constructor(readonly dim: number | null) {
    super()
  }

  override extraRepr(): string {
    return `dim=${pythonText(this.dim)}`
  }
}

/** `exp(x) / sum(exp(x))` along a dim. */
export class Softmax extends AlongDim {
  constructor(...args: Arguments<typeof signatures.softmax>) {
    super(...signatures.softmax.read(args))
  }

  override forward(...args: Arguments<typeof ofInput>): Tensor
  override forward(input: Tensor): Tensor {
    if (arguments.length !== 1 || !(input instanceof Tensor)) input = ofInput.read(arguments)[0]
    return softmax.settled(input, this.dim, 3, null)
  }
}

/** `log(softmax(x))` along a dim. */
export class LogSoftmax extends AlongDim {
  constructor(...args: Arguments<typeof signatures.logSoftmax>) {
    super(...signatures.logSoftmax.read(args))
  }

  override forward(...args: Arguments<typeof ofInput>): Tensor
  override forward(input: Tensor): Tensor {
    if (arguments.length !== 1 || !(input instanceof Tensor)) input = ofInput.read(arguments)[0]
    return logSoftmax.settled(input, this.dim, 3, null)
  }
}
