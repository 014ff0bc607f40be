// Who traces public calls: an exporter hears of each that has one of its values among the arguments. Such values are no
// tensors, so that calls of tensors never ask.

import type { Signature } from './signature'

/** What a trace is told. */
export interface Tracer {
  /** True for a value that stands for a tensor. */
  traces(value: unknown): boolean
  /** What a call gives for a value of each parameter; `body` is what it does with tensors. */
  call(signature: Signature, values: readonly unknown[], body: (...values: unknown[]) => unknown): unknown
}

/** The one tracer of this thread, null outside a trace. */
export const tracing: { tracer: Tracer | null } = { tracer: null }
