// What the tests of surprises in compiled functions share.

import { type Tensor, tensor } from '../../lib'

export const x = (): Tensor => tensor([1, 2, 3])

/** What a call throws. */
export function thrown(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}
