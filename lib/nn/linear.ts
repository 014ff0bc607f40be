// The fully connected layer, and the one that does nothing.

import type { DType } from '../dtype'
import { checkFlag } from '../kinds'
import { empty } from '../ops/creation'
import { guard } from '../recording'
import type { Tensor } from '../tensor'
import { pythonText } from './describe'
import { linear } from './functional'
import { calculateFans, kaimingUniform_, uniform_ } from './init'
import { Module } from './module'
import { Parameter } from './parameter'

/** Options of `Linear`. */
export interface LinearOptions {
  /** Adds a learned bias. Default true. */
  readonly bias?: boolean
  /** Dtype of weight and bias. Default float32. */
  readonly dtype?: DType
}

/** `input @ weight^T + bias` over the last dim: [..., inFeatures] to [..., outFeatures]. */
export class Linear extends Module {
  /** [outFeatures, inFeatures]. */
  weight: Parameter
  /** [outFeatures], null without bias. */
  bias: Parameter | null

  constructor(
    /** Size of the input's last dim. */
    readonly inFeatures: number,
    /** Size of the output's last dim. */
    readonly outFeatures: number,
    { bias = true, dtype }: LinearOptions = {}
  ) {
    super()
    checkFlag(bias, 'Linear', 'bias')
    this.weight = new Parameter(empty([outFeatures, inFeatures], { dtype }))
    this.bias = bias ? new Parameter(empty([outFeatures], { dtype })) : null
    this.resetParameters()
  }

  /** Draws weight and bias from U(±1 / sqrt(inFeatures)). */
  resetParameters(): void {
    // A leaky ReLU of slope sqrt(5) makes He's bound 1 / sqrt(inFeatures).
    kaimingUniform_(this.weight, { a: Math.sqrt(5) })
    if (this.bias === null) return
    const { fanIn } = calculateFans(this.weight)
    const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0
    uniform_(this.bias, -bound, bound)
  }

  override forward(input: Tensor): Tensor {
    guard(this, 'weight')
    guard(this, 'bias')
    return linear(input, this.weight, this.bias)
  }

  override extraRepr(): string {
    const bias = pythonText(this.bias !== null)
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${bias}`
  }
}

/** Returns its input. */
export class Identity extends Module {
  override forward(input: Tensor): Tensor {
    return input
  }
}
