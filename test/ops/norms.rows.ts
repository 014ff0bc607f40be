// Rows of norms, variances and normalizations. See helpers/rows.ts.

import { type Tensor, nn } from '../../lib'
import * as norms from '../../lib/ops/norm'
import { type Values, along, grouped } from '../helpers/formulas'
import { type Row, POSITIVE, floating, row } from '../helpers/rows'

const { layerNorm, rmsNorm, cosineSimilarity } = nn.functional

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
const mean = (values: readonly number[]): number => total(values) / values.length
const squares = (values: readonly number[]): number => total(values.map((value) => value * value))
const centred = (values: readonly number[]): number[] => values.map((value) => value - mean(values))
const variance = (values: readonly number[], correction = 1): number =>
  squares(centred(values)) / (values.length - correction)
const logSum = (values: readonly number[]): number => Math.log(total(values.map(Math.exp)))

type Reduce = (x: Tensor, dims: number[]) => Tensor

/** Rows of a reduction over some dims, with what it makes of their values. */
function reduces(
  name: string,
  variant: string,
  call: Reduce,
  of: (values: readonly number[]) => number,
  about: Partial<Row> = {}
): void {
  for (const dims of [[1], [0, 2], [2, 1, 0]]) {
    row(name, {
      variant: `${variant}over dims ${dims.join(', ')}`,
      shapes: [[[2, 3, 4]]],
      call: (x) => call(x, dims),
      reference: (x: Values) => grouped(x, dims).map(of),
      rejects: floating,
      ulps: 16,
      ...about
    })
  }
}

reduces('logsumexp', '', (x, dims) => norms.logsumexp(x, dims), logSum, { rejects: [] })
reduces(
  'var',
  '',
  (x, dims) => norms.var(x, dims),
  (values) => variance(values)
)
reduces(
  'var',
  'with a correction, ',
  (x, dims) => norms.var(x, dims, { correction: 0.5, keepdim: true }),
  (values) => variance(values, 0.5)
)
reduces(
  'std',
  '',
  (x, dims) => norms.std(x, dims),
  (values) => Math.sqrt(variance(values))
)
reduces(
  'std',
  'biased, ',
  (x, dims) => norms.std(x, dims, false),
  (values) => Math.sqrt(variance(values, 0))
)
reduces(
  'varMean',
  'added, ',
  (x, dims) => {
    const [spread, average] = norms.varMean(x, dims)
    return spread.add(average)
  },
  (values) => variance(values) + mean(values)
)
reduces(
  'stdMean',
  'multiplied, ',
  (x, dims) => {
    const [spread, average] = norms.stdMean(x, dims)
    return spread.mul(average)
  },
  (values) => Math.sqrt(variance(values)) * mean(values),
  { ulps: 64 }
)
reduces('stdMean', 'of which the mean alone is used, ', (x, dims) => norms.stdMean(x, dims)[1], mean)

const power =
  (order: number) =>
  (values: readonly number[]): number =>
    total(values.map((value) => Math.abs(value) ** order)) ** (1 / order)

const orders: [order: number, of: (values: readonly number[]) => number, about?: Partial<Row>][] = [
  [0, (values) => values.filter((value) => value !== 0).length, { tracked: [] }],
  [1, power(1)],
  [2, power(2)],
  [3, power(3)],
  [0.5, power(0.5), { domain: POSITIVE }],
  [1.5, power(1.5), { domain: POSITIVE }],
  [-1, power(-1), { domain: POSITIVE }],
  [Infinity, (values) => Math.max(...values.map(Math.abs))],
  [-Infinity, (values) => Math.min(...values.map(Math.abs))]
]
for (const [order, of, about] of orders) {
  reduces('vectorNorm', `of order ${order}, `, (x, dims) => norms.vectorNorm(x, order, dims), of, about)
}
reduces('norm', '', (x, dims) => norms.norm(x, 'fro', dims, true), power(2))

// ---- normalizations ----

const EPS = 0.1
const normal = (values: readonly number[]): number[] =>
  centred(values).map((value) => value / Math.sqrt(variance(values, 0) + EPS))
const scaled = (values: readonly number[]): number[] =>
  values.map((value) => value / Math.sqrt(squares(values) / values.length + EPS))

const about = { rejects: floating, ulps: 32 }
const weightedBy = (x: readonly number[], weight: Values, bias?: Values): number[] =>
  x.map((value, i) => value * weight.data[i % weight.data.length] + (bias?.data[i % weight.data.length] ?? 0))

row('layerNorm', {
  shapes: [[[4, 5]], [[2, 19]]],
  call: (x) => layerNorm(x, [x.shape[1]], null, null, EPS),
  reference: (x) => along(x, 1, normal),
  ...about
})
row('layerNorm', {
  variant: 'with weight and bias',
  shapes: [[[2, 3, 5], [5], [5]]],
  call: (x, weight, bias) => layerNorm(x, [5], weight, bias, EPS),
  reference: (x, weight, bias) => weightedBy(along(x, 2, normal), weight, bias),
  ...about
})
row('layerNorm', {
  variant: 'over two dims, with a bias',
  shapes: [
    [
      [2, 3, 2],
      [3, 2]
    ]
  ],
  call: (x, bias) => layerNorm(x, [3, 2], { bias, eps: EPS }),
  reference: (x, bias) =>
    weightedBy(along({ shape: [2, 6], data: x.data }, 1, normal), { shape: [6], data: [1, 1, 1, 1, 1, 1] }, bias),
  ...about
})
row('rmsNorm', {
  shapes: [[[4, 5]]],
  call: (x) => rmsNorm(x, [5], null, EPS),
  reference: (x) => along(x, 1, scaled),
  ...about
})
row('rmsNorm', {
  variant: 'with a weight',
  shapes: [[[2, 3, 5], [5]]],
  call: (x, weight) => rmsNorm(x, [5], weight, EPS),
  reference: (x, weight) => weightedBy(along(x, 2, scaled), weight),
  ...about
})

const cosine = (a: readonly number[], b: readonly number[]): number =>
  total(a.map((value, i) => value * b[i])) / Math.sqrt(squares(a) * squares(b))

row('cosineSimilarity', {
  shapes: [
    [
      [3, 4],
      [3, 4]
    ]
  ],
  call: (a, b) => cosineSimilarity(a, b),
  reference: (a, b) => grouped(a, [1]).map((values, i) => cosine(values, grouped(b, [1])[i])),
  ...about
})
row('cosineSimilarity', {
  variant: 'of rows and one',
  shapes: [[[3, 4], [4]]],
  call: (a, b) => cosineSimilarity(a, b, -1),
  reference: (a, b) => grouped(a, [1]).map((values) => cosine(values, b.data)),
  ...about
})
