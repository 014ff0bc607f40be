// Rows of losses of elements against elements. See helpers/rows.ts.

import { binaryCrossEntropy, binaryCrossEntropyWithLogits, mseLoss } from '../../../lib/nn/functional/loss'
import { POSITIVE, type Range, type Shape, row } from '../../helpers/rows'

const shapes: Shape[][] = [
  [
    [2, 3],
    [2, 3]
  ],
  [[5], [5]]
]
const unit: Range = [0.1, 0.9]
for (const reduction of ['none', 'sum', 'mean'] as const) {
  const about = { variant: reduction, shapes, checksDtypes: false }
  row('mseLoss', { ...about, call: (a, b) => mseLoss(a, b, { reduction }) })
  row('binaryCrossEntropy', { ...about, domain: unit, call: (a, b) => binaryCrossEntropy(a, b, { reduction }) })
  row('binaryCrossEntropyWithLogits', {
    ...about,
    domain: [[-3, 3], unit],
    call: (a, b) => binaryCrossEntropyWithLogits(a, b, { reduction })
  })
}

const weighted = { shapes: [[[2, 3], [2, 3], [3]]], tracked: [0, 1], checksDtypes: false }
row('binaryCrossEntropy', {
  ...weighted,
  variant: 'with weights',
  domain: unit,
  call: (p, y, w) => binaryCrossEntropy(p, y, w.detach())
})
row('binaryCrossEntropyWithLogits', {
  ...weighted,
  variant: 'with positive weights',
  domain: [[-3, 3], unit, POSITIVE],
  call: (x, y, w) => binaryCrossEntropyWithLogits(x, y, { posWeight: w.detach() })
})
