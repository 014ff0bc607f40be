// Rows of lib/ops/diagonal.ts. See helpers/rows.ts.

import { type Tensor, diagflat, linalg } from '../../lib'
import { moves, row } from '../helpers/rows'

moves(
  'diagonal',
  '',
  [3, 4],
  (x) => x.diagonal(),
  ([i]) => [i, i]
)
moves(
  'diagonal',
  'of a batch',
  [3, 3, 2],
  (x) => x.diagonal(),
  ([j, i]) => [i, i, j]
)
moves(
  'diagonal',
  'to the right',
  [2, 3, 4],
  (x) => x.diagonal(1, 0, -1),
  ([j, i]) => [i, j, i + 1]
)
moves(
  'diagonal',
  'below',
  [4, 3],
  (x) => x.diagonal(-2),
  ([i]) => [i + 2, i]
)
moves(
  'diagonal',
  'outside',
  [4, 3],
  (x) => x.diagonal(5),
  ([i]) => [i, i]
)
moves(
  'diagonal',
  'of linalg',
  [2, 3, 4],
  (x) => linalg.diagonal(x, { offset: -1 }),
  ([j, i]) => [j, i + 1, i]
)
moves(
  'diag',
  'of a matrix',
  [3, 4],
  (x) => x.diag(1),
  ([i]) => [i, i + 1]
)
row('diag', { shapes: [[[3]]], call: (x) => x.diag(-1), ulps: 0 })
row('diagEmbed', { shapes: [[[2, 3]], [[0]]], ulps: 0 })
row('diagEmbed', {
  variant: 'in other dims',
  shapes: [[[2, 3]]],
  call: (x) => x.diagEmbed(1, 2, 0),
  ulps: 0
})
row('diagflat', { shapes: [[[2, 2]], [[]]], call: (x) => diagflat(x, 1), ulps: 0 })
const filledDiagonal = (x: Tensor): Tensor => x.clone().fillDiagonal_(1)
row('fillDiagonal_', { shapes: [[[2, 3]], [[3, 3, 3]]], call: filledDiagonal, ulps: 0 })
row('fillDiagonal_', {
  variant: 'that wraps',
  shapes: [[[7, 2]]],
  call: (x) => x.clone().fillDiagonal_(1, true),
  ulps: 0
})
row('trace', { shapes: [[[3, 3]], [[2, 3]], [[0, 2]]], rejects: ['bool'] })
