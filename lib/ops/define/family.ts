// A row of the pointwise family and its signature.

import type { Signature } from '../../declare'
import { Form } from './form'
import { Forms } from './forms'
import { PointwiseOp } from './pointwise'
import type { AnyRow } from './row'

/** A row as a family of ops, one for each form. */
export class Family extends Forms<PointwiseOp> {
  /** The op where only what must be given is, and all else has its default. */
  readonly base: PointwiseOp

  constructor(
    signature: Signature,
    readonly row: AnyRow
  ) {
    super(
      signature,
      (args, scalars, choices) => new PointwiseOp(signature.name, row, new Form(args, scalars, choices)),
      row.neutral
    )
    this.base = this.settle(signature.parameters.map(({ initial }) => initial)).op
  }
}
