// Rows of scans. See helpers/rows.ts.

import { type Tensor, tensor } from '../../lib'
import { type Shape, floating, method, row } from '../helpers/rows'

type Scan = (self: Tensor, dim: number) => Tensor | { readonly values: Tensor; readonly indices: Tensor }

const SHAPES: readonly Shape[][] = [[[2, 3, 4]], [[1, 3, 1]], [[5, 2, 9]]]

for (const name of ['cumsum', 'cumprod', 'cummax', 'cummin', 'logcumsumexp']) {
  const op = method(name) as unknown as Scan
  const values = (x: Tensor, dim: number): Tensor => {
    const result = op(x, dim)
    return 'values' in result ? result.values : result
  }
  const rejects = name === 'logcumsumexp' ? floating : []
  for (const dim of [0, 1, 2])
    row(name, { variant: `over dim ${dim}`, shapes: SHAPES, call: (x) => values(x, dim - 3), rejects })
  row(name, { variant: 'of no dims', shapes: [[[]]], call: (x) => values(x, 0), rejects })
}

for (const name of ['cummax', 'cummin']) {
  const op = method(name) as unknown as (self: Tensor, dim: number) => Iterable<Tensor>
  row(name, { variant: 'indices', shapes: [[[3, 8]], [[2, 40]]], call: (x) => [...op(x, 1)][1], differentiable: false })
}

for (const name of ['cumsum', 'cumprod'] as const) {
  const op = method(`${name}_`) as unknown as (self: Tensor, dim: number) => Tensor
  row(`${name}_`, { shapes: SHAPES, call: (x) => op(x.clone(), 1), sameAs: (x) => x[name](1), rejects: ['bool'] })
}

// ---- products beside zeros ----

for (const zeros of [[1], [0], [3], [0, 2], [1, 2, 3]]) {
  const mask = tensor([0, 1, 2, 3].map((i) => (zeros.includes(i) ? 0 : 1)))
  row('cumprod', {
    variant: `with zeros at ${zeros.join(', ')}`,
    shapes: [[[3, 4]]],
    call: (x) => x.mul(mask.to(x.dtype)).cumprod(1)
  })
}
