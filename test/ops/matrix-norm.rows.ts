// Rows of norms of matrices. See helpers/rows.ts.

import { linalg } from '../../lib'
import { floating, row } from '../helpers/rows'

for (const order of ['fro', 1, -1, Infinity, -Infinity] as const) {
  const about = { variant: `of order ${order}`, shapes: [[[2, 3]], [[3, 2, 2]]], rejects: floating, roundsOnce: false }
  row('matrixNorm', { call: (x) => linalg.matrixNorm(x, order), ...about })
  row('norm', {
    call: (x) => linalg.norm(x, order, [0, -1], true),
    ...about,
    variant: `of linalg, ${about.variant}`
  })
}
row('norm', {
  variant: 'of linalg, of vectors',
  shapes: [[[2, 3]]],
  call: (x) => linalg.norm(x, 3, 1),
  rejects: floating
})
