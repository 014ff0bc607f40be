// Layers that only rearrange elements.

import type { Tensor } from '../tensor'
import { Module } from './module'

/** Merges dims `startDim` to `endDim` into one; keeps the batch dim unless told otherwise. */
export class Flatten extends Module {
  constructor(
    /** First dim to merge. */
    readonly startDim = 1,
    /** Last dim to merge. */
    readonly endDim = -1
  ) {
    super()
  }

  override forward(input: Tensor): Tensor {
    return input.flatten(this.startDim, this.endDim)
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`
  }
}
