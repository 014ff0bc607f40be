// Rows of ops that take a tensor apart. See helpers/rows.ts.

import { moves } from '../helpers/rows'

moves(
  'unbind',
  '',
  [2, 3],
  (x) => x.unbind(1)[2],
  ([i]) => [i, 2]
)
moves(
  'split',
  '',
  [2, 5],
  (x) => x.split(2, 1)[1],
  ([i, j]) => [i, j + 2]
)
moves(
  'split',
  'by sizes',
  [6],
  (x) => x.split([1, 3, 2])[1],
  ([i]) => [i + 1]
)
moves(
  'chunk',
  '',
  [5, 2],
  (x) => x.chunk(2)[1],
  ([i, j]) => [i + 3, j]
)
moves(
  'tensorSplit',
  '',
  [7, 2],
  (x) => x.tensorSplit(3)[1],
  ([i, j]) => [i + 3, j]
)
moves(
  'tensorSplit',
  'at indices',
  [2, 5],
  (x) => x.tensorSplit([1, -2], 1)[1],
  ([i, j]) => [i, j + 1]
)
moves(
  'splitWithSizes',
  '',
  [6],
  (x) => x.splitWithSizes([1, 3, 2])[1],
  ([i]) => [i + 1]
)
moves(
  'unsafeSplit',
  '',
  [5],
  (x) => x.unsafeSplit(2)[1],
  ([i]) => [i + 2]
)
moves(
  'unsafeSplitWithSizes',
  '',
  [2, 5],
  (x) => x.unsafeSplitWithSizes([1, 4], 1)[1],
  ([i, j]) => [i, j + 1]
)
moves(
  'unsafeChunk',
  '',
  [5],
  (x) => x.unsafeChunk(2)[1],
  ([i]) => [i + 3]
)
moves(
  'hsplit',
  '',
  [2, 4],
  (x) => x.hsplit(2)[1],
  ([i, j]) => [i, j + 2]
)
moves(
  'hsplit',
  'of a vector',
  [5],
  (x) => x.hsplit([1, 3])[1],
  ([i]) => [i + 1]
)
moves(
  'vsplit',
  '',
  [4, 2],
  (x) => x.vsplit(2)[1],
  ([i, j]) => [i + 2, j]
)
moves(
  'dsplit',
  '',
  [2, 1, 4],
  (x) => x.dsplit([1])[1],
  ([i, j, k]) => [i, j, k + 1]
)
