// Selection by a condition: the function, and the method, whose arguments stand in another order.

import { declare, overload, way } from '../declare'
import type { Tensor } from '../tensor'
import { where as select } from './elementwise'
import { nonzeroList } from './nonzero'

/** This where `condition` holds, else `other`. */
export const whereMethod = declare(
  'where(input: Tensor, condition: Tensor, other: operand)',
  (input, condition, other): Tensor => select(condition, input, other),
  ['Tensor']
)

/**
 * `input` where `condition` (bool or uint8) holds, else `other`; of a condition alone where it holds, as `nonzero` with
 * `asTuple`.
 */
export const where = overload(
  ['torch'],
  way('where(condition: Tensor, input: operand, other: operand)', (condition, input, other) =>
    select.settled(condition, input, other)
  ),
  way('where(condition: Tensor)', (condition) => nonzeroList(condition, 'where'))
)
