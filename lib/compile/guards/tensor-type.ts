// What a program asks of a tensor but for its bytes.

import { dtypeNames } from '../../dtype'
import { type Shape, sameShape, shapeText } from '../../shape'
import type { Tensor } from '../../tensor'

/** Dtype, shape and strides of a tensor, and whether it needs a gradient: what a program is made for. */
export class TensorType {
  readonly shape: Shape
  readonly strides: Shape
  readonly code: number
  readonly requiresGrad: boolean
  readonly isLeaf: boolean

  constructor(tensor: Tensor) {
    this.shape = tensor.sizes
    this.strides = tensor.steps
    this.code = tensor.code
    this.requiresGrad = tensor.requiresGrad
    this.isLeaf = tensor.isLeaf
  }

  fits(tensor: Tensor): boolean {
    return (
      tensor.code === this.code &&
      (tensor.sizes === this.shape || sameShape(tensor.sizes, this.shape)) &&
      (tensor.steps === this.strides || sameShape(tensor.steps, this.strides)) &&
      tensor.requiresGrad === this.requiresGrad &&
      tensor.isLeaf === this.isLeaf
    )
  }

  toString(): string {
    const kind = this.requiresGrad ? (this.isLeaf ? ', a leaf that requires grad' : ', with a graph') : ''
    return `${dtypeNames[this.code]} ${shapeText(this.shape)} with strides ${shapeText(this.strides)}${kind}`
  }
}
