// Copies, casts and fills: the ops that write every element of a tensor.

import { declare, installMethod, overload, way } from '../declare'
import { dtypeCode, elementOf } from '../dtype'
import { noDevice } from '../kinds'
import type { Shape } from '../shape'
import { Tensor } from '../tensor'
import { sumToShape } from './core/broadcast'
import * as core from './core/copy'
import { fillInto } from './core/fill'
import { record, rule } from './define/operation'
import { emptyAs } from './define/result'
import { checkShapeKept, cut, formOf, overwriting, recordInPlace } from './define/write'

/** A copy with a gradient back to `self`. Dense strides are kept. */
export const clone = declare('clone(input: Tensor)', (input) => core.clone(input))

/**
 * Converts to a dtype, or to that of another tensor; the very same tensor when it has it. As in PyTorch, a device may
 * stand first, which is `'cpu'`.
 */
export const to = declare(
  'to(input: Tensor, device: device|dtype|Tensor? = null, dtype: dtype? = null, nonBlocking: bool = false, copy: bool = false)',
  (input, first, second, _, copy) => {
    const named = first instanceof Tensor ? first.dtype : first
    const isDevice = named === null || named === 'cpu' || named === 'cpu:0'
    if (!isDevice && second !== null) throw new TypeError(`to() got multiple values for argument 'dtype'`)
    const dtype = isDevice ? second : named
    const code = dtype === null ? input.code : dtypeCode(dtype)
    return copy && code === input.code ? core.clone(input) : core.cast(input, code)
  },
  ['Tensor']
)

/** The very same tensor: all are on the CPU. */
export const cpu = declare('cpu(input: Tensor)', (input) => input, ['Tensor'])

declare module '../tensor' {
  interface Tensor {
    /** Where the elements are: always on the CPU. */
    readonly device: 'cpu'
    /** Throws: there is no other device than the CPU. */
    cuda(device?: unknown): never
  }
}

Object.defineProperty(Tensor.prototype, 'device', { get: () => 'cpu', configurable: true })

installMethod('cuda', () => {
  throw noDevice('cuda')
})

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

const fillNumber = overwriting('FillBackward2', fillInto)
const zero = overwriting('ZeroBackward0', fillInto)

const ofValue = (g: Tensor, _: unknown, code: number): Tensor => core.cast(sumToShape(g, []), code)

const fillForm = formOf<number>(rule('FillBackward3', cut, ofValue), (self, [value]) => core.copyInto(self, value))

function checkValue({ sizes }: Tensor): void {
  if (sizes.length === 0) return
  throw new RangeError(`fill_ only supports 0-dimension value tensor but got tensor with ${sizes.length} dimensions.`)
}

/** Sets every element in place, to a number or to that of a tensor without dims. */
export const fill_ = overload(
  ['torch', 'Tensor'],
  way('fill_(input: Tensor, value: scalar)', (input, value) => fillNumber(input, elementOf(Number(value), input.code))),
  way('fill_(input: Tensor, value: Tensor)', (input, value) => {
    checkValue(value)
    return recordInPlace(fillForm, input, [value], value.code)
  })
)

const fillNumberRule = rule<null>('FillBackward0', cut)
const fillValueRule = rule<number>('FillBackward1', cut, ofValue)

/** A tensor of the same shape with every element a number, or that of a tensor without dims. */
export const fill = overload(
  ['torch'],
  way('fill(input: Tensor, value: scalar)', (input, value): Tensor => {
    const outputs = emptyAs(input, input.code)
    fillInto(outputs, elementOf(Number(value), input.code))
    return record({ outputs, rule: fillNumberRule, inputs: [input], parameters: null })
  }),
  way('fill(input: Tensor, value: Tensor)', (input, value): Tensor => {
    checkValue(value)
    const outputs = emptyAs(input, input.code)
    core.copyInto(outputs, value.detach())
    return record({ outputs, rule: fillValueRule, inputs: [input, value], parameters: value.code })
  })
)

/** Sets every element to 0 in place. */
export const zero_ = declare('zero_(input: Tensor)', (input) => zero(input, 0), ['torch', 'Tensor'])
