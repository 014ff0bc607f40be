// Elements by their number in the row-major order of a tensor, and along a dim by an index that broadcasts.

import { declare } from '../declare'
import { noGrad } from '../autograd/mode'
import { INT64 } from '../dtype'
import { shapeText, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { gatherAt } from './core/along'
import { expandTo } from './core/broadcast'
import { clone, contiguous } from './core/copy'
import { filled } from './core/fill'
import { apartFrom, saveIndex, saveIndexOfValues } from './reduce-at'
import { reshapeTo } from './core/reshape'
import { rejection } from './define/checks'
import { record, rule } from './define/operation'
import { checkNoOverlap, torchTypeName } from './define/result'
import { formOf, recordInPlace } from './define/write'
import { type IndexList, gather, indexTensors, putTensors } from './indexing'
import { reshape } from './movement'

const outOfRange = (size: number) => (value: number | bigint) =>
  `out of range: tried to access index ${value} on a tensor of ${size} elements.`

const isOutside = (size: number) => (value: number | bigint) => value < -size || value >= size

// ---- take ----

const takeRule = rule<readonly number[]>('TakeBackward0', (g, [index], shape) => {
  const zeros = noGrad(() => filled([shape.reduce((product, size) => product * size, 1)], 0, g.code))
  return reshape(put(zeros, index!, g, true), [...shape])
})

/** The elements of `input`, as one line, at the numbers of `index`, in its shape; negative ones count from the end. */
export const take = declare('take(input: Tensor, index: Tensor)', (input, index): Tensor => {
  if (index.code !== INT64) {
    throw new TypeError(`take(): Expected a long tensor for index, but got ${torchTypeName(index.code)}`)
  }
  const size = input.numelCached
  if (size === 0 && index.numelCached > 0) throw new RangeError('take(): tried to take from an empty tensor')
  const line = noGrad(() => reshapeTo(contiguous(input.detach()), [size]))
  const failure = rejection([index], isOutside(size), outOfRange(size))
  const outputs = indexTensors(line, [index], failure)
  return record({ outputs, rule: takeRule, inputs: [input], parameters: input.sizes, save: [index] })
})

/**
 * `gather` with an index that broadcasts against `input` in all dims but one, where what exceeds the size starts anew
 * from either end; without a dim of all elements in a line.
 */
export const takeAlongDim = declare(
  'takeAlongDim(input: Tensor, indices: Tensor, dim: int? = null)',
  (input, indices, dim): Tensor => {
    if (indices.code !== INT64) {
      throw new TypeError(
        `takeAlongDim(): dtype of indices should be Long but got ${torchTypeName(indices.code)}; add .long()`
      )
    }
    if (dim === null) {
      return gather(reshape(input, [-1]), 0, reshape(indices, [-1]))
    }
    if (input.sizes.length !== indices.sizes.length) {
      throw new RangeError(
        'takeAlongDim(): input and indices should have the same number of dimensions, but got ' +
          `${input.sizes.length} dimensions for input, and ${indices.sizes.length} dimensions for indices`
      )
    }
    const d = wrapDim(dim, input.sizes.length)
    const shape = input.sizes.map((size, i) => {
      const other = indices.sizes[i]
      if (i === d || size === other || other === 1) return size
      if (size === 1) return other
      throw new RangeError(
        `The size of tensor a (${size}) must match the size of tensor b (${other}) at non-singleton dimension ${i}; ` +
          `takeAlongDim: cannot broadcast ${shapeText(input.sizes)} with ${shapeText(indices.sizes)}`
      )
    })
    if (shape.length === 0) return gatherAt(input, 0, indices.mul(0))
    const places = indices.remainder(Math.max(shape[d], 1))
    const wide = expandTo(
      places,
      shape.map((size, i) => (i === d ? indices.sizes[d] : size))
    )
    return gatherAt(expandTo(input, shape), d, wide)
  }
)

// ---- put ----

interface Put {
  readonly index: Tensor
  readonly shape: readonly number[]
  readonly accumulate: boolean
}

const putForm = formOf<Put>(
  rule(
    'PutBackward0',
    (g, [index], { accumulate }) => (accumulate ? g : put(g, index!, filled(index!.sizes, 0, g.code))),
    (g, [index], { shape }) => reshape(take(g, index!), [...shape])
  ),
  (self, [source], { index, accumulate }) => {
    const size = self.numelCached
    const failure = rejection([index], isOutside(size), outOfRange(size))
    const line = reshape(contiguous(apartFrom(self, source.detach())), [-1])
    const at: IndexList = [reshape(apartFrom(self, index), [-1])]
    if (self.dense) return putTensors(reshapeTo(self.detach(), [size]), at, line, accumulate, failure)
    // Numbers count in row-major order, in which the elements do not lie.
    const copy = noGrad(() => reshapeTo(contiguous(self.detach()), [size]))
    putTensors(copy, at, line, accumulate, failure)
    noGrad(() => self.detach().copy_(reshapeTo(copy, self.sizes)))
  },
  (self, inputs, put) => (put.accumulate ? saveIndexOfValues : saveIndex)(self, inputs, put)
)

function putIn(self: Tensor, index: Tensor, source: Tensor, accumulate: boolean): Tensor {
  if (index.code !== INT64) {
    throw new TypeError(`put_(): Expected a long tensor for index, but got ${torchTypeName(index.code)}`)
  }
  if (self.code !== source.code) {
    throw new TypeError(
      `put_(): self and source expected to have the same dtype, but got self.dtype = ${torchTypeName(self.code)} and ` +
        `source.dtype = ${torchTypeName(source.code)}`
    )
  }
  if (index.numelCached !== source.numelCached) {
    throw new RangeError(
      'put_(): Expected source and index to have the same number of elements, but got source.numel() = ' +
        `${source.numelCached}, index.numel() = ${index.numelCached}`
    )
  }
  if (self.numelCached === 0 && index.numelCached > 0) {
    throw new RangeError('put_(): Tried to put elements into an empty tensor')
  }
  checkNoOverlap(self, index)
  checkNoOverlap(self, source)
  return recordInPlace(putForm, self, [source], { index, shape: source.sizes, accumulate })
}

/**
 * The elements of `source` in place of those of a copy, as one line, at the numbers of `index`, or added to them; the
 * last of equal numbers stays.
 */
export const put = declare(
  'put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = false)',
  (input, index, source, accumulate): Tensor => putIn(clone(input), index, source, accumulate)
)

/** The same in place. */
export const put_ = declare('put_(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = false)', putIn)
