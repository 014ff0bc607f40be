// Rows of lib/ops/views-in-place.ts. See helpers/rows.ts.

import type { Tensor } from '../../lib'
import { moves } from '../helpers/rows'

/** The op of what the step made. */
const inPlace = (
  name: string,
  shape: readonly number[],
  op: (x: Tensor) => Tensor,
  from: (index: readonly number[]) => number[]
) => moves(name, '', shape, (x) => op(x.add(0).contiguous()), from)

inPlace(
  'transpose_',
  [2, 3, 4],
  (x) => x.transpose_(0, 2),
  ([k, j, i]) => [i, j, k]
)
inPlace(
  'swapaxes_',
  [2, 3],
  (x) => x.swapaxes_(0, 1),
  ([j, i]) => [i, j]
)
inPlace(
  'swapdims_',
  [2, 3],
  (x) => x.swapdims_(0, 1),
  ([j, i]) => [i, j]
)
inPlace(
  't_',
  [2, 3],
  (x) => x.t_(),
  ([j, i]) => [i, j]
)
inPlace(
  'unsqueeze_',
  [2, 3],
  (x) => x.unsqueeze_(1),
  ([i, , j]) => [i, j]
)
inPlace(
  'squeeze_',
  [2, 1, 3],
  (x) => x.squeeze_(1),
  ([i, j]) => [i, 0, j]
)
inPlace(
  'asStrided_',
  [2, 3],
  (x) => x.asStrided_([2, 2], [1, 2], 1),
  ([i, j]) => [Math.floor((i + 2 * j + 1) / 3), (i + 2 * j + 1) % 3]
)
