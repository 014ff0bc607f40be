// How modules name values in prints and messages.

import { torchTypeName } from '../ops/define/result'
import { type Shape, shapeText } from '../shape'
import { Tensor } from '../tensor'

/** A value as PyTorch prints it: True, False, None, else as it is. */
export function pythonText(value: number | boolean | null): string {
  if (value === null) return 'None'
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value)
}

/** `torch.Size([2, 3])`. */
export const sizeText = (shape: Shape): string => `torch.Size(${shapeText(shape)})`

/** What kind of thing a value is, for messages: `torch.FloatTensor`, a class name, or typeof. */
export function typeName(value: unknown): string {
  if (value instanceof Tensor) return `torch.${torchTypeName(value.code)}Tensor`
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  return (value.constructor as { name?: string } | undefined)?.name ?? 'object'
}
