// Rows of softmax and its logarithm. See helpers/rows.ts.

import { floating, row } from '../helpers/rows'

for (const dim of [0, 1]) {
  const about = { variant: `over dim ${dim}`, shapes: [[[2, 3]], [[4, 19]]], rejects: floating }
  row('softmax', { ...about, call: (x) => x.softmax(dim) })
  row('logSoftmax', { ...about, call: (x) => x.logSoftmax(dim) })
}
