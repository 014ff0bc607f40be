// Rows of losses of elements against elements. See helpers/rows.ts.

import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  huberLoss,
  klDiv,
  l1Loss,
  mseLoss,
  smoothL1Loss
} from '../../../lib/nn/functional/loss'
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
  row('l1Loss', { ...about, call: (a, b) => l1Loss(a, b, { reduction }) })
  row('smoothL1Loss', { ...about, call: (a, b) => smoothL1Loss(a, b, { reduction, beta: 0.75 }) })
  row('huberLoss', { ...about, call: (a, b) => huberLoss(a, b, { reduction, delta: 0.75 }) })
  row('klDiv', { ...about, domain: [[-3, 0], unit], call: (a, b) => klDiv(a, b, { reduction }) })
  row('klDiv', {
    ...about,
    variant: `of logarithms, ${reduction}`,
    domain: [-3, 0],
    call: (a, b) => klDiv(a, b, { reduction, logTarget: true })
  })
  row('binaryCrossEntropy', { ...about, domain: unit, call: (a, b) => binaryCrossEntropy(a, b, { reduction }) })
  row('binaryCrossEntropyWithLogits', {
    ...about,
    domain: [[-3, 3], unit],
    call: (a, b) => binaryCrossEntropyWithLogits(a, b, { reduction })
  })
}

row('klDiv', {
  variant: 'by the batch',
  shapes,
  domain: [[-3, 0], unit],
  checksDtypes: false,
  call: (a, b) => klDiv(a, b, { reduction: 'batchmean' })
})

const scaled = {
  variant: 'with weights',
  domain: [[-2, 2], [-2, 2], POSITIVE],
  shapes: [
    [
      [2, 3],
      [2, 3],
      [2, 3]
    ]
  ],
  checksDtypes: false
} as const
row('l1Loss', { ...scaled, call: (a, b, weight) => l1Loss(a, b, { weight }) })
row('huberLoss', { ...scaled, call: (a, b, weight) => huberLoss(a, b, { weight }) })

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
