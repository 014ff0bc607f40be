// Rows of grids and choices. See helpers/rows.ts.

import { cartesianProd, combinations, meshgrid } from '../../lib'
import { row } from '../helpers/rows'

for (const indexing of ['ij', 'xy']) {
  row('meshgrid', {
    variant: indexing,
    shapes: [[[2], [3]]],
    call: (...lines) => {
      const [a, b] = meshgrid(...lines, { indexing })
      return a.mul(b)
    }
  })
}
row('cartesianProd', { shapes: [[[2], [3]]], call: (...lines) => cartesianProd(...lines), ulps: 0 })
// The places are a constant that is made of numbers.
row('combinations', { shapes: [[[4]]], call: (x) => combinations(x), ulps: 0, compiles: false })
