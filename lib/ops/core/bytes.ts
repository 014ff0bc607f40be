// The bytes of a tensor as elements of another dtype.

import { itemSizes } from '../../dtype'
import { Tensor } from '../../tensor'
import { isContiguous, numelOf, type Shape } from '../../shape'
import { torchTypeName } from '../define/result'

/** A view of the same bytes as elements of dtype `code`, without history. */
export function viewBytes(of: Tensor, code: number): Tensor {
  const [shape, strides] = geometryOf(of, code)
  const { storage, byteOffset, cell } = of
  return new Tensor(storage, byteOffset, shape, strides, code, numelOf(shape), isContiguous(shape, strides), cell)
}

function geometryOf(of: Tensor, code: number): [Shape, Shape] {
  const { sizes, steps } = of
  const [from, to] = [itemSizes[of.code], itemSizes[code]]
  if (from === to) return [sizes, steps]
  const views = `to view ${torchTypeName(of.code)} as ${torchTypeName(code)} (different element sizes)`
  const last = sizes.length - 1
  if (last < 0) throw new RangeError(`self.dim() cannot be 0 ${views}`)
  const checkLast = (): void => {
    if (steps[last] !== 1) throw new RangeError(`self.stride(-1) must be 1 ${views}, but got ${steps[last]}`)
  }
  if (from > to) {
    checkLast()
    const ratio = from / to
    return [
      sizes.map((size, d) => (d === last ? size * ratio : size)),
      steps.map((step, d) => (d === last ? 1 : step * ratio))
    ]
  }
  const ratio = to / from
  const divisible = (value: number, what: string): void => {
    if (value % ratio !== 0)
      throw new RangeError(`self.${what} must be divisible by ${ratio} ${views}, but got ${value}`)
  }
  divisible(sizes[last], 'size(-1)')
  divisible(of.storageOffset(), 'storageOffset()')
  checkLast()
  steps.forEach((step, d) => {
    if (d < last) divisible(step, `stride(${d})`)
  })
  return [
    sizes.map((size, d) => (d === last ? size / ratio : size)),
    steps.map((step, d) => (d === last ? 1 : step / ratio))
  ]
}
