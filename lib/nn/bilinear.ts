// The bilinear layer: each output is a form of two inputs.

import { type Arguments, member } from '../declare'
import { checkArity, wrongKind } from '../kinds'
import { empty } from '../ops/creation'
import { Tensor } from '../tensor'
import { pythonText } from './describe'
import { bilinear } from './functional/bilinear'
import { uniform_ } from './init'
import { Module, checkLearned, settle } from './module'
import { Parameter } from './parameter'

const signature = member(
  'Bilinear(in1Features: int, in2Features: int, outFeatures: int, bias: bool = true, device: device? = null, dtype: dtype? = null)'
)
const ofPair = member('Bilinear.forward(input1: Tensor, input2: Tensor)')

/**
 * `input1 @ weight[o] @ input2 + bias[o]` over the last dims: [..., in1Features] and [..., in2Features] to
 * [..., outFeatures]. Learns a bias unless told otherwise.
 */
export class Bilinear extends Module {
  /** Size of the first input's last dim. */
  readonly in1Features: number
  /** Size of the second input's last dim. */
  readonly in2Features: number
  /** Size of the output's last dim. */
  readonly outFeatures: number
  /** [outFeatures, in1Features, in2Features]. */
  weight: Parameter
  /** [outFeatures], null without bias. */
  bias: Parameter | null

  constructor(...args: Arguments<typeof signature>) {
    super()
    const [in1Features, in2Features, outFeatures, bias, , dtype] = signature.read(args)
    if (in1Features <= 0) throw new RangeError(`in1Features must be > 0, but got (in1Features=${in1Features})`)
    this.in1Features = in1Features
    this.in2Features = in2Features
    this.outFeatures = outFeatures
    const options = dtype === null ? {} : { dtype }
    this.weight = new Parameter(empty([outFeatures, in1Features, in2Features], options))
    this.bias = bias ? new Parameter(empty([outFeatures], options)) : null
    settle(this)
    this.resetParameters()
  }

  /** Draws weight and bias from U(±1 / sqrt(in1Features)). */
  resetParameters(): void {
    checkArity('resetParameters', arguments.length, 0)
    const { weight }: { weight: unknown } = this
    if (!(weight instanceof Tensor)) throw wrongKind('resetParameters', 'weight', 'a Tensor', weight)
    const bound = 1 / Math.sqrt(weight.shape[1])
    uniform_(weight, -bound, bound)
    if (this.bias !== null) uniform_(this.bias, -bound, bound)
  }

  override forward(...args: Arguments<typeof ofPair>): Tensor
  override forward(input1: Tensor, input2: Tensor): Tensor {
    if (arguments.length !== 2 || !(input1 instanceof Tensor) || !(input2 instanceof Tensor)) {
      ;[input1, input2] = ofPair.read(arguments)
    }
    checkLearned(this, this.weight, this.bias)
    return bilinear(input1, input2, this.weight, this.bias)
  }

  override extraRepr(): string {
    const [in1, in2, out] = [this.in1Features, this.in2Features, this.outFeatures].map(pythonText)
    const features = `in1_features=${in1}, in2_features=${in2}, out_features=${out}`
    return `${features}, bias=${pythonText(this.bias !== null)}`
  }
}
