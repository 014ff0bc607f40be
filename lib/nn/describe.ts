// How modules name values in prints and messages.

import { isList, kindText, valueText } from '../kinds'
import { torchTypeName } from '../ops/define/result'
import { type Shape, shapeText } from '../shape'
import { Tensor } from '../tensor'

/** A value as PyTorch prints it: True, False, None, else as it is. */
export function pythonText(value: number | boolean | null): string {
  if (value === null) return 'None'
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : valueText(value)
}

/** A float as Python prints it: `1e-05`. */
export function floatText(value: number): string {
  if (typeof value !== 'number') return valueText(value)
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return value.toExponential().replace(/([+-])(\d)$/, '$10$2')
  return Number.isInteger(value) ? value.toFixed(1) : String(value)
}

/** A shape as Python prints a tuple: `(2, 3)`, `(3,)`. */
export const tupleText = (shape: Shape): string =>
  isList(shape) ? `(${shape.map(valueText).join(', ')}${shape.length === 1 ? ',' : ''})` : valueText(shape)

/** `torch.Size([2, 3])`. */
export const sizeText = (shape: Shape): string => `torch.Size(${shapeText(shape)})`

/** What kind of thing a value is, for messages: `torch.FloatTensor`, a class name, or typeof. */
export function typeName(value: unknown): string {
  if (value instanceof Tensor) return `torch.${torchTypeName(value.code)}Tensor`
  return kindText(value)
}
