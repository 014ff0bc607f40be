// Elements where a mask holds: filled, taken in logical order, or given other values in that order.

import { declare, overload, way } from '../declare'
import { BOOL, elementOf } from '../dtype'
import { noGrad } from '../autograd/mode'
import { type KernelOperand, callKernel, flatOf, kernel } from '../kernel'
import { type Failure, SIZED_BY_VALUES, forbidInCapture } from '../recording'
import { broadcastShapes, sameShape, shapeText } from '../shape'
import type { Tensor } from '../tensor'
import { broadcastOver } from './core/along'
import { expandTo, sumToShape } from './core/broadcast'
import { cast, clone, contiguous, denseClone } from './core/copy'
import { filled } from './core/fill'
import { apartFrom } from './reduce-at'
import { Fused } from './define/fused'
import { type Saved, record, rule } from './define/operation'
import { checkNoOverlap, emptyResult, torchTypeName } from './define/result'
import { checkShapeKept, formOf, recordInPlace } from './define/write'
import { where as select } from './define/value'
import { reshape } from './movement'

const cTypes = ['float', 'double', 'int', 'long long', 'unsigned char', 'bool', 'signed char', 'short', 'c10::Half']

/** A copy as large as it must be for the mask. */
function copyFor(self: Tensor, mask: Tensor, op: string): Tensor {
  if (sameShape(self.sizes, mask.sizes)) return denseClone(self)
  return denseClone(expandTo(self, broadcastShapes(self.sizes, mask.sizes, op)))
}

// ---- fills ----

interface Fill {
  readonly mask: Tensor
  readonly number: number
}

const fillNumber = new Fused(([self, mask], [number]) => select(mask, number, self))
const fillTensor = new Fused(([self, mask, value]) => select(mask, value, self))

/** A write to the mask before backward is an error. */
const saveMask = (_self: Tensor, _inputs: readonly Tensor[], { mask }: { readonly mask: Tensor }): Saved => [mask]

const unmasked = (g: Tensor, [mask]: Saved): Tensor => maskedFill(g, mask!, 0)

const numberForm = formOf<Fill>(
  rule('MaskedFillBackward0', unmasked),
  (self, _, { mask, number }) => {
    fillNumber.write([self], [self, mask], [number])
  },
  saveMask
)
const tensorForm = formOf<Fill>(
  rule('MaskedFillBackward1', unmasked, (g, [mask]) => g.where(mask!, 0).sum()),
  (self, [value], { mask }) => {
    fillTensor.write([self], [self, mask, cast(value.detach(), self.code)], [])
  },
  saveMask
)

function checkFill(self: Tensor, mask: Tensor): void {
  if (mask.code !== BOOL) {
    const name = cTypes[mask.code] ?? 'c10::BFloat16'
    throw new TypeError(`maskedFill_ only supports boolean masks, but got mask with dtype ${name}; add .bool()`)
  }
  checkShapeKept(self, mask.sizes, 'maskedFill_')
  checkNoOverlap(self, mask)
}

function fillWhere(self: Tensor, mask: Tensor, value: number | bigint | boolean): Tensor {
  checkFill(self, mask)
  return recordInPlace(numberForm, self, [], { mask, number: elementOf(Number(value), self.code) })
}

function fillWhereWith(self: Tensor, mask: Tensor, value: Tensor): Tensor {
  if (value.sizes.length > 0) {
    throw new RangeError(
      'maskedFill_ only supports a 0-dimensional value tensor, but got tensor with ' +
        `${value.sizes.length} dimension(s).`
    )
  }
  checkFill(self, mask)
  return recordInPlace(tensorForm, self, [value], { mask, number: 0 })
}

/** A number, or a tensor without dims, in place of the elements where the mask holds; in a copy. */
export const maskedFill = overload(
  ['torch', 'Tensor'],
  way('maskedFill(input: Tensor, mask: Tensor, value: Tensor)', (input, mask, value) =>
    fillWhereWith(copyFor(input, mask, 'maskedFill'), mask, value)
  ),
  way('maskedFill(input: Tensor, mask: Tensor, value: scalar)', (input, mask, value) =>
    fillWhere(copyFor(input, mask, 'maskedFill'), mask, value)
  )
)

/** The same in place. */
export const maskedFill_ = overload(
  ['Tensor'],
  way('maskedFill_(input: Tensor, mask: Tensor, value: Tensor)', fillWhereWith),
  way('maskedFill_(input: Tensor, mask: Tensor, value: scalar)', fillWhere)
)

// ---- selections ----

const selectKernel = kernel('maskedSelect')
const scatterKernel = kernel('maskedScatter')

/** Two operands over one shape, as one dim where both are dense. */
function together(shape: readonly number[], mask: Tensor, data: Tensor): KernelOperand[] {
  const isDense = mask.dense && data.dense && sameShape(mask.sizes, shape) && sameShape(data.sizes, shape)
  return isDense ? [flatOf(mask), flatOf(data)] : [broadcastOver(mask, shape), broadcastOver(data, shape)]
}

const changed: Failure = {
  fail() {
    throw new Error('internal: the mask has changed')
  }
}

const selectRule = rule<null>('MaskedSelectBackward0', (g, [input, mask]) => {
  const shape = broadcastShapes(input!.sizes, mask!.sizes, 'maskedSelect')
  const zeros = noGrad(() => filled(shape, 0, g.code))
  return sumToShape(maskedScatter(zeros, mask!, g), input!.sizes)
})

/** The elements where the mask holds, in logical order, as one dim; both broadcast. */
export const maskedSelect = declare('maskedSelect(input: Tensor, mask: Tensor)', (input, mask): Tensor => {
  if (mask.code !== BOOL) throw new TypeError('maskedSelect: expected BoolTensor for mask; add .bool()')
  const shape = broadcastShapes(input.sizes, mask.sizes, 'maskedSelect')
  forbidInCapture('maskedSelect()', SIZED_BY_VALUES)
  const repeated = noGrad(() => expandTo(mask, shape))
  const count = Number(repeated.sum().item())
  const result = emptyResult([count], input.code)
  const [holds, data] = together(shape, mask, input)
  callKernel(selectKernel, [result], [holds, data], undefined, undefined, changed)
  return record({ outputs: result, rule: selectRule, inputs: [input], parameters: null, save: [input, mask] })
})

// ---- scattered values ----

interface Scattered {
  readonly mask: Tensor
  readonly shape: readonly number[]
}

const tooFew: Failure = {
  fail() {
    throw new RangeError('Number of elements of source < number of ones in mask')
  }
}

const scatterForm = formOf<Scattered>(
  rule('MaskedScatterBackward0', unmasked, (g, [mask], { shape }) => gatherMasked(g, mask!, shape)),
  (self, [source], { mask }) => {
    const line = contiguous(apartFrom(self, source.detach()))
    const [holds, data] = together(self.sizes, apartFrom(self, mask), self)
    callKernel(scatterKernel, [data], [holds, flatOf(line)], undefined, undefined, tooFew)
  },
  saveMask
)

const gatherMaskedRule = rule<null>('MaskedScatterBackwardBackward0', (g, [mask]) => {
  const zeros = noGrad(() => filled(mask!.sizes, 0, g.code))
  return maskedScatter(zeros, mask!, g)
})

/** The adjoint of maskedScatter: elements where the mask holds, in front of zeros. Its sizes depend on no values. */
function gatherMasked(g: Tensor, mask: Tensor, shape: readonly number[]): Tensor {
  const repeated = noGrad(() => expandTo(mask, g.sizes))
  const flat = reshape(repeated, [-1])
  // Where the n-th element that is chosen stands: behind all that the mask leaves out, so that zeros follow.
  const number = flat.cumsum(0).sub(1)
  const count = shape.reduce((product, size) => product * size, 1)
  const place = number.where(flat, count).clamp(null, count)
  const result = noGrad(() => {
    const line = filled([count + 1], 0, g.code)
    line.scatter_(0, place, reshape(contiguous(g.detach()), [-1]))
    return clone(reshape(line.narrow(0, 0, count), shape))
  })
  return record({ outputs: result, rule: gatherMaskedRule, inputs: [g], parameters: null, save: [repeated] })
}

function scatterWhere(self: Tensor, mask: Tensor, source: Tensor): Tensor {
  if (self.code !== source.code) {
    throw new TypeError(
      'maskedScatter: expected self and source to have same dtypes but got' +
        `${torchTypeName(self.code)} and ${torchTypeName(source.code)}`
    )
  }
  if (mask.code !== BOOL) {
    const name = torchTypeName(mask.code)
    throw new TypeError(`maskedScatter_ only supports boolean masks, but got mask with dtype ${name}; add .bool()`)
  }
  if (mask.sizes.length > self.sizes.length) {
    throw new RangeError(
      `maskedScatter_: the mask of shape ${shapeText(mask.sizes)} does not broadcast to ${shapeText(self.sizes)}`
    )
  }
  checkShapeKept(self, mask.sizes, 'maskedScatter_')
  checkNoOverlap(self, mask)
  checkNoOverlap(self, source)
  return recordInPlace(scatterForm, self, [source], { mask, shape: source.sizes })
}

/** The elements of `source`, in order, in place of those where the mask holds; in a copy. */
export const maskedScatter = declare(
  'maskedScatter(input: Tensor, mask: Tensor, source: Tensor)',
  (input, mask, source): Tensor => scatterWhere(copyFor(input, mask, 'maskedScatter'), mask, source)
)

/** The same in place. */
export const maskedScatter_ = declare('maskedScatter_(input: Tensor, mask: Tensor, source: Tensor)', scatterWhere)
