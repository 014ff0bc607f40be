// The autograd fields that only leaves, views and hooked tensors need. Knows no operation and not the engine.

import { withoutRecording } from '../recording'
import { isRecyclable, recycle } from '../storage'
import type { Tensor } from '../tensor'
import type { AccumulateGrad } from './node'

/** Called with the gradient of a tensor; what it returns, if anything, replaces the gradient. */
export type Hook = (gradient: Tensor) => Tensor | void | null

/**
 * Why a view must not be modified in place: it is one of several that a call returned, was made under noGrad, or came
 * from a replay, which tells no base of its views' histories; or it is a view of such a one.
 */
export type ReadonlyReason = 'multi-output' | 'no-grad' | 'replayed'

/** How a view hangs on its base: in-place writes through either are seen by the other's gradient. */
export interface ViewInfo {
  /** The tensor whose elements are shown; never a view itself. */
  readonly base: Tensor
  /** Version at which `node` was made; a later in-place write makes the view derive a new one from its base. */
  version: number
  /** Why the view must not be modified in place, or null. */
  readonly readonlyReason: ReadonlyReason | null
}

/** A gradient that a replay left in its program's memory; made a tensor when somebody reads it. */
export interface PendingGradient {
  materialise(): Tensor
}

/** What only leaves, views and hooked tensors need; null in most intermediates. */
export class AutogradMeta {
  /** Stands for the gradient until somebody reads it. */
  pending: PendingGradient | null = null
  private gradient: Tensor | null = null
  /**
   * True while nothing else refers to the gradient and its bytes: the engine made it, and nobody has read
   * `Tensor.grad`.
   */
  ownsGrad = false
  accumulator: AccumulateGrad | null = null
  hooks: Hook[] | null = null
  retainsGrad = false
  view: ViewInfo | null = null
  /** Set by nn.Parameter: modules list this tensor among their parameters. */
  isParameter = false

  /** The gradient; announcing is the caller's, see `Tensor.grad`. */
  get grad(): Tensor | null {
    const { pending } = this
    if (pending !== null) this.grad = withoutRecording(() => pending.materialise())
    return this.gradient
  }

  set grad(gradient: Tensor | null) {
    this.pending = null
    this.gradient = gradient
    this.ownsGrad = false
  }

  /** Lets go of the gradient; its bytes serve the next result where nobody else refers to them. */
  dropGrad(): void {
    const storage = this.ownsGrad ? this.gradient!.storage : null
    this.grad = null
    if (storage !== null && storage.lock === null && isRecyclable(storage)) recycle(storage)
  }

  /** True when there is a gradient, which need not be made to know it. */
  get hasGrad(): boolean {
    return this.pending !== null || this.gradient !== null
  }
}
