// The arrays of callers and those of tensors are apart: changing one changes no other.

import { type Tensor, arange, compile, empty, full, normal, ones, randint, tensor, zeros, zerosLike } from '../../lib'

type Make = (sizes: number[]) => Tensor

const makers: Record<string, Make> = {
  full: (s) => full(s, 1),
  zeros: (s) => zeros(s),
  empty: (s) => empty(s),
  randint: (s) => randint(5, s),
  normal: (s) => normal(0, 1, s),
  view: (s) => arange(6).view(s),
  reshape: (s) => arange(6).reshape(s),
  'reshape of a copy': (s) => arange(6).view(3, 2).t().reshape(s),
  expand: (s) => ones(1, 1).expand(s),
  asStrided: (s) => arange(6).asStrided(s, [3, 1])
}

test.each(Object.entries(makers))('%s copies the list that it is given', (_, make) => {
  const sizes = [2, 3]
  const made = make(sizes)
  sizes.push(5)
  sizes[0] = 1000
  expect([made.shape, made.numel(), made.add(1).shape]).toEqual([[2, 3], 6, [2, 3]])
})

test('asStrided and permute copy strides and dims', () => {
  const strides = [3, 1]
  const view = arange(6).asStrided([2, 3], strides)
  strides[0] = 1000
  expect(view.stride()).toEqual([3, 1])
  const dims = [1, 0]
  const turned = ones(2, 3, { requiresGrad: true }).permute(dims)
  dims[0] = 7
  turned.sum().backward()
  expect(turned.shape).toEqual([3, 2])
})

describe('what a tensor gives', () => {
  const x = (): Tensor =>
    tensor([
      [1, 2],
      [3, 4]
    ])
  const lists: [string, (t: Tensor) => readonly number[]][] = [
    ['shape', (t) => t.shape],
    ['strides', (t) => t.strides],
    ['size()', (t) => t.size()],
    ['stride()', (t) => t.stride()]
  ]

  test.each(lists)('as %s is frozen, and writing to it changes nothing', (_, read) => {
    const a = x()
    const others = [a.add(1), a.detach(), zerosLike(a), a.t(), a.neg()]
    for (const t of [a, ...others]) {
      const list = read(t) as number[]
      expect(Object.isFrozen(list)).toBe(true)
      expect(() => list.push(9)).toThrow(TypeError)
      expect(() => (list[0] = 9)).toThrow(TypeError)
      expect(t.add(1).sum().item()).toBe(t.sum().item<number>() + 4)
    }
  })

  test('as shape is made once', () => {
    const a = x()
    expect(a.shape).toBe(a.shape)
    expect(a.size()).toBe(a.shape)
    expect(() => ((a as { shape: unknown }).shape = [4])).toThrow(TypeError)
  })

  test('as shape follows its data', () => {
    const a = x()
    expect(a.shape).toEqual([2, 2])
    a.data = zeros(3)
    expect([a.shape, a.stride(), a.add(1).shape]).toEqual([[3], [1], [3]])
  })

  test('holds inside a compiled step', () => {
    const shapes: (readonly number[])[] = []
    const step = compile((t: Tensor) => {
      shapes.push(t.shape)
      return t.mul(2).reshape([...t.shape].reverse())
    })
    expect(step(ones(2, 3)).shape).toEqual([3, 2])
    expect(step(ones(2, 3)).shape).toEqual([3, 2])
    expect(shapes.every(Object.isFrozen)).toBe(true)
  })
})
