// Subscripts that are tensors without dims, or none at all.

import { type Subscript, type Tensor, arange, compile, ones, slice, tensor, zeros } from 'dyngrad'
import { thrown } from '../helpers/check'

const index = (value: number, dtype: 'int32' | 'int64' = 'int64'): Tensor => tensor(value, { dtype })
const grid = (): Tensor => arange(24).float().view(2, 3, 4)

describe('a 0-d index tensor', () => {
  test('is a number: the result is a view', () => {
    for (const dtype of ['int32', 'int64'] as const) {
      const x = tensor([
        [1, 2],
        [3, 4]
      ])
      x.at(index(0, dtype)).mul_(10)
      x.at('...', index(-1, dtype)).add_(1)
      expect(x.tolist()).toEqual([
        [10, 21],
        [3, 5]
      ])
    }
  })

  const cases: [string, (i: Tensor | number) => Subscript[], number[]][] = [
    ['alone', (i) => [i], [3, 4]],
    ['before a list', (i) => [i, slice(), [0, 1]], [3, 2]],
    ['between', (i) => [slice(), i, [0, 1]], [2, 2]],
    ['behind a list', (i) => [[0, 1], slice(), i], [2, 3]],
    ['with a new dim', (i) => [i, '...', null], [3, 4, 1]],
    ['twice', (i) => [i, i], [4]]
  ]
  test.each(cases)('%s, as the number, eager and compiled', (_, subscripts, shape) => {
    const step = compile((x: Tensor, i: Tensor) => x.at(...subscripts(i)))
    for (const value of [1, 0, -1]) {
      const expected = grid().at(...subscripts(value))
      expect(expected.shape).toEqual(shape)
      expect(
        grid()
          .at(...subscripts(index(value)))
          .tolist()
      ).toEqual(expected.tolist())
      expect(step(grid(), index(value)).tolist()).toEqual(expected.tolist())
    }
    expect(step.programs).toHaveLength(1)
  })

  test('refuses what the number refuses', () => {
    expect(thrown(() => grid().at(index(2)))).toBe('RangeError: index 2 is out of bounds for dimension 0 with size 2')
    expect(thrown(() => grid().at(tensor(0.5)))).toMatch(/^TypeError: tensors used as indices must be long/)
    const step = compile((x: Tensor, i: Tensor) => x.at(i))
    expect(thrown(() => step(grid(), index(5)))).toBe(
      'RangeError: index 5 is out of bounds for dimension 0 with size 2'
    )
  })

  test('in a compiled step its result is not written in place, but setAt() is', () => {
    const writing = compile((x: Tensor, i: Tensor) => x.at(i).mul_(10))
    expect(thrown(() => writing(grid(), index(0)))).toBe(
      'CompileError: compile: at() with an index tensor copies inside a step, so that its result cannot be written in place; use setAt()'
    )
    const setting = compile((x: Tensor, i: Tensor) => x.clone().setAt(i, 7))
    for (const value of [0, 1]) {
      expect(setting(grid(), index(value)).tolist()).toEqual(grid().setAt(value, 7).tolist())
    }
    expect(setting.programs).toHaveLength(1)
  })

  test('of uint8 or bool is a mask', () => {
    const x = ones(2, 3)
    expect(x.at(tensor(true)).shape).toEqual([1, 2, 3])
    expect(x.at(tensor(0, { dtype: 'uint8' })).shape).toEqual([0, 2, 3])
  })

  test('passes its gradient back', () => {
    const x = zeros(2, 3, { requiresGrad: true })
    x.at(index(1)).sum().backward()
    expect(x.grad?.tolist()).toEqual([
      [0, 0, 0],
      [1, 1, 1]
    ])
  })
})

test('no subscript, or an ellipsis alone, gives an alias', () => {
  const x = ones(2, { requiresGrad: true })
  for (const y of [x.at(), x.at('...')]) {
    expect(y).not.toBe(x)
    expect(y.base).toBe(x)
    expect([y.gradFn?.name, y.storageOffset(), y.shape]).toEqual(['AliasBackward0', 0, [2]])
  }
})

test('a full slice beside another subscript makes no node', () => {
  const x = ones(2, 3, { requiresGrad: true })
  expect(x.at(slice(), 0).gradFn?.nextFunctions[0][0]?.name).toBe('AccumulateGrad')
  expect(x.at(slice(0, 5), 0).gradFn?.nextFunctions[0][0]?.name).toBe('AccumulateGrad')
  expect(x.at(slice()).gradFn?.name).toBe('SliceBackward0')
})

const valid = "only integers, slices, '...', null, lists and long, byte or bool Tensors are valid indices"
test.each<[unknown, string]>([
  ['1', "(got '1'); use 1"],
  ['1:3', "(got '1:3'); use slice(1, 3)"],
  [':-1', "(got ':-1'); use slice(null, -1)"],
  [1.5, '(got 1.5)'],
  [{}, '(got object)'],
  [2n, '(got 2n); use 2'],
  [undefined, '(got undefined)']
])('%p is no subscript', (subscript, rest) => {
  expect(thrown(() => ones(5).at(subscript as never))).toBe(`TypeError: ${valid} ${rest}`)
})

test('a 0-d tensor has one element to select', () => {
  expect(
    tensor(3)
      .indexSelect(0, tensor([0n]))
      .tolist()
  ).toBe(3)
  expect(thrown(() => tensor(3).indexSelect(0, tensor([0n, 0n])))).toBe(
    'RangeError: indexSelect(): Index to scalar can have only 1 value, got 2 value(s)'
  )
})
