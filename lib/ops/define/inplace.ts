// The in-place family: `add_` from `add`.

import { isTracked } from '../../autograd/node'
import { noScalars } from '../../expression'
import { Tensor } from '../../tensor'
import type { PointwiseOp } from './pointwise'
import { type Operand, castError } from './result'
import type { Scalar } from './tensor-value'
import { type InPlaceForm, beforeWrite, checkShapeKept, recordInPlace } from './write'

/** A row's call without its first operand, which is written. */
interface Written {
  readonly op: PointwiseOp
  readonly others: readonly Operand[]
  readonly scalars: readonly Scalar[]
}

const form: InPlaceForm<Written> = {
  // A formula that reads the old self gets a copy.
  makeNode: (self, _, { op, others, scalars }) => {
    const isRead = (other: Operand, i: number): boolean =>
      other instanceof Tensor && isTracked(other) && op.derivative.uses(i + 1, 0)
    const readsSelf = op.derivative.uses(0, 0) || others.some(isRead)
    return op.inPlaceNode(self, [beforeWrite(self, readsSelf), ...others], scalars)
  },
  write: (self, tensors, { op, others, scalars }) => {
    for (const tensor of tensors) checkShapeKept(self, tensor.sizes, op.name)
    op.writeInPlace([self, ...others], scalars, (from) => castError(from, self.code))
  }
}

/** Writes an op's result into its first operand. */
export function writeRow(
  op: PointwiseOp,
  operands: readonly Operand[],
  scalars: readonly Scalar[] = noScalars
): Tensor {
  const self = operands[0] as Tensor
  const others = operands.length === 2 ? [operands[1]] : operands.slice(1)
  const tensors = others.filter((operand) => operand instanceof Tensor)
  return recordInPlace(form, self, tensors, { op, others, scalars })
}
