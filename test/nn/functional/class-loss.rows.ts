// Rows of losses against classes. See helpers/rows.ts.

import { tensor } from '../../../lib'
import { crossEntropy, nllLoss } from '../../../lib/nn/functional/class-loss'
import { longs } from '../../helpers/check'
import { row } from '../../helpers/rows'

// Made beforehand: a step that is captured cannot make tensors of numbers.
const classes = longs([2, 0, -100])
const weights = tensor([0.5, 1, 3, 2])
const about = { shapes: [[[3, 4]]], checksDtypes: false }

for (const reduction of ['none', 'sum', 'mean'] as const) {
  row('nllLoss', { ...about, variant: reduction, call: (x) => nllLoss(x, classes, { reduction }) })
  row('crossEntropy', { ...about, variant: reduction, call: (x) => crossEntropy(x, classes, { reduction }) })
}
row('nllLoss', { ...about, variant: 'with weights', call: (x) => nllLoss(x, classes, weights.to(x.dtype)) })
