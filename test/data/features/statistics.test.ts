import { Moments, Quantiles } from '../../../lib/data/features/statistics'

const values = Array.from({ length: 1001 }, (_, i) => 1e6 + Math.sin(i) * (i % 10))

test('moments in one pass are those of two', () => {
  const moments = new Moments()
  values.forEach((value) => moments.add(value))
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  expect(moments.mean).toBeCloseTo(mean, 8)
  expect(moments.deviation).toBeCloseTo(Math.sqrt(variance), 8)
  expect([moments.count, moments.least, moments.greatest]).toEqual([1001, Math.min(...values), Math.max(...values)])
})

test('quantiles of up to 262,144 values are exact, interpolated as in NumPy', () => {
  const quantiles = new Quantiles()
  for (const value of [7, 1, 3, 10]) quantiles.add(value)
  expect(quantiles.at(0, 0.25, 0.5, 0.75, 1)).toEqual([1, 2.5, 5, 7.75, 10])
})

test('quantiles of more are those of a sample, the same each time', () => {
  const median = (): number => {
    const quantiles = new Quantiles()
    for (let i = 0; i < 1_000_000; i++) quantiles.add(i)
    return quantiles.at(0.5)[0]
  }
  // Five standard deviations of the sample's median.
  expect(Math.abs(median() / 1_000_000 - 0.5)).toBeLessThan(0.005)
  expect(median()).toBe(median())
})
