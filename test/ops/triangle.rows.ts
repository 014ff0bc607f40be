// Rows of lib/ops/triangle.ts. See helpers/rows.ts.

import { trilIndices, triuIndices } from '../../lib'
import { constant, row } from '../helpers/rows'

const shapes = [[[3, 4]], [[2, 3, 3]], [[2, 0]]]
for (const [variant, diagonal] of [
  ['', 0],
  ['above the diagonal', 2],
  ['below the diagonal', -1]
] as const) {
  row('tril', { variant, shapes, call: (x) => x.tril(diagonal), ulps: 0 })
  row('triu', { variant, shapes, call: (x) => x.triu(diagonal), ulps: 0 })
}
row('trilIndices', { shapes: [[]], call: () => trilIndices(3, 4, 1), ...constant })
row('triuIndices', { shapes: [[]], call: () => triuIndices(3, 4, -1), ...constant })
