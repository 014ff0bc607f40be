// Elements of a tensor in row-major order, whatever its strides.

import { BOOL, type TypedArray, isHalf, widenHalf } from '../dtype'
import { type Shape, shapeText } from '../shape'

/** Nested array of numbers, as `tolist()` returns. */
export type Nested = number | boolean | Nested[]

/** Most values, and most arrays, of a nested array: half a gigabyte of each. */
const MOST_NESTED = 2 ** 26

/** Throws where a tensor of these sizes, which may be empty or expanded, has more than a nested array can hold. */
export function checkNestable(sizes: Shape): void {
  let count = 1
  for (const size of sizes) {
    count *= size
    if (count <= MOST_NESTED) continue
    throw new RangeError(
      `tolist: a tensor of shape ${shapeText(sizes)} is too large for nested arrays, which hold at most ` +
        `${MOST_NESTED} values; use toTypedArray()`
    )
  }
}

/** Row-major values as arrays in arrays. */
export function nested(
  values: TypedArray,
  sizes: Shape,
  valueOf: (element: TypedArray[number]) => number | boolean
): Nested {
  const nest = (dim: number, start: number, count: number): Nested => {
    if (dim === sizes.length) return valueOf(values[start])
    const step = count / Math.max(sizes[dim], 1)
    const list: Nested[] = []
    for (let i = 0; i < sizes[dim]; i++) list.push(nest(dim + 1, start + i * step, step))
    return list
  }
  return nest(0, 0, values.length)
}

/** Where an element stands, by its row-major number. */
export function elementOffset(logical: number, sizes: Shape, steps: Shape): number {
  let offset = 0
  for (let d = sizes.length - 1; d >= 0; d--) {
    const size = sizes[d]
    offset += (logical % size) * steps[d]
    logical = Math.floor(logical / size)
  }
  return offset
}

/** A row-major copy of `count` elements. */
export function rowMajor(source: TypedArray, sizes: Shape, steps: Shape, count: number): TypedArray {
  const copy = new (source.constructor as new (length: number) => TypedArray)(count)
  for (let i = 0; i < copy.length; i++) copy[i] = source[elementOffset(i, sizes, steps)]
  return copy
}

/** Elements as callers get them: those of the half types as float32. */
export const widened = (elements: TypedArray, code: number): TypedArray =>
  isHalf(code) ? Float32Array.from(elements as Uint16Array, (word) => widenHalf(word, code)) : elements

/** An element as it prints. */
export const itemOf = (element: TypedArray[number], code: number): TypedArray[number] | boolean =>
  isHalf(code) ? widenHalf(element as number, code) : code === BOOL ? element !== 0 : element
