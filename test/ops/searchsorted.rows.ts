// Rows of searches among ordered lines; PyTorch's cases have their values. See helpers/rows.ts.

import { bucketize, searchsorted } from '../../lib'
import { row } from '../helpers/rows'

const about = {
  shapes: [
    [
      [2, 4],
      [2, 3]
    ]
  ],
  differentiable: false,
  rejects: ['bool'] as const
}
row('searchsorted', { ...about, call: (x, values) => searchsorted(x.sort().values, values) })
row('bucketize', { ...about, call: (x, values) => bucketize(values, x.at(0).sort().values, { right: true }) })
