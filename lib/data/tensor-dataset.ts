// Samples that are slices of tensors.

import type { Tensor } from '../index'
import { valueText, tensorAdvice } from '../kinds'
import { Dataset, isTensor } from './dataset'

/** A Tensor in place of each of several. */
type Slices<Tensors extends readonly Tensor[]> = { -readonly [At in keyof Tensors]: Tensor }

/** Samples along the first dim of tensors; a batch is one gather of each. */
export class TensorDataset<Tensors extends readonly [Tensor, ...Tensor[]] = [Tensor, ...Tensor[]]> extends Dataset<
  Slices<Tensors>
> {
  readonly tensors: Tensors

  constructor(...tensors: Tensors) {
    super()
    if (tensors.length === 0) throw new TypeError("TensorDataset() missing 1 required argument: 'tensors'")
    for (const each of tensors) {
      if (!isTensor(each as unknown))
        throw new TypeError(`TensorDataset: tensors must be Tensors, got ${valueText(each)}${tensorAdvice(each)}`)
      if (each.dim() === 0) throw new RangeError('TensorDataset: tensors must have a first dim, got a tensor of 0 dims')
    }
    const sizes = tensors.map((each) => each.size(0))
    if (sizes.some((size) => size !== sizes[0]))
      throw new RangeError(`Size mismatch between tensors; their first dims have ${sizes.join(', ')} elements`)
    this.tensors = tensors
  }

  get length(): number {
    return this.tensors[0].size(0)
  }

  getItem(index: number): Slices<Tensors> {
    return this.tensors.map((each) => each.at(index)) as Slices<Tensors>
  }

  getItems(indices: readonly number[]): Slices<Tensors>[] {
    const columns = this.tensors.map((each) => each.at([...indices]).unbind(0))
    return indices.map((_, i) => columns.map((rows) => rows[i]) as Slices<Tensors>)
  }

  getBatch(indices: Tensor): Slices<Tensors> {
    return this.tensors.map((each) => each.indexSelect(0, indices)) as Slices<Tensors>
  }
}
