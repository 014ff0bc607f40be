// Rows of copies with a part replaced; PyTorch's cases have their values. See helpers/rows.ts.

import { diagonalScatter, selectScatter, sliceScatter } from '../../lib'
import { row } from '../helpers/rows'

row('selectScatter', { shapes: [[[2, 3], [2]]], call: (x, src) => selectScatter(x, src, 1, 2) })
row('sliceScatter', {
  shapes: [
    [
      [2, 5],
      [2, 2]
    ]
  ],
  call: (x, src) => sliceScatter(x, src, 1, 0, 4, 2)
})
row('asStridedScatter', {
  shapes: [
    [
      [2, 3],
      [2, 2]
    ]
  ],
  // Of the elements as they lie.
  call: (x, src) => x.contiguous().asStridedScatter(src, [2, 2], [3, 1], x.contiguous().storageOffset() + 1)
})
row('diagonalScatter', { shapes: [[[2, 3], [2]]], call: (x, src) => diagonalScatter(x, src, 1) })
