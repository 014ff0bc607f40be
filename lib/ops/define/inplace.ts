// The in-place family: `add_` from `add`.

import { type Node, isTracked } from '../../autograd/node'
import { checkArity } from '../../kinds'
import { Tensor } from '../../tensor'
import { type PointwiseOp, pointwiseOps, scalarValue } from './pointwise'
import { type Operand, castError } from './result'
import { type InPlaceForm, beforeWrite, checkShapeKept, recordInPlace } from './write'

/** The in-place form of an op, from its operands behind the first. */
const formOf = (op: PointwiseOp): InPlaceForm<readonly Operand[]> => ({
  makeNode: (self, _, others) => inPlaceNode(op, self, others),
  write: (self, tensors, others) => {
    for (const tensor of tensors) checkShapeKept(self, tensor.sizes, op.name)
    op.writeInPlace(self, [self, ...others], (from) => castError(from, self.code))
  }
})

/** The node of an in-place call: a formula that reads the old self gets a copy. */
function inPlaceNode(op: PointwiseOp, self: Tensor, others: readonly Operand[]): Node {
  const readsSelf =
    op.derivative.uses(0, 0) ||
    others.some((other, i) => other instanceof Tensor && isTracked(other) && op.derivative.uses(i + 1, 0))
  const operands = others.map((other) => (other instanceof Tensor ? other : Number(other)))
  return op.derivative.makeNode(self, [beforeWrite(self, readsSelf), ...operands], self)
}

/** The in-place form of a pointwise op. */
export function inPlace(name: string): (self: Tensor, ...others: Operand[]) => Tensor {
  const op = pointwiseOps.get(name)
  if (op === undefined) throw new Error(`internal: there is no pointwise op '${name}'`)
  const form = formOf(op)
  return (self, ...others) => {
    checkArity(`${name}_`, 1 + others.length, op.arity)
    for (let i = 0; i < op.arity - 1; i++) {
      if (!(others[i] instanceof Tensor)) scalarValue(others[i], `${name}_`)
    }
    const tensors = others.filter((operand) => operand instanceof Tensor)
    return recordInPlace(form, self, tensors, others)
  }
}
