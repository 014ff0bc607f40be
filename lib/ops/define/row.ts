// What a row of the pointwise family says: forward over symbols, promotion, names and one derivative per argument.

import { kernelRow } from '../../launch'
import { BOOL, FLOAT32, isFloating, kindOf, promoteKinds } from '../../dtype'
import type { Expr } from '../../expression'
import type { Tensor } from '../../tensor'

/** Values that a derivative may use: the inputs in order and the output; tensors, or symbols while it is traced. */
export interface Values {
  readonly self: Tensor
  readonly other: Tensor
  readonly third: Tensor
  readonly output: Tensor
}

/** Gradient of one input from the gradient `g` of the output. */
export type Formula = (g: Tensor, values: Values) => Tensor

/** How operand dtypes meet: promoted; promoted to a float; or PyTorch's `where`, whose condition stays bool. */
export type Promotion = 'promote' | 'float' | 'select'

export interface PointwiseRow {
  /** The forward over symbols, when it is not the kernel row of the op's name. */
  readonly forward?: (self: Tensor, other: Tensor, third: Tensor) => Tensor
  readonly promotion?: Promotion
  /** PyTorch's node name where it is not `<Name>Backward0`; then with a number second, and with a number first. */
  readonly node?: string
  readonly nodeScalarSecond?: string
  readonly nodeScalarFirst?: string
  /** Error of a kernel that checks values. */
  readonly failure?: () => Error
  /** Error for a dtype without kernel. */
  readonly unsupported?: (code: number) => Error
  readonly self?: Formula
  readonly other?: Formula
  readonly third?: Formula
}

/** Appends an op to an expression. */
export type Emit = (inputs: readonly Expr[]) => Expr

/** The forward that a row stands for: its own, or the kernel row of the op's name. */
export function emitOf(name: string, { forward, promotion = 'promote', failure }: PointwiseRow): Emit {
  return forward === undefined ? emitKernel(name, promotion, failure) : emitForward(forward)
}

function emitForward(forward: NonNullable<PointwiseRow['forward']>): Emit {
  return (inputs) => forward(...(inputs as unknown as [Tensor, Tensor, Tensor])) as unknown as Expr
}

function emitKernel(name: string, promotion: Promotion, failure?: () => Error): Emit {
  const row = kernelRow('pointwise', name)
  return (inputs) => {
    const { builder } = inputs[0]
    const promoted = promotion === 'select' ? inputs.slice(1) : inputs
    let code = promoted.reduce((kind, input, i) => (i === 0 ? input.kind : promoteWith(kind, input.kind)), 0) & 7
    if (promotion === 'float' && !isFloating(code)) code = FLOAT32
    const sources = inputs.map((input, i) =>
      promotion === 'select' && i === 0 ? builder.cast(input, BOOL) : builder.cast(input, code)
    )
    return builder.instruction(row, code, sources, failure ?? null)
  }
}

const promoteWith = (a: number, b: number): number => kindOf(promoteKinds(a, b), Math.min(a >> 3, b >> 3))
