// The fully connected layer, and the one that does nothing.

import { type Arguments, member } from '../declare'
import { checkArity } from '../kinds'
import { empty } from '../ops/creation'
import { Tensor } from '../tensor'
import { pythonText } from './describe'
import { linear } from './functional/linear'
import { calculateFans, kaimingUniform_, uniform_ } from './init'
import { Module, checkLearned, ofInput, settle } from './module'
import { Parameter } from './parameter'

const signature = member(
  'Linear(inFeatures: int, outFeatures: int, bias: bool = true, device: device? = null, dtype: dtype? = null)'
)

/**
 * `input @ weight^T + bias` over the last dim: [..., inFeatures] to [..., outFeatures]. Learns a bias unless told
 * otherwise; `dtype` is that of weight and bias, float32 by default.
 */
export class Linear extends Module {
  /** Size of the input's last dim. */
  readonly inFeatures: number
  /** Size of the output's last dim. */
  readonly outFeatures: number
  /** [outFeatures, inFeatures]. */
  weight: Parameter
  /** [outFeatures], null without bias. */
  bias: Parameter | null

  constructor(...args: Arguments<typeof signature>) {
    super()
    const [inFeatures, outFeatures, bias, , dtype] = signature.read(args)
    this.inFeatures = inFeatures
    this.outFeatures = outFeatures
    const options = dtype === null ? {} : { dtype }
    this.weight = new Parameter(empty([outFeatures, inFeatures], options))
    this.bias = bias ? new Parameter(empty([outFeatures], options)) : null
    settle(this)
    this.resetParameters()
  }

  /** Draws weight and bias from U(±1 / sqrt(inFeatures)). */
  resetParameters(): void {
    checkArity('resetParameters', arguments.length, 0)
    // A leaky ReLU of slope sqrt(5) makes He's bound 1 / sqrt(inFeatures).
    kaimingUniform_(this.weight, Math.sqrt(5))
    if (this.bias === null) return
    const { fanIn } = calculateFans(this.weight)
    const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0
    uniform_(this.bias, -bound, bound)
  }

  override forward(...args: Arguments<typeof ofInput>): Tensor
  override forward(input: Tensor): Tensor {
    if (arguments.length !== 1 || !(input instanceof Tensor)) input = ofInput.read(arguments)[0]
    checkLearned(this, this.weight, this.bias)
    return linear(input, this.weight, this.bias)
  }

  override extraRepr(): string {
    const bias = pythonText(this.bias !== null)
    return `in_features=${pythonText(this.inFeatures)}, out_features=${pythonText(this.outFeatures)}, bias=${bias}`
  }
}

/** Returns its input, whatever it was made with. */
export class Identity extends Module {
  constructor(..._args: readonly unknown[]) {
    super()
  }

  override forward(...args: Arguments<typeof ofInput>): Tensor
  override forward(input: Tensor): Tensor {
    if (arguments.length !== 1 || !(input instanceof Tensor)) input = ofInput.read(arguments)[0]
    return input
  }
}
