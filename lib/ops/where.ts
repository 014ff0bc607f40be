// `x.where(condition, other)`, whose arguments stand in another order than those of the function.

import { declare } from '../declare'
import type { Tensor } from '../tensor'
import { where } from './elementwise'

/** This where `condition` holds, else `other`. */
export const whereMethod = declare(
  'where(input: Tensor, condition: Tensor, other: operand)',
  (input, condition, other): Tensor => where(condition, input, other),
  ['Tensor']
)
