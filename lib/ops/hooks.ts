// Hooks on leaves whose gradient is complete.

import { declare } from '../declare'
import { usualAdvice } from '../kinds'
import { type RemovableHandle, removable } from '../removable'
import { defineCheck, refusing } from '../signature'
import type { Tensor } from '../tensor'
import { accumulatorOf } from '../autograd/node'

/** Called with a leaf. */
export type LeafHook = (leaf: Tensor) => void

declare module '../signature/types' {
  interface KindTypes {
    leafHook: LeafHook
  }
}

const isFunction = (value: unknown): boolean => typeof value === 'function'
defineCheck('leafHook', 'a function', isFunction, refusing(isFunction, 'a function', usualAdvice))

/**
 * Runs `hook` with this leaf at each backward when its gradient is in `grad`, such as to update the leaf and to drop
 * the gradient at once; returns what removes it: a function, or its `remove`.
 */
export const registerPostAccumulateGradHook = declare(
  'registerPostAccumulateGradHook(input: Tensor, hook: leafHook)',
  (input, hook): RemovableHandle => {
    if (!input.requiresGrad) throw new Error("cannot register a hook on a tensor that doesn't require gradient")
    if (!input.isLeaf) throw new Error('post accumulate grad hooks cannot be registered on non-leaf tensors')
    const node = accumulatorOf(input)
    const entry: LeafHook = (leaf) => hook(leaf)
    node.after = [...(node.after ?? []), entry]
    return removable(input, () => {
      // It may have been taken back before.
      const others = node.after?.filter((other) => other !== entry) ?? []
      node.after = others.length === 0 ? null : others
    })
  },
  ['Tensor']
)
