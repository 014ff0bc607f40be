// Rows of the ops that put elements in order. See helpers/rows.ts.

import { type Tensor, argsort, kthvalue, median, mode, sort, topk } from '../../lib'
import { type Values, along, over } from '../helpers/formulas'
import { type Shape, row } from '../helpers/rows'

const CUBE: Shape[][] = [[[2, 3, 4]], [[1, 3, 1]], [[3, 2, 5]]]
const LINES: Shape[][] = [[[40]], [[3, 20]], [[1]]]

type Order = readonly number[]

/** Positions of a line's elements in order; JavaScript's sort is stable. */
const orderOf = (line: Order, sign = 1): number[] => [...line.keys()].sort((a, b) => sign * (line[a] - line[b]))
const elements = (line: Order, positions: Order): number[] => positions.map((i) => line[i])
const lower = (line: Order): number => elements(line, orderOf(line))[Math.floor((line.length - 1) / 2)]

/** The first `k` along `dim` of what `of` makes of each line. */
function firsts(x: Values, dim: number, k: number, of: (line: Order) => number[]): number[] {
  const d = dim < 0 ? dim + x.shape.length : dim
  const all = { shape: x.shape, data: along(x, d, of) }
  const kept = x.shape.map((size, i) => (i === d ? k : size))
  const places = kept.reduce((product, size) => product * size, 1)
  return Array.from({ length: places }, (_, place) => {
    let offset = 0
    let step = 1
    for (let i = kept.length - 1, rest = place; i >= 0; i--) {
      offset += (rest % kept[i]) * step
      rest = Math.floor(rest / kept[i])
      step *= x.shape[i]
    }
    return all.data[offset]
  })
}

for (const dim of [0, 1, -1]) {
  const positive = dim < 0 ? 2 : dim
  for (const descending of [false, true]) {
    const sign = descending ? -1 : 1
    const about = { variant: `${descending ? 'descending ' : ''}over dim ${dim}`, shapes: CUBE, ulps: 0 }
    row('sort', {
      ...about,
      call: (x) => sort(x, dim, descending).values,
      reference: (x) => along(x, positive, (line) => elements(line, orderOf(line, sign)))
    })
    row('argsort', {
      ...about,
      call: (x) => argsort(x, { dim, descending }),
      reference: (x) => along(x, positive, (line) => orderOf(line, sign)),
      differentiable: false
    })
  }
  const about = { variant: `over dim ${dim}`, ulps: 0 }
  for (const largest of [true, false]) {
    row('topk', {
      ...about,
      variant: `${largest ? 'largest' : 'smallest'} over dim ${dim}`,
      shapes: [[[3, 2, 4]]],
      call: (x) => topk(x, 2, dim, largest).values,
      reference: (x) => firsts(x, dim, 2, (line) => elements(line, orderOf(line, largest ? -1 : 1))),
      rejects: ['bool']
    })
  }
  const ranked = { ...about, shapes: [[[3, 2, 4]], [[2, 3, 1]]] }
  const second = (line: Order): number => elements(line, orderOf(line))[line.length - 1]
  row('kthvalue', {
    ...ranked,
    call: (x) => kthvalue(x, x.shape.at(dim)!, dim).values,
    reference: (x) => over(x, dim, second),
    rejects: ['bool']
  })
  row('median', {
    ...ranked,
    call: (x) => median(x, dim).values,
    reference: (x) => over(x, dim, lower),
    rejects: ['bool']
  })
  // No two of the values are equal, so the least is the mode.
  row('mode', {
    ...ranked,
    call: (x) => mode(x, dim, true).values,
    reference: (x) => over(x, dim, (line) => Math.min(...line))
  })
}

row('median', {
  variant: 'of all',
  shapes: [[[2, 3]], [[]], [[7]]],
  call: (x) => median(x),
  reference: ({ data }) => [lower(data)],
  rejects: ['bool'],
  ulps: 0
})
const chosen: [string, (x: Tensor) => { readonly indices: Tensor }, (line: Order) => number[]][] = [
  ['sort', (x) => sort(x), (line) => orderOf(line)],
  ['topk', (x) => topk(x, x.shape.at(-1)!), (line) => orderOf(line, -1)]
]
for (const [name, call, of] of chosen) {
  row(name, {
    variant: 'as indices',
    shapes: LINES,
    call: (x) => call(x).indices,
    reference: (x) => along(x, x.shape.length - 1, of),
    differentiable: false,
    rejects: name === 'topk' ? ['bool'] : []
  })
}
