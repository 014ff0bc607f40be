// Rows of what copies and fills. See helpers/rows.ts.

import { contiguous, copy_, fill } from '../../lib/ops/copy'
import { moves, row, same } from '../helpers/rows'

moves('clone', '', [2, 3], (x) => x.clone(), same)
moves(
  'contiguous',
  'of a transposed tensor',
  [2, 3],
  (x) => contiguous(x.t()),
  ([i, j]) => [j, i]
)
moves('to', '', [2, 3], (x) => x.to('float64').to(x.dtype), same)
// With a factor, so that the result is no leaf.
moves('cpu', '', [2, 3], (x) => x.mul(1).cpu(), same)
row('copy_', {
  shapes: [[[2, 3], [3]]],
  call: (self, source) => copy_(self.clone(), source),
  reference: ({ shape: [n] }, { data }) => Array.from({ length: n }, () => data).flat(),
  ulps: 0
})
row('fill_', {
  shapes: [[[2, 3]]],
  call: (x) => x.clone().fill_(2.5).add(x),
  reference: ({ data }) => data.map((value) => value + 2.5),
  ulps: 0
})
row('zero_', { shapes: [[[2, 3]]], call: (x) => x.mul(x).zero_().add(x), reference: ({ data }) => data, ulps: 0 })
row('fill_', {
  variant: 'with a tensor',
  shapes: [[[2, 3], []]],
  call: (x, value) => x.clone().fill_(value).add(x),
  roundsOnce: false
})
row('fill', { shapes: [[[2, 3]]], call: (x) => fill(x, 2), reference: ({ data }) => data.map(() => 2), ulps: 0 })
row('fill', { variant: 'with a tensor', shapes: [[[2, 3], []]], call: (x, value) => fill(x, value), ulps: 0 })
