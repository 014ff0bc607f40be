// Rows of scans. See helpers/rows.ts.

import { type Tensor, tensor } from '../../lib'
import { along } from '../helpers/formulas'
import { type Row, type Shape, floating, method, row } from '../helpers/rows'

/** Replaces each value by what `step` makes of it, of what came before and of its index. */
const scan =
  (step: (before: number, value: number, index: number) => number) =>
  (values: readonly number[]): number[] => {
    const results: number[] = []
    for (const [i, value] of values.entries()) results.push(i === 0 ? value : step(results[i - 1], value, i))
    return results
  }
const sums = scan((before, value) => before + value)
const products = scan((before, value) => before * value)
const largest = scan((before, value) => (before > value ? before : value))
const smallest = scan((before, value) => (before < value ? before : value))
const logSums = scan((before, value) => {
  const peak = Math.max(before, value)
  return peak + Math.log1p(Math.exp(-Math.abs(before - value)))
})

type Scan = (self: Tensor, dim: number) => Tensor | { readonly values: Tensor; readonly indices: Tensor }

const scans: Record<string, { readonly of: (values: readonly number[]) => number[]; readonly about?: Partial<Row> }> = {
  // A float64 sum of neighbours that cancels is exact to the last places of what was added.
  cumsum: { of: sums, about: { ulps: 64 } },
  cumprod: { of: products, about: { ulps: 64 } },
  cummax: { of: largest },
  cummin: { of: smallest },
  logcumsumexp: { of: logSums, about: { rejects: floating, ulps: 64 } }
}

const SHAPES: readonly Shape[][] = [[[2, 3, 4]], [[1, 3, 1]], [[5, 2, 9]]]

for (const [name, { of, about }] of Object.entries(scans)) {
  const op = method(name) as unknown as Scan
  const values = (x: Tensor, dim: number): Tensor => {
    const result = op(x, dim)
    return 'values' in result ? result.values : result
  }
  for (const dim of [0, 1, 2]) {
    row(name, {
      variant: `over dim ${dim}`,
      shapes: SHAPES,
      call: (x) => values(x, dim - 3),
      reference: (x) => along(x, dim, of),
      ...about
    })
  }
  row(name, {
    variant: 'of no dims',
    shapes: [[[]]],
    call: (x) => values(x, 0),
    reference: ({ data }) => data,
    ...about
  })
}

const lastIndices = (best: (values: readonly number[]) => number[]) => (values: readonly number[]) =>
  best(values).map((value, i) => values.slice(0, i + 1).lastIndexOf(value))
for (const [name, best] of [
  ['cummax', largest],
  ['cummin', smallest]
] as const) {
  const op = method(name) as unknown as (self: Tensor, dim: number) => Iterable<Tensor>
  row(name, {
    variant: 'indices',
    shapes: [[[3, 8]], [[2, 40]]],
    call: (x) => [...op(x, 1)][1],
    reference: (x) => along(x, 1, lastIndices(best)),
    differentiable: false
  })
}

// ---- in place ----

for (const [name, of] of [
  ['cumsum', sums],
  ['cumprod', products]
] as const) {
  const op = method(`${name}_`) as unknown as Scan
  row(`${name}_`, {
    shapes: SHAPES,
    call: (x) => op(x.clone(), 1) as Tensor,
    reference: (x) => along(x, 1, of),
    rejects: ['bool'],
    ulps: 64
  })
}

// ---- products beside zeros ----

for (const zeros of [[1], [0], [3], [0, 2], [1, 2, 3]]) {
  const ones = [0, 1, 2, 3].map((i) => (zeros.includes(i) ? 0 : 1))
  const mask = tensor(ones)
  row('cumprod', {
    variant: `with zeros at ${zeros.join(', ')}`,
    shapes: [[[3, 4]]],
    call: (x) => x.mul(mask.to(x.dtype)).cumprod(1),
    reference: (x) => along({ ...x, data: x.data.map((value, i) => value * ones[i % 4]) }, 1, products),
    ulps: 64
  })
}
