// Rows of the ops that put elements in order. See helpers/rows.ts.

import { type Tensor, argsort, kthvalue, median, mode, msort, nanmedian, sort, topk } from '../../lib'
import { type Shape, row } from '../helpers/rows'

const CUBE: Shape[][] = [[[2, 3, 4]], [[1, 3, 1]], [[3, 2, 5]]]
const LINES: Shape[][] = [[[40]], [[3, 20]], [[1]]]
const noBool = { rejects: ['bool'] as const }

for (const dim of [0, 1, -1]) {
  const variant = `over dim ${dim}`
  for (const descending of [false, true]) {
    const about = { variant: `${descending ? 'descending ' : ''}${variant}`, shapes: CUBE }
    row('sort', { ...about, call: (x) => sort(x, dim, descending).values })
    row('argsort', { ...about, call: (x) => argsort(x, { dim, descending }), differentiable: false })
  }
  for (const largest of [true, false]) {
    row('topk', {
      variant: `${largest ? 'largest' : 'smallest'} ${variant}`,
      shapes: [[[3, 2, 4]]],
      call: (x) => topk(x, 2, dim, largest).values,
      ...noBool
    })
  }
  const about = { variant, shapes: [[[3, 2, 4]], [[2, 3, 1]]] }
  row('kthvalue', { ...about, call: (x) => kthvalue(x, x.shape.at(dim)!, dim).values, ...noBool })
  row('median', { ...about, call: (x) => median(x, dim).values, ...noBool })
  row('nanmedian', { ...about, call: (x) => nanmedian(x, dim).values, ...noBool })
  row('mode', { ...about, call: (x) => mode(x, dim, true).values })
}

row('median', { variant: 'of all', shapes: [[[2, 3]], [[]], [[7]]], call: (x) => median(x), ...noBool })
row('nanmedian', { variant: 'of all', shapes: [[[2, 3]], [[]], [[7]]], call: (x) => nanmedian(x), ...noBool })
row('msort', { shapes: CUBE, call: (x) => msort(x) })

const chosen: [string, (x: Tensor) => Tensor][] = [
  ['sort', (x) => sort(x).indices],
  ['topk', (x) => topk(x, x.shape.at(-1)!).indices]
]
for (const [name, call] of chosen) {
  const rejects = name === 'topk' ? noBool.rejects : []
  row(name, { variant: 'as indices', shapes: LINES, call, differentiable: false, rejects })
}
