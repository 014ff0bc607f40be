// A row of what puts elements at subscripts, the adjoint of x.at(). See helpers/rows.ts.

import { slice } from '../../../lib'
import { checkedIn } from '../../helpers/rows'

checkedIn('ops/indexing.test.ts')('scatterSelection', 'as a gradient', [[4, 3]], (x) =>
  x.at(slice(1, 3), [2, 0]).mul(3).sum(0)
)
