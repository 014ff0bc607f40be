// In-place writes: PyTorch's rules about leaves, views, shapes and memory, and what a write leaves in the graph.

import { type Node, isTracked } from '../../autograd/node'
import { gradMode, noGrad } from '../../autograd/mode'
import { isFloating } from '../../dtype'
import { forbidOutside, recording } from '../../recording'
import { type Shape, broadcastShapes, sameShape, shapeText } from '../../shape'
import { type ReadonlyReason, type Tensor, type ViewInfo } from '../../tensor'
import { preserved } from '../core/copy'
import { filled } from '../core/fill'
import { rebaseHistory } from '../core/history'
import { type Rule, type Saved, nodeOf, rule } from './operation'
import { checkWritable } from './result'

/** Throws PyTorch's sentence when autograd forbids writing to `self` in place from `inputs`. */
export function checkInPlaceAllowed(self: Tensor, inputs: readonly Tensor[]): void {
  const info: ViewInfo | null = self.meta?.view ?? null
  if (info === null) {
    if (self.leafRequiresGrad) {
      throw new Error(
        'a leaf Variable that requires grad is being used in an in-place operation. Wrap the update in noGrad() to change it.'
      )
    }
    return
  }
  if (!self.requiresGrad && !info.base.requiresGrad && !inputs.some(isTracked)) return
  const { readonlyReason } = info
  if (readonlyReason === 'no-grad' || readonlyReason === 'multi-output') throw readonly(self, readonlyReason)
  // A leaf may be a view itself, of what requires no grad.
  if (self.requiresGrad && info.base.isLeaf) {
    throw new Error(
      'a view of a leaf Variable that requires grad is being used in an in-place operation. Wrap the update in noGrad() to change it.'
    )
  }
  if (readonlyReason !== null) throw readonly(self, readonlyReason)
}

const advice: Readonly<Record<ReadonlyReason, string>> = {
  'no-grad':
    'Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and ' +
    "the inplace either both inside the noGrad block (if you don't want the inplace to be tracked) or both outside (if you want " +
    'the inplace to be tracked).',
  'multi-output':
    'This view is the output of a function that returns multiple views. Such functions do not allow the output views to be ' +
    'modified inplace. You should replace the inplace operation by an out-of-place one.',
  replayed:
    'A compiled function returned this view, and its base would not get the gradient of the write. You should replace the inplace ' +
    'operation by an out-of-place one.'
}

/** The error of a write to a view that is not writable. */
function readonly({ gradFn, outputIndex }: Tensor, reason: ReadonlyReason): Error {
  const isMade = gradFn !== null
  const view = isMade ? `Output ${outputIndex} of ${gradFn.name.replace(/Backward\d*$/, '')} is a view` : 'A view'
  const written = 'is being modified inplace'
  // Several outputs of something untracked count as made under noGrad, as in PyTorch.
  const isMadeUnderNoGrad = reason === 'no-grad' || (reason === 'multi-output' && !isMade)
  const made = `${isMade ? `${view} of a view which` : view} was created in noGrad mode`
  const what = isMadeUnderNoGrad
    ? `${made} and ${written} with grad mode enabled.`
    : `${view}${isMade ? ' and' : ''} ${written}.`
  return new Error(`${what} ${advice[reason]}`)
}

/** Checks that autograd and memory allow `self` to be written from `inputs`. */
function checkInPlace(self: Tensor, inputs: readonly Tensor[]): void {
  if (gradMode.enabled) {
    checkInPlaceAllowed(self, inputs)
    if (recording.recorder !== null && isFloating(self.code) && [self, ...inputs].some(isTracked)) {
      forbidOutside(self.base ?? self, 'in-place writing with a gradient')
    }
  }
  checkWritable(self, inputs)
}

/** Checks that broadcasting with `other` does not grow `self`. */
export function checkShapeKept(self: Tensor, other: Shape, op: string): void {
  const shape = sameShape(self.sizes, other) ? self.sizes : broadcastShapes(self.sizes, other, op)
  if (!sameShape(shape, self.sizes)) {
    throw new RangeError(
      `output with shape ${shapeText(self.sizes)} doesn't match the broadcast shape ${shapeText(shape)}`
    )
  }
}

/** The in-place form of an op. */
export interface InPlaceForm<Parameters> {
  /**
   * The node of a call, made before the write; it may save `self` as its last tensor, for a rule that reads the result.
   */
  readonly makeNode: (self: Tensor, inputs: readonly Tensor[], parameters: Parameters) => Node
  /** Writes `self`, whatever else it checks before. */
  readonly write: (self: Tensor, inputs: readonly Tensor[], parameters: Parameters) => void
}

/**
 * Writes `self` in place from itself and `inputs`, and makes the node of that its history where one of them is tracked.
 */
export function recordInPlace<Parameters>(
  form: InPlaceForm<Parameters>,
  self: Tensor,
  inputs: readonly Tensor[],
  parameters: Parameters
): Tensor {
  checkInPlace(self, inputs)
  const isRecorded = isFloating(self.code) && (isTracked(self) || inputs.some(isTracked))
  const node = isRecorded ? form.makeNode(self, inputs, parameters) : null
  form.write(self, inputs, parameters)
  self.cell.version++
  if (node !== null) {
    node.settleOutput(self)
    rebaseHistory(self, node)
  }
  return self
}

/**
 * What stands for `self` in a node that is made before a write: its history, with a copy of its elements where a
 * formula reads them.
 */
export function beforeWrite(self: Tensor, isRead: boolean): Tensor {
  const old = isRead ? preserved(self) : self.detach()
  old.node = self.gradFn
  old.outputIndex = self.outputIndex
  return old
}

/** The in-place form of an op whose rule has `self` as its first input; `save` tells what the formulas read. */
export const formOf = <Parameters>(
  nodeRule: Rule<Parameters>,
  write: InPlaceForm<Parameters>['write'],
  save?: (self: Tensor, inputs: readonly Tensor[], parameters: Parameters) => Saved
): InPlaceForm<Parameters> => ({
  makeNode: (self, inputs, parameters) =>
    nodeOf({ rule: nodeRule, parameters, save: save?.(self, inputs, parameters) }, [self, ...inputs]),
  write
})

/** The gradient of what was there before a write that it has no part in. */
export const cut = (g: Tensor): Tensor => noGrad(() => filled(g.sizes, 0, g.code))

const noInputs: readonly Tensor[] = []

/** An in-place op that sets every element whatever it was, from its parameters alone. */
export function overwriting<Parameters>(
  nodeName: string,
  write: (self: Tensor, parameters: Parameters) => void
): (self: Tensor, parameters: Parameters) => Tensor {
  const form = formOf<Parameters>(rule(nodeName, cut), (self, _, parameters) => {
    write(self, parameters)
  })
  return (self, parameters) => recordInPlace(form, self, noInputs, parameters)
}
