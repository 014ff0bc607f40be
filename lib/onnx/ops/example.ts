// What the example tells of an argument.

import type { Operand } from '../emit'
import { TracedTensor } from '../traced'

/** The tensor of the example; anything else as it is. */
export const realOf = (value: Operand): Operand =>
  (value as unknown) instanceof TracedTensor ? (value as unknown as TracedTensor).real : value
