// Counts of numbers: what PyTorch's small cases do not show.

import { Generator, bincount, ones, randint, tensor, zeros } from 'dyngrad'

const long = { dtype: 'int64' } as const
const generator = new Generator().manualSeed(7)

test('counts lines that are not contiguous, from either end, and repeated', () => {
  const numbers = randint(0, 9, [50, 3], { generator })
  for (const line of [numbers.select(1, 1), numbers.select(1, 2), tensor(4, long).expand(6)]) {
    const weights = randint(-3, 4, [line.numel(), 2], { generator }).float().select(1, 1)
    const counts = new Array<number>(12).fill(0)
    const sums = new Array<number>(12).fill(0)
    line.tolist<number[]>().forEach((number, i) => {
      counts[number] += 1
      sums[number] += weights.at(i).item()
    })
    expect(line.bincount({ minlength: 12 }).tolist()).toEqual(counts)
    expect(bincount(line, weights, 12).tolist()).toEqual(sums)
  }
})

test('has as many bins as the largest number and minlength ask for', () => {
  expect(bincount(tensor([0, 0], long)).shape).toEqual([1])
  expect(bincount(tensor([0, 3], long), null, 2).shape).toEqual([4])
  expect(bincount(tensor([0, 3], long), null, 9).shape).toEqual([9])
  expect(zeros(0).long().bincount().shape).toEqual([0])
})

test('gives float32 for weights of float32, int64 without weights, else float64', () => {
  const numbers = tensor([1, 1], long)
  expect(bincount(numbers).dtype).toBe('int64')
  expect(bincount(numbers, ones(2)).dtype).toBe('float32')
  for (const weights of [ones(2).double(), ones(2).int(), ones(2).bool()]) {
    expect(bincount(numbers, weights).dtype).toBe('float64')
  }
  expect(bincount(zeros(0).long(), zeros(0)).dtype).toBe('int64')
})

test('is tracked by its weights', () => {
  const weights = ones(2, { requiresGrad: true })
  expect(bincount(tensor([1, 1], long), weights).requiresGrad).toBe(true)
  expect(bincount(tensor([1, 1], long), weights.detach()).requiresGrad).toBe(false)
})
