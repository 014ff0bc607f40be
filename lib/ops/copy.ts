// Copies, casts and fills: the ops that write every element of a tensor.

import { declare } from '../declare'
import { dtypeCode, elementOf } from '../dtype'
import type { Shape } from '../shape'
import { sumToShape } from './core/broadcast'
import * as core from './core/copy'
import { fillInto } from './core/fill'
import { rule } from './define/operation'
import { checkShapeKept, cut, formOf, overwriting, recordInPlace } from './define/write'

/** A copy with a gradient back to `self`. Dense strides are kept. */
export const clone = declare('clone(input: Tensor)', (input) => core.clone(input))

/** Converts to a dtype; the very same tensor when it has it. */
export const to = declare('to(input: Tensor, dtype: dtype)', (input, dtype) => core.cast(input, dtypeCode(dtype)), [
  'Tensor'
])

/** A row-major tensor of the same values; the very same tensor when it is one. */
export const contiguous = declare('contiguous(input: Tensor)', (input) => core.contiguous(input), ['Tensor'])

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

/** Copies `src`, broadcast and cast, into `input` in place. */
export const copy_ = declare('copy_(input: Tensor, src: Tensor, nonBlocking: bool = false)', (input, src) =>
  recordInPlace(copyForm, input, [src], { shape: src.sizes, code: src.code })
)

const fill = overwriting('FillBackward2', fillInto)
const zero = overwriting('ZeroBackward0', fillInto)

/** Sets every element in place. */
export const fill_ = declare('fill_(input: Tensor, value: scalar)', (input, value) =>
  fill(input, elementOf(Number(value), input.code))
)

/** Sets every element to 0 in place. */
export const zero_ = declare('zero_(input: Tensor)', (input) => zero(input, 0))
