// Rows of lib/ops/view-copies.ts. See helpers/rows.ts.

import * as dyngrad from '../../lib'
import { contiguous } from '../../lib/ops/copy'
import { row } from '../helpers/rows'

type Op = (x: dyngrad.Tensor) => dyngrad.Tensor

/** A row of a copy that has the bits of a view. */
const copies = (name: string, shape: readonly number[], call: Op, view: Op): void =>
  row(name, { shapes: [[shape]], call, sameAs: view, ulps: 0 })

copies(
  'narrowCopy',
  [2, 5],
  (x) => x.narrowCopy(1, 1, 3),
  (x) => x.narrow(1, 1, 3)
)
copies(
  'asStridedCopy',
  [2, 3],
  (x) => dyngrad.asStridedCopy(contiguous(x), [2, 2], [1, 2], 1),
  (x) => contiguous(x).asStrided([2, 2], [1, 2], 1)
)
copies(
  'diagonalCopy',
  [3, 4],
  (x) => dyngrad.diagonalCopy(x, 1),
  (x) => x.diagonal(1)
)
copies(
  'expandCopy',
  [2, 1],
  (x) => dyngrad.expandCopy(x, [2, 3]),
  (x) => x.expand(2, 3)
)
copies(
  'permuteCopy',
  [2, 3, 4],
  (x) => dyngrad.permuteCopy(x, [2, 0, 1]),
  (x) => x.permute(2, 0, 1)
)
copies(
  'selectCopy',
  [2, 3],
  (x) => dyngrad.selectCopy(x, 1, 2),
  (x) => x.select(1, 2)
)
copies(
  'sliceCopy',
  [2, 7],
  (x) => dyngrad.sliceCopy(x, 1, 1, 6, 2),
  (x) => x.at('...', dyngrad.slice(1, 6, 2))
)
copies(
  'squeezeCopy',
  [1, 3, 1],
  (x) => dyngrad.squeezeCopy(x, 0),
  (x) => x.squeeze(0)
)
copies(
  'tCopy',
  [2, 3],
  (x) => dyngrad.tCopy(x),
  (x) => x.t()
)
copies(
  'transposeCopy',
  [2, 3, 4],
  (x) => dyngrad.transposeCopy(x, 0, 2),
  (x) => x.transpose(0, 2)
)
copies(
  'unbindCopy',
  [2, 3],
  (x) => dyngrad.unbindCopy(x, 1)[2],
  (x) => x.unbind(1)[2]
)
copies(
  'unfoldCopy',
  [7],
  (x) => dyngrad.unfoldCopy(x, 0, 3, 2),
  (x) => x.unfold(0, 3, 2)
)
copies(
  'unsqueezeCopy',
  [2, 3],
  (x) => dyngrad.unsqueezeCopy(x, 1),
  (x) => x.unsqueeze(1)
)
copies(
  'viewCopy',
  [2, 3],
  (x) => dyngrad.viewCopy(contiguous(x), [3, 2]),
  (x) => contiguous(x).view(3, 2)
)
copies(
  'splitCopy',
  [5],
  (x) => dyngrad.splitCopy(x, 2)[1],
  (x) => x.split(2)[1]
)
copies(
  'splitWithSizesCopy',
  [6],
  (x) => dyngrad.splitWithSizesCopy(x, [1, 5])[1],
  (x) => x.split([1, 5])[1]
)
