// Normalizations as modules; the mathematics is in functional.

import { type Arguments, member } from '../declare'
import type { DType } from '../dtype'
import { checkArity } from '../kinds'
import { ones, zeros } from '../ops/creation'
import type { Shape } from '../shape'
import { Tensor } from '../tensor'
import { floatText, pythonText, tupleText } from './describe'
import { layerNorm, rmsNorm } from './functional/normalization'
import { ones_, zeros_ } from './init'
import { Module, checkLearned, ofInput, settle } from './module'
import { Parameter } from './parameter'

const MEMORY = 'device: device? = null, dtype: dtype? = null'

const signatures = {
  layerNorm: member(
    `LayerNorm(normalizedShape: int|int[], eps: float = 1e-5, elementwiseAffine: bool = true, bias: bool = true, ${MEMORY})`
  ),
  rmsNorm: member(`RMSNorm(normalizedShape: int|int[], eps: float? = null, elementwiseAffine: bool = true, ${MEMORY})`)
}

/** Rows over the last dims, which may be scaled element by element. */
abstract class RowNorm extends Module {
  readonly normalizedShape: Shape
  /** Factor of each element of a row; null where nothing is learned. */
  weight: Parameter | null

  constructor(
    normalizedShape: number | readonly number[],
    readonly elementwiseAffine: boolean,
    dtype: DType | null
  ) {
    super()
    this.normalizedShape = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape
    this.weight = elementwiseAffine ? new Parameter(ones(this.normalizedShape, dtype === null ? {} : { dtype })) : null
  }

  /** Sets the weight to 1. */
  resetParameters(): void {
    checkArity('resetParameters', arguments.length, 0)
    if (this.weight !== null) ones_(this.weight)
  }
}

/**
 * Rows over the last dims with mean 0 and variance 1; learns a factor and a bias for each element of a row unless told
 * otherwise.
 */
export class LayerNorm extends RowNorm {
  /** Added to the variance. */
  readonly eps: number
  /** Added to each element of a row; null where nothing is learned. */
  bias: Parameter | null

  constructor(...args: Arguments<typeof signatures.layerNorm>) {
    const [normalizedShape, eps, elementwiseAffine, bias, , dtype] = signatures.layerNorm.read(args)
    super(normalizedShape, elementwiseAffine, dtype)
    this.eps = eps
    const learns = elementwiseAffine && bias
    this.bias = learns ? new Parameter(zeros(this.normalizedShape, dtype === null ? {} : { dtype })) : null
    settle(this)
  }

  /** Sets the weight to 1 and the bias to 0. */
  override resetParameters(): void {
    super.resetParameters()
    if (this.bias !== null) zeros_(this.bias)
  }

  override forward(...args: Arguments<typeof ofInput>): Tensor
  override forward(input: Tensor): Tensor {
    if (arguments.length !== 1 || !(input instanceof Tensor)) input = ofInput.read(arguments)[0]
    checkLearned(this, this.weight, this.bias)
    return layerNorm(input, this.normalizedShape, this.weight, this.bias, this.eps)
  }

  override extraRepr(): string {
    const options = `elementwise_affine=${pythonText(this.elementwiseAffine)}, bias=${pythonText(this.bias !== null)}`
    return `${tupleText(this.normalizedShape)}, eps=${floatText(this.eps)}, ${options}`
  }
}

/** Rows over the last dims with mean square 1; learns a factor for each element of a row unless told otherwise. */
export class RMSNorm extends RowNorm {
  /** Added to the mean square; the dtype's own where it is null. */
  readonly eps: number | null

  constructor(...args: Arguments<typeof signatures.rmsNorm>) {
    const [normalizedShape, eps, elementwiseAffine, , dtype] = signatures.rmsNorm.read(args)
    super(normalizedShape, elementwiseAffine, dtype)
    this.eps = eps
    settle(this)
  }

  override forward(...args: Arguments<typeof ofInput>): Tensor
  override forward(input: Tensor): Tensor {
    if (arguments.length !== 1 || !(input instanceof Tensor)) input = ofInput.read(arguments)[0]
    checkLearned(this, this.weight)
    return rmsNorm(input, this.normalizedShape, this.weight, this.eps)
  }

  override extraRepr(): string {
    const eps = this.eps === null ? 'None' : floatText(this.eps)
    return `${tupleText(this.normalizedShape)}, eps=${eps}, elementwise_affine=${pythonText(this.elementwiseAffine)}`
  }
}
