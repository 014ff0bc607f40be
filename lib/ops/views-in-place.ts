// Changes of a tensor's shape and strides in place: its elements stay where they are, and so do other views of them.

import { gradMode } from '../autograd/mode'
import { Node, reattach } from '../autograd/node'
import { declare } from '../declare'
import { forbidOutside, recording } from '../recording'
import { countChange } from '../storage'
import type { Tensor } from '../tensor'
import { checkInPlaceAllowed } from './define/write'
import { squeeze, t, transpose, unsqueeze } from './movement'
import { asStrided } from './strided'

/** Makes `self` what a view of it is. */
function become(self: Tensor, op: string, nodeName: string, view: (self: Tensor) => Tensor): Tensor {
  if (gradMode.enabled) checkInPlaceAllowed(self, [])
  forbidOutside(self, `${op}()`)
  if (self.storage.lock !== null) self.storage.lock.write()
  const seen = view(self)
  const made = seen.gradFn
  self.show(seen)
  if (recording.recorder === null) countChange(self.storage)
  self.cell.version++
  // A view's own node stays: nothing was written that its base would have to tell.
  const info = self.meta?.view ?? null
  if (info !== null) info.version = self.cell.version
  if (made !== null) reattach(self, new Node(nodeName, made.rule, made.edges, made.edgeOutputs, [], made.parameters))
  return self
}

/** Exchanges two dims, in place. */
export const transpose_ = declare('transpose_(input: Tensor, dim0: int, dim1: int)', (input, dim0, dim1): Tensor =>
  become(input, 'transpose_', 'TransposeBackward1', (x) => transpose(x, dim0, dim1))
)

/** Exchanges two dims, in place. */
export const swapaxes_ = declare('swapaxes_(input: Tensor, axis0: int, axis1: int)', (input, axis0, axis1): Tensor =>
  become(input, 'swapaxes_', 'TransposeBackward1', (x) => transpose(x, axis0, axis1))
)

/** Exchanges two dims, in place. */
export const swapdims_ = declare('swapdims_(input: Tensor, dim0: int, dim1: int)', (input, dim0, dim1): Tensor =>
  become(input, 'swapdims_', 'TransposeBackward1', (x) => transpose(x, dim0, dim1))
)

/** Transposes a matrix, in place. */
export const t_ = declare('t_(input: Tensor)', (input): Tensor => become(input, 't_', 'TBackward1', (x) => t(x)))

/** Puts a dim of size 1 before `dim`, in place. */
export const unsqueeze_ = declare('unsqueeze_(input: Tensor, dim: int)', (input, dim): Tensor =>
  become(input, 'unsqueeze_', 'UnsqueezeBackward1', (x) => unsqueeze(x, dim))
)

/** Takes dims of size 1 out, all of them or those named, in place. */
export const squeeze_ = declare('squeeze_(input: Tensor, dim: int|int[]|null = null)', (input, dim): Tensor => {
  const overload = dim === null ? 3 : typeof dim === 'number' ? 4 : 5
  return become(input, 'squeeze_', `SqueezeBackward${overload}`, (x) => squeeze(x, dim))
})

/** Shows other elements of the storage, by strides and offset in elements, in place. */
export const asStrided_ = declare(
  'asStrided_(input: Tensor, size: int[], stride: int[], storageOffset: int? = null)',
  (input, size, stride, storageOffset): Tensor =>
    become(input, 'asStrided_', 'AsStridedBackward1', (x) => asStrided(x, size, stride, storageOffset))
)
