// Broadcasting by name: to a shape, or of several shapes or tensors to one.

import { declare } from '../declare'
import { integerList, isList, wrongKind } from '../kinds'
import { type Shape, broadcastShapes as broadcast, shapeText } from '../shape'
import { defineKind } from '../signature'
import type { Tensor } from '../tensor'
import { expandTo } from './core/broadcast'

declare module '../signature/types' {
  interface KindTypes {
    shape: number | readonly number[]
    'shape[]': readonly (readonly number[])[]
  }
}

const isShape = (value: unknown): boolean => Number.isInteger(value) || (isList(value) && !value.some(isList))
const readShape = (value: unknown, op: string, name: string): Shape =>
  integerList(Number.isInteger(value) ? [value] : value, op, name)

defineKind('shape', { what: 'an array of integers', accepts: isShape, read: readShape, passes: () => false })
defineKind('shape[]', {
  what: 'arrays of integers',
  accepts: isList,
  read: (list, op, name) => {
    if (!isList(list)) throw wrongKind(op, name, 'arrays of integers', list)
    return Array.from(list, (each) => readShape(each, op, name))
  },
  passes: () => false
})

/** Expanded to a shape, as `expand` does. */
export const broadcastTo = declare('broadcastTo(input: Tensor, size: int[])', (input, size): Tensor =>
  expandTo(input, size)
)

/** Tensors expanded to the shape that they broadcast to. */
export const broadcastTensors = declare(
  'broadcastTensors(tensors: Tensor...)',
  (tensors): Tensor[] => {
    const shape = tensors.reduce<Shape>((common, { sizes }) => broadcast(common, sizes, 'broadcastTensors'), [])
    return tensors.map((tensor) => expandTo(tensor, shape))
  },
  ['torch']
)

/** The shape that shapes broadcast to; a number is a shape of one dim. */
export const broadcastShapes = declare(
  'broadcastShapes(shapes: shape...)',
  (given): number[] => {
    const shapes = given.map((each) => [each].flat() as Shape)
    const rank = shapes.reduce((most, { length }) => Math.max(most, length), 0)
    const common = new Array<number>(rank).fill(1)
    shapes.forEach((shape, i) => {
      const missing = rank - shape.length
      for (let d = shape.length - 1; d >= 0; d--) {
        const size = shape[d]
        if (size < 0) throw new RangeError('Attempting to broadcast a dimension with negative length!')
        if (size === 1 || size === common[missing + d]) continue
        if (common[missing + d] !== 1) {
          throw new RangeError(
            `Attempting to broadcast a dimension of length ${size} at ${d - shape.length}! Mismatching argument at index ${i} had ` +
              `${shapeText(shape)}; but expected shape should be broadcastable to ${shapeText(common)}`
          )
        }
        common[missing + d] = size
      }
    })
    return common
  },
  ['torch']
)
