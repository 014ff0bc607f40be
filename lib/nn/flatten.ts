// Layers that only rearrange elements.

import { type Arguments, member } from '../declare'
import { Tensor } from '../tensor'
import { Module, ofInput } from './module'

const signature = member('Flatten(startDim: int = 1, endDim: int = -1)')

/** Merges dims `startDim` to `endDim` into one; keeps the batch dim unless told otherwise. */
export class Flatten extends Module {
  /** First dim to merge. */
  readonly startDim: number
  /** Last dim to merge. */
  readonly endDim: number

  constructor(...args: Arguments<typeof signature>) {
    super()
    ;[this.startDim, this.endDim] = signature.read(args)
  }

  override forward(...args: Arguments<typeof ofInput>): Tensor
  override forward(input: Tensor): Tensor {
    if (arguments.length !== 1 || !(input instanceof Tensor)) input = ofInput.read(arguments)[0]
    return input.flatten(this.startDim, this.endDim)
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`
  }
}
