// The validator of tensors: what is wrong with one, as a list of sentences.
import type { Tensor } from '../../../lib'
import { itemSizes } from '../../../lib/dtype'
import { type Geometry, exchanged, geometryOf, gradOf } from './internals'

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

/** Whether the elements follow each other in row-major order, from their offsets. */
function isRowMajor({ sizes, strides, numel }: Geometry): boolean {
  if (numel === 0) return true
  let step = 1
  for (let d = sizes.length - 1; d >= 0; d--) {
    if (sizes[d] !== 1 && strides[d] !== step) return false
    step *= sizes[d]
  }
  return true
}

function placement({ sizes, strides, itemSize, numel, start, ...storage }: Geometry): string[] {
  const { storageStart, storageBytes, bufferBytes } = storage
  const end = storageStart + storageBytes
  const wrong: string[] = []
  if (!isCount(storageStart) || !isCount(storageBytes) || end > bufferBytes) {
    wrong.push(`the storage ${storageStart}..${end} leaves its buffer of ${bufferBytes} bytes`)
  }
  if (numel === 0) return wrong
  const last = sizes.reduce((sum, size, d) => sum + (size - 1) * strides[d], 0)
  const reach = start + (last + 1) * itemSize
  if (!isCount(start) || start % itemSize !== 0) wrong.push(`byte offset ${start}`)
  if (start < storageStart || reach > end) wrong.push(`elements ${start}..${reach} leave ${storageStart}..${end}`)
  return wrong
}

function fields(geometry: Geometry): string[] {
  const { sizes, strides, code, numel, isDense, version } = geometry
  const wrong: string[] = []
  if (!sizes.every(isCount)) wrong.push(`sizes [${sizes.join(', ')}]`)
  if (strides.length !== sizes.length || !strides.every(isCount)) wrong.push(`strides [${strides.join(', ')}]`)
  if (!(code in itemSizes)) wrong.push(`dtype code ${code}`)
  const count = sizes.reduce((product, size) => product * size, 1)
  if (numel !== count) wrong.push(`numel ${numel} for sizes [${sizes.join(', ')}]`)
  if (wrong.length === 0 && isDense !== isRowMajor(geometry)) wrong.push(`the dense flag says ${isDense}`)
  if (!isCount(version)) wrong.push(`version ${version}`)
  return wrong
}

/**
 * Small tensors are read; int64 as BigInts, since not each is exact as a number, and without nesting what may have any
 * number of empty rows.
 */
function reading(tensor: Tensor, { numel, isReadable }: Geometry): string[] {
  if (!isReadable || numel > 1000) return []
  try {
    const isFlat = tensor.dtype === 'int64' || numel === 0
    const read = isFlat ? tensor.toTypedArray().length : tensor.tolist<[]>()
    return read === undefined ? ['reading gives nothing'] : []
  } catch (error) {
    return [`reading throws ${String(error)}`]
  }
}

function shown(tensor: Tensor, { sizes }: Geometry): string[] {
  const { shape } = tensor
  const isSame = shape.length === sizes.length && shape.every((size, d) => size === sizes[d])
  return Object.isFrozen(shape) && isSame ? [] : [`shape shows [${shape.join(', ')}]`]
}

/** What is wrong with a tensor, its gradient included. */
export function faultsOf(tensor: Tensor): string[] {
  const geometry = geometryOf(tensor)
  const wrong = [...fields(geometry), ...shown(tensor, geometry)]
  // Bytes that were moved to another thread are gone, and locked here.
  const isMoved = geometry.bufferBytes === 0 && !geometry.isReadable
  if (wrong.length === 0 && !isMoved) wrong.push(...placement(geometry))
  if (wrong.length === 0) wrong.push(...reading(tensor, geometry))
  const grad = gradOf(tensor)
  if (grad === null) return wrong
  const { sizes } = geometryOf(grad)
  if (!exchanged.has(tensor) && sizes.join() !== geometry.sizes.join())
    wrong.push(`a gradient of sizes [${sizes.join(', ')}]`)
  return [...wrong, ...faultsOf(grad).map((fault) => `its gradient: ${fault}`)]
}
