// Pieces of sizes that need not be equal.

import { type Tensor, arange, tensor, tensorSplit, zeros } from '../../lib'

describe('tensorSplit()', () => {
  const sizes = (pieces: readonly Tensor[]): string => pieces.map(({ shape }) => shape.join('x')).join(' ')
  const x = arange(12).view(6, 2)

  test.each<[string, () => Tensor[], string]>([
    ['sections', () => x.tensorSplit(4), '2x2 2x2 1x2 1x2'],
    ['more sections than rows', () => x.tensorSplit(7), '1x2 1x2 1x2 1x2 1x2 1x2 0x2'],
    ['one section', () => x.tensorSplit(1), '6x2'],
    ['indices', () => x.tensorSplit([1, 3]), '1x2 2x2 3x2'],
    ['falling indices, whose pieces overlap', () => x.tensorSplit([3, 1]), '3x2 0x2 5x2'],
    ['an index from the end', () => x.tensorSplit([-2]), '4x2 2x2'],
    ['an index behind the end', () => x.tensorSplit([2, 100]), '2x2 4x2 0x2'],
    ['no index', () => x.tensorSplit([]), '6x2'],
    ['another dim', () => tensorSplit(x, 2, -1), '6x1 6x1'],
    ['an empty dim', () => zeros(0, 2).tensorSplit(3), '0x2 0x2 0x2'],
    ['a tensor of their number', () => x.tensorSplit(tensor(3n)), '2x2 2x2 2x2'],
    ['a tensor of indices', () => x.tensorSplit(tensor([1n, 3n])), '1x2 2x2 3x2']
  ])('by %s', (_, call, expected) => {
    expect(sizes(call())).toBe(expected)
  })

  test('gives the elements in order', () => {
    expect(
      arange(7)
        .tensorSplit([2, 5])
        .map((piece) => piece.tolist())
    ).toEqual([
      [0, 1],
      [2, 3, 4],
      [5, 6]
    ])
    expect(
      arange(4)
        .tensorSplit([3, 1])
        .map((piece) => piece.tolist())
    ).toEqual([[0, 1, 2], [], [1, 2, 3]])
  })

  test('adds the gradients of pieces that overlap', () => {
    const y = tensor([1, 2, 3, 4], { requiresGrad: true })
    const [a, b, c] = y.tensorSplit([3, 1])
    a.sum().add(b.sum()).add(c.sum()).backward()
    expect(String(y.grad)).toBe('tensor([1., 2., 2., 1.])')
  })
})
