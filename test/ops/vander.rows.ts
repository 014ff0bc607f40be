// Rows of Vandermonde matrices. See helpers/rows.ts.

import { linalg, vander } from '../../lib'
import { row } from '../helpers/rows'

row('vander', { shapes: [[[3]]], call: (x) => vander(x), roundsOnce: false })
row('vander', { variant: 'that rises', shapes: [[[3]]], call: (x) => vander(x, 4, true), roundsOnce: false })
row('vander', {
  variant: 'of linalg',
  shapes: [[[2, 3]]],
  call: (x) => linalg.vander(x, { N: 4 }),
  rejects: ['bool', 'float16', 'bfloat16'],
  roundsOnce: false
})
