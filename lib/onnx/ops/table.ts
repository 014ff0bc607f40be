// The table of public calls: what each is in ONNX, or why it is nothing. Every call has one row; a test compares.

import type { Emit } from '../emit'
import type { Value } from '../graph'

/** What a call becomes: nodes that `emit` writes, calls that `code` makes of traced tensors, or what it is anyway. */
export type Row =
  | { readonly emit: (emit: Emit, args: never) => Value | readonly Value[]; readonly isUnsized?: boolean }
  | { readonly code: (args: never) => unknown; readonly isWrite?: boolean }
  | { readonly isQuery: true }
  | { readonly isConstant: true }
  | { readonly reason: string }

/** Rows by the names of calls: `sum`, `nn.functional.relu`, `Tensor.float`. */
export const rows = new Map<string, Row>()

/** The error of a call that has no counterpart. */
export const missing = (call: string, reason: string): Error =>
  new Error(`onnx.export: ${call} has no counterpart in ONNX: ${reason}`)

function put(names: string, row: Row): void {
  for (const name of names.split(' ')) {
    if (rows.has(name)) throw new Error(`internal: onnx has two rows of ${name}`)
    rows.set(name, row)
  }
}

/** Calls that are nodes. `Args` are a call's arguments by the names of its signatures; names stand side by side. */
export const nodes = <Args>(names: string, emit: (emit: Emit, args: Args) => Value | readonly Value[]): void =>
  put(names, { emit })

/** The same where the size of the result depends on values. */
export const unsized = <Args>(names: string, emit: (emit: Emit, args: Args) => Value | readonly Value[]): void =>
  put(names, { emit, isUnsized: true })

/** Calls that are others: of the values of a call's arguments, in traced tensors. */
export const code = <Args>(names: string, of: (args: Args) => unknown): void => put(names, { code: of })

/** Calls that write in place, though no underscore says so, or have no plain form: their target is what `of` gives. */
export const writes = <Args>(names: string, of: (args: Args) => unknown): void =>
  put(names, { code: of, isWrite: true })

/** Calls that take no tensor: what they give is a constant. */
export const constants = (names: string): void => put(names, { isConstant: true })

/** Calls that ask for what the example tells: a number of dims, a dtype. */
export const queries = (names: string): void => put(names, { isQuery: true })

/** Calls without a counterpart, for one reason. */
export const without = (reason: string, names: string): void => put(names, { reason })

/** Other names of one call. */
export function aliases(name: string, others: string): void {
  const row = rows.get(name)
  if (row === undefined) throw new Error(`internal: onnx has no row of ${name}`)
  put(others, row)
}
