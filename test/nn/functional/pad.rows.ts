// Rows of lib/nn/functional/pad.ts. See helpers/rows.ts.

import { nn } from '../../../lib'
import { row } from '../../helpers/rows'

const { pad } = nn.functional
for (const mode of ['reflect', 'replicate', 'circular']) {
  const rejects = mode === 'circular' ? [] : (['bool'] as const)
  const rounded = { roundsOnce: false, ulps: 0, rejects }
  row('pad', { variant: `of mode ${mode}`, shapes: [[[2, 3]]], call: (x) => pad(x, [2, 1], mode), ...rounded })
  row('pad', {
    variant: `of two dims, mode ${mode}`,
    shapes: [[[2, 3, 4]]],
    call: (x) => pad(x, [1, -1, 0, 2], mode),
    ...rounded
  })
}
row('pad', {
  variant: 'with a number',
  shapes: [[[2, 3]]],
  call: (x) => pad(x, [1, 0], { value: 2 }),
  ulps: 0,
  sameAs: (x) => pad(x, [1, 0], 'constant', 2)
})
