// What a tensor is: answers in JavaScript.

import { declare, installProperty } from '../declare'
import { BOOL, UINT8, isFloating, itemSizes } from '../dtype'
import { sameShape } from '../shape'
import type { Tensor } from '../tensor'

/** True for floats. The method is the class's own. */
export const isFloatingPoint = declare('isFloatingPoint(input: Tensor)', (input): boolean => isFloating(input.code), [
  'torch'
])
/** False: there are no complex numbers. */
export const isComplex = declare('isComplex(input: Tensor)', (): boolean => false)
/** True for dtypes that have negative numbers. */
export const isSigned = declare(
  'isSigned(input: Tensor)',
  (input): boolean => input.code !== UINT8 && input.code !== BOOL
)
/** True where both have the same shape. */
export const isSameSize = declare('isSameSize(input: Tensor, other: Tensor)', (input, other): boolean =>
  sameShape(input.sizes, other.sizes)
)
/** True where the one element is not 0. */
export const isNonzero = declare('isNonzero(input: Tensor)', (input): boolean => {
  const count = input.numelCached
  if (count !== 1) {
    throw new RangeError(
      `Boolean value of Tensor with ${count === 0 ? 'no values' : 'more than one value'} is ambiguous`
    )
  }
  return Number(input.item()) !== 0
})
/** The same elements outside the graph. The method is the class's own. */
export const detach = declare('detach(input: Tensor)', (input): Tensor => input.detach(), ['torch'])
/** Takes a tensor out of the graph, so that it is a leaf. The method is the class's own. */
export const detach_ = declare('detach_(input: Tensor)', (input): Tensor => input.detach_(), ['torch'])
/** True where both have the same memory, whatever part of it they show. */
export const sharesStorage = declare(
  'sharesStorage(input: Tensor, other: Tensor)',
  (input, other): boolean => input.storage === other.storage,
  ['torch']
)

/** The number of elements. The method is the class's own. */
export const numel = declare('numel(input: Tensor)', (input): number => input.numelCached, ['torch'])
/** The number of elements. */
export const nelement = declare('nelement(input: Tensor)', (input): number => input.numelCached, ['Tensor'])
/** The number of dims. */
export const ndimension = declare('ndimension(input: Tensor)', (input): number => input.sizes.length, ['Tensor'])

// ---- properties ----

declare module '../tensor' {
  interface Tensor {
    /** Number of dims. */
    readonly ndim: number
    /** Bytes of one element. */
    readonly itemsize: number
    /** Bytes of all elements. */
    readonly nbytes: number
    /** Which output of `gradFn` this is, 0 for a leaf. */
    readonly outputNr: number
  }
}

installProperty('ndim', (x) => x.sizes.length)
installProperty('itemsize', (x) => itemSizes[x.code])
installProperty('nbytes', (x) => x.numelCached * itemSizes[x.code])
installProperty('outputNr', (x) => (x.gradFn === null ? 0 : x.outputIndex))
