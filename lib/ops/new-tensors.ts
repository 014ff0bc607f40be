// Tensors of the dtype of another one.

import { declare } from '../declare'
import { type DType, elementOf } from '../dtype'
import type { Shape } from '../shape'
import type { Tensor } from '../tensor'
import { cast } from './core/copy'
import { tensorOf } from './core/data'
import { fillInto } from './core/fill'
import { checkSizes, codeOf, finish } from './core/leaf'
import { emptyOwned } from './define/result'

function filledNew(of: Tensor, size: Shape, value: number, dtype: DType | null, requiresGrad: boolean): Tensor {
  const result = emptyOwned(checkSizes(size), codeOf(dtype, of.code))
  fillInto(result, elementOf(value, result.code))
  return finish(result, requiresGrad)
}

/** Uninitialised elements of the dtype of `input`. */
export const newEmpty = declare(
  'newEmpty(input: Tensor, size: int..., *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (input, size, dtype, requiresGrad): Tensor =>
    finish(emptyOwned(checkSizes(size), codeOf(dtype, input.code)), requiresGrad),
  ['Tensor']
)

/** Zeros of the dtype of `input`. */
export const newZeros = declare(
  'newZeros(input: Tensor, size: int..., *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (input, size, dtype, requiresGrad): Tensor => filledNew(input, size, 0, dtype, requiresGrad),
  ['Tensor']
)

/** Ones of the dtype of `input`. */
export const newOnes = declare(
  'newOnes(input: Tensor, size: int..., *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (input, size, dtype, requiresGrad): Tensor => filledNew(input, size, 1, dtype, requiresGrad),
  ['Tensor']
)

/** `fillValue` everywhere, of the dtype of `input`. */
export const newFull = declare(
  'newFull(input: Tensor, size: int[], fillValue: scalar, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (input, size, fillValue, dtype, requiresGrad): Tensor =>
    filledNew(input, size, Number(fillValue), dtype, requiresGrad),
  ['Tensor']
)

/** A tensor of a copy of `data`, of the dtype of `input`. */
export const newTensor = declare(
  'newTensor(input: Tensor, data: data, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (input, data, dtype, requiresGrad): Tensor => finish(tensorOf(data, dtype ?? input.dtype), requiresGrad),
  ['Tensor']
)

/** Converted to the dtype of another tensor; the very same tensor when it has it. */
export const typeAs = declare(
  'typeAs(input: Tensor, other: Tensor)',
  (input, other): Tensor => cast(input, other.code),
  ['Tensor']
)
