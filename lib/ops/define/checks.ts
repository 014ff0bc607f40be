// Checks of values that kernels make, so that a replay makes them too, and the errors that they throw.

import { kernelRow } from '../../launch'
import type { Failure } from '../../recording'
import type { Tensor } from '../../tensor'
import { type Value, symbolOf } from './value'

const unitRow = kernelRow('pointwise', 'checkUnit')

/** The same value of a symbol, with an error of its own where an element is outside [0, 1] or NaN. */
export function checkedUnit(value: Value, failure: () => Error): Value {
  const symbol = symbolOf(value)
  return symbol.builder.instruction(unitRow, symbol.code, [symbol], failure)
}

/**
 * The failure of a launch that checks indices: an error about the first of the tensors' values that `isOutside` finds.
 */
export function rejection(
  tensors: readonly Tensor[],
  isOutside: (value: number | bigint, tensor: number) => boolean,
  message: (value: number | bigint, tensor: number) => string
): Failure {
  return {
    reads: tensors,
    fail(_, at) {
      for (const [i, tensor] of tensors.entries()) {
        const value = Array.from<number | bigint>(at(tensor).toTypedArray()).find((each) => isOutside(each, i))
        if (value !== undefined) throw new RangeError(message(value, i))
      }
      throw new Error('internal: no index is out of range')
    }
  }
}
