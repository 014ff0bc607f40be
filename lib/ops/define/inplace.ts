// The in-place family: `add_` from `add`.

import { type Node, isTracked } from '../../autograd/node'
import { isFloating } from '../../dtype'
import { checkArity } from '../../kinds'
import { Tensor } from '../../tensor'
import { preserved } from '../core/copy'
import { rebaseHistory } from '../core/history'
import { type PointwiseOp, pointwiseOps, scalarValue } from './pointwise'
import { type Operand, castError } from './result'
import { checkInPlace, checkShapeKept } from './write'

function applyInPlace(op: PointwiseOp, self: Tensor, others: readonly Operand[]): Tensor {
  const operands: Operand[] = [self, ...others]
  const tensors = others.filter((operand) => operand instanceof Tensor)
  checkInPlace(self, tensors)
  for (const tensor of tensors) checkShapeKept(self, tensor.sizes, op.name)
  const node =
    isFloating(self.code) && (isTracked(self) || tensors.some(isTracked)) ? inPlaceNode(op, self, others) : null
  op.writeInPlace(self, operands, (from) => castError(from, self.code))
  self.cell.version++
  if (node !== null) {
    if (op.derivative.usesOutput(node)) node.saveOutput(self)
    rebaseHistory(self, node)
  }
  return self
}

/** The node of an in-place call, made before the write destroys the old self: a formula that reads it gets a copy. */
function inPlaceNode(op: PointwiseOp, self: Tensor, others: readonly Operand[]): Node {
  const readsSelf =
    op.derivative.uses(0, 0) ||
    others.some((other, i) => other instanceof Tensor && isTracked(other) && op.derivative.uses(i + 1, 0))
  const old = readsSelf ? preserved(self) : self.detach()
  old.node = self.gradFn
  old.outputIndex = self.outputIndex
  return op.derivative.makeNode(
    self,
    [old, ...others.map((other) => (other instanceof Tensor ? other : Number(other)))],
    null
  )
}

/** The in-place form of a pointwise op. */
export function inPlace(name: string): (self: Tensor, ...others: Operand[]) => Tensor {
  const op = pointwiseOps.get(name)
  if (op === undefined) throw new Error(`internal: there is no pointwise op '${name}'`)
  return (self, ...others) => {
    checkArity(`${name}_`, 1 + others.length, op.arity)
    for (let i = 0; i < op.arity - 1; i++) {
      if (!(others[i] instanceof Tensor)) scalarValue(others[i], `${name}_`)
    }
    return applyInPlace(op, self, others)
  }
}
