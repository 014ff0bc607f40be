// Tensors with at least one, two or three dims, as views.

import { overload, way } from '../declare'
import type { Tensor } from '../tensor'
import { reshapeTo } from './core/reshape'
import { unsqueeze } from './movement'

export const withOneDim = (x: Tensor): Tensor => (x.sizes.length > 0 ? x : reshapeTo(x, [1]))

export function withTwoDims(x: Tensor): Tensor {
  if (x.sizes.length === 0) return reshapeTo(x, [1, 1])
  return x.sizes.length === 1 ? unsqueeze(x, 0) : x
}

export function withThreeDims(x: Tensor): Tensor {
  if (x.sizes.length === 0) return reshapeTo(x, [1, 1, 1])
  if (x.sizes.length === 1) return unsqueeze(unsqueeze(x, 0), -1)
  return x.sizes.length === 2 ? unsqueeze(x, -1) : x
}

/** A tensor, or each of several, with at least one dim; the very same tensor where it has. */
export const atleast1d = overload(
  ['torch'],
  way('atleast1d(input: Tensor)', withOneDim),
  way('atleast1d(tensors: Tensor...)', (tensors): Tensor[] => tensors.map(withOneDim))
)

/** A tensor, or each of several, with at least two dims; a vector is a row. */
export const atleast2d = overload(
  ['torch'],
  way('atleast2d(input: Tensor)', withTwoDims),
  way('atleast2d(tensors: Tensor...)', (tensors): Tensor[] => tensors.map(withTwoDims))
)

/** A tensor, or each of several, with at least three dims; a vector is the middle one, a matrix the first two. */
export const atleast3d = overload(
  ['torch'],
  way('atleast3d(input: Tensor)', withThreeDims),
  way('atleast3d(tensors: Tensor...)', (tensors): Tensor[] => tensors.map(withThreeDims))
)
