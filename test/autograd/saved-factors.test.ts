// A product keeps a factor for the gradient of the other one, and for nothing else.

import { type Tensor, addmm, bmm, dot, matmul, mm, mv, nn, noGrad, ones, slice } from 'dyngrad'
import { thrown } from '../helpers/check'

type Product = (a: Tensor, b: Tensor) => Tensor

const products: Record<string, [Product, a: number[], b: number[]]> = {
  mm: [mm, [2, 3], [3, 2]],
  addmm: [(a, b) => addmm(ones(2, 2), a, b), [2, 3], [3, 2]],
  mv: [mv, [2, 3], [3]],
  dot: [dot, [3], [3]],
  bmm: [bmm, [2, 2, 3], [2, 3, 2]],
  'matmul of batches': [matmul, [4, 2, 3], [3, 2]],
  'a vector and a matrix': [matmul, [3], [3, 2]],
  'batches and a vector': [matmul, [4, 2, 3], [3]],
  linear: [(a, b) => nn.functional.linear(a, b), [2, 3], [4, 3]],
  'linear with bias': [(a, b) => nn.functional.linear(a, b, ones(4)), [2, 3], [4, 3]],
  mul: [(a, b) => a.mul(b), [3], [3]]
}

describe.each(Object.entries(products))('%s', (_, [product, a, b]) => {
  const write = (tensor: Tensor): void => noGrad(() => void tensor.add_(1))

  test.each([0, 1])('reads the other of factor %p alone', (tracked) => {
    const factors = [ones(a), ones(b)]
    factors[tracked].requiresGrad_()
    const result = product(factors[0], factors[1])
    // Its own elements do not enter its gradient.
    write(factors[tracked])
    result.sum().backward()
    expect(factors[tracked].grad!.shape).toEqual(factors[tracked].shape)
    const again = product(factors[0], factors[1])
    write(factors[1 - tracked])
    expect(thrown(() => again.sum().backward())).toMatch(/modified by an inplace operation/)
  })

  test('of two tracked factors reads both', () => {
    const factors = [ones(a, { requiresGrad: true }), ones(b, { requiresGrad: true })]
    const result = product(factors[0], factors[1])
    write(factors[0])
    expect(thrown(() => result.sum().backward())).toMatch(/modified by an inplace operation/)
  })
})

const results: Record<string, () => Tensor> = {
  'prod(dim)': () => ones(2, 3).prod(1),
  'prod(dim) of a 0-d tensor': () => ones([]).prod(0),
  'a vector and a matrix': () => matmul(ones(2), ones(2, 3)),
  'a vector and batches': () => matmul(ones(2), ones(4, 2, 3)),
  'batches and a vector': () => matmul(ones(4, 2, 3), ones(3)),
  'linear of a vector': () => nn.functional.linear(ones(3), ones(2, 3))
}

test.each(Object.entries(results))('%s is no view', (_, make) => {
  const result = noGrad(make)
  expect(result.base).toBeNull()
  expect(result.requiresGrad_().mul(1).add_(1).requiresGrad).toBe(true)
  expect(result.detach_().isLeaf).toBe(true)
})

test('a leaf that is frozen after the forward gets no gradient', () => {
  const p = ones(2, { requiresGrad: true })
  const q = ones(2, { requiresGrad: true })
  const y = p.mul(q).sum()
  p.requiresGrad_(false)
  y.backward()
  expect([p.grad, q.grad?.tolist()]).toEqual([null, [1, 1]])
})

test('no tensor is its own gradient', () => {
  const x = ones(2, { requiresGrad: true })
  expect(thrown(() => (x.grad = x))).toBe("RangeError: can't assign Variable as its own grad")
})

test('nothing is added into a gradient that shows an element twice', () => {
  const x = ones(2, { requiresGrad: true })
  x.grad = ones(1).expand(2)
  expect(thrown(() => x.mul(2).sum().backward())).toMatch(
    /^Error: unsupported operation: more than one element of the written/
  )
  x.grad = ones(4).at(slice(null, null, 2))
  x.mul(2).sum().backward()
  expect(x.grad.tolist()).toEqual([3, 3])
})
