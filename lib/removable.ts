// Hooks that are taken back later.

import { recording } from './recording'
import type { Tensor } from './tensor'

/** Takes back what returned it: call it, or its `remove`, as PyTorch's handles have it. */
export interface RemovableHandle {
  (): void
  readonly remove: () => void
}

/** The handle of a hook on `tensor`; one that a compiled step leaves on a tensor from outside is no step. */
export function removable(tensor: Tensor, takeBack: () => void): RemovableHandle {
  const { recorder } = recording
  const end =
    recorder === null || recorder.isCreated(tensor)
      ? undefined
      : recorder.lasting('it leaves a hook on a tensor from outside; register it before the step')
  const remove = (): void => {
    takeBack()
    end?.()
  }
  return Object.assign(
    () => {
      remove()
    },
    { remove }
  )
}
