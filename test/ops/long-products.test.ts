// Products of which each element sums many terms: what float32 keeps of them.

import { type Tensor, arange, einsum, matmul } from '../../lib'

/** Columns of sines: the squares of each add up, so that terms meet sums that are large already. */
const columns = (count: number, rows: number): Tensor =>
  arange(1, count * rows + 1, { dtype: 'float64' })
    .sin()
    .view(rows, count)

/** The greatest error, as a part of the greatest element. */
const error = (result: Tensor, exact: Tensor): number =>
  result.double().sub(exact).abs().max().div(exact.abs().max()).item()

test.each([
  [1, 200_000],
  [2, 200_000],
  [3, 100_000],
  [8, 100_000],
  [20, 100_000],
  [40, 50_000]
])('the squares of %i columns keep six digits over %i rows', (count, rows) => {
  const exact = columns(count, rows)
  const [x, expected] = [exact.float(), matmul(exact.t(), exact)]
  expect(error(matmul(x.t(), x), expected)).toBeLessThan(1.5e-6)
  expect(error(matmul(x.t().contiguous(), x), expected)).toBeLessThan(1.5e-6)
  expect(error(einsum('ij,ik->jk', x, x), expected)).toBeLessThan(1.5e-6)
})

test('half types accumulate in float32', () => {
  const exact = columns(4, 20_000).half()
  const wide = exact.double()
  expect(error(matmul(exact.t(), exact), matmul(wide.t(), wide))).toBeLessThan(2 ** -10)
})
