// Copies, casts and fills: the ops that write every element of a tensor.

import { declare } from '../declare'
import { dtypeCode, elementOf } from '../dtype'
import type { Shape } from '../shape'
import type { Tensor } from '../tensor'
import { sumToShape } from './core/broadcast'
import * as core from './core/copy'
import { fillInto } from './core/fill'
import { rule } from './define/operation'
import { checkTensor } from './define/result'
import { checkShapeKept, cut, formOf, overwriting, recordInPlace } from './define/write'

/** A copy with a gradient back to `self`. Dense strides are kept. */
export const clone = declare('clone(input: Tensor)', (input): Tensor => {
  return core.clone(input)
})

/** Converts to a dtype; the very same tensor when it has it. */
export const to = declare(
  'to(input: Tensor, dtype: dtype)',
  (input, dtype): Tensor => {
    return core.cast(input, dtypeCode(dtype))
  },
  ['Tensor']
)

/** A row-major tensor of the same values; the very same tensor when it is one. */
export const contiguous = declare(
  'contiguous(input: Tensor)',
  (input): Tensor => {
    return core.contiguous(input)
  },
  ['Tensor']
)

interface Source {
  readonly shape: Shape
  readonly code: number
}

const copyForm = formOf<Source>(
  rule('CopyBackwards', cut, (g, _, { shape, code }) => core.cast(sumToShape(g, shape), code)),
  (self, [source]) => {
    checkShapeKept(self, source.sizes, 'copy_')
    core.copyInto(self, source)
  }
)

/** Copies `source`, broadcast and cast, into `self` in place. */
export function copy_(self: Tensor, source: Tensor): Tensor {
  checkTensor(source, 'copy_', 'source')
  return recordInPlace(copyForm, self, [source], { shape: source.sizes, code: source.code })
}

const fill = overwriting('FillBackward2', fillInto)
const zero = overwriting('ZeroBackward0', fillInto)

/** Sets every element in place. */
export function fill_(self: Tensor, value: number | boolean): Tensor {
  checkTensor(self, 'fill_', 'self')
  return fill(self, elementOf(Number(value), self.code))
}

/** Sets every element to 0 in place. */
export function zero_(self: Tensor): Tensor {
  checkTensor(self, 'zero_', 'self')
  return zero(self, 0)
}
