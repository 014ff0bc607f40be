// Rows of areas. See helpers/rows.ts.

import { cumulativeTrapezoid, trapezoid, trapz } from '../../lib'
import { row } from '../helpers/rows'

const PAIR = [
  [
    [2, 3, 4],
    [3, 4]
  ]
]
const about = { roundsOnce: false, rejects: ['bool'] as const }
for (const [name, call] of Object.entries({ trapezoid, trapz, cumulativeTrapezoid })) {
  for (const dim of [1, -1]) {
    row(name, {
      ...about,
      variant: `of steps along dim ${dim}`,
      shapes: [[[2, 3, 4]]],
      call: (y) => call(y, { dx: 0.75, dim })
    })
    row(name, {
      ...about,
      variant: `at points along dim ${dim}`,
      followsStrides: true,
      shapes: PAIR,
      call: (y, x) => call(y, x, { dim })
    })
  }
}
