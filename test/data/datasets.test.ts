// Datasets give samples by their number, several at once, and whole batches where their parts can.
import { Generator, Tensor, arange, manualSeed, randn, tensor } from '../../lib'
import {
  ChainDataset,
  ConcatDataset,
  DataLoader,
  type Dataset,
  IterableDataset,
  type MapDataset,
  StackDataset,
  Subset,
  TensorDataset,
  defaultCollate,
  randomSplit
} from '../../lib/data'
import { longs, thrown } from '../helpers/check'

const SEED = 20261130
manualSeed(SEED)

const x = randn(10, 3)
const y = arange(10)
const set = new TensorDataset(x, y)
const texts = Array.from({ length: 10 }, (_, i) => `text ${i}`)
const later: MapDataset<number> = { length: 10, getItem: (index) => Promise.resolve(index) }

/** A tree of tensors as plain values. */
function plain(value: unknown): unknown {
  if (value instanceof Tensor) return [value.dtype, value.shape, value.tolist()]
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}

const index = longs([9, 0, 5, 5])
const numbers = [9, 0, 5, 5]

test.each<[string, MapDataset]>([
  ['TensorDataset', set],
  ['Subset', new Subset(set, [3, 9, -1, 0, 2, 2, 7, 5, 4, 1])],
  ['Subset of a Subset', new Subset(new Subset(set, [...Array(10).keys()].reverse()), [...Array(10).keys()])],
  ['StackDataset', new StackDataset(set, texts)],
  ['StackDataset by name', new StackDataset({ rows: set, text: texts, number: new Float64Array(10) }) as MapDataset],
  ['ConcatDataset', new ConcatDataset([new Subset(set, [4, 3]), new Subset(set, [5, 6, 7, 8, 9, 2, 1, 0])])],
  [
    'ConcatDataset of records',
    new ConcatDataset([
      new StackDataset({ set, texts }),
      new StackDataset({ set: new TensorDataset(x.neg(), y), texts: texts.map((text) => text.toUpperCase()) })
    ])
  ]
])('%s gathers the batch that its samples make', (_, dataset) => {
  const items = numbers.map((number) => dataset.getItem(number))
  expect(plain(dataset.getItems!(numbers))).toEqual(plain(items))
  expect(plain(dataset.getBatch!(index))).toEqual(plain(defaultCollate(items)))
})

test('samples of a TensorDataset are slices, and gradients reach its tensors', () => {
  const w = randn(4, 2).requiresGrad_()
  const slices = new TensorDataset(w)
  expect(slices).toHaveLength(4)
  expect(slices.getItem(-1)[0].tolist()).toEqual(w.at(3).tolist())
  const [[batch]] = [...new DataLoader(slices, { batchSize: 4 })]
  batch.sum().backward()
  expect(w.grad!.tolist()).toEqual(Array.from({ length: 4 }, () => [1, 1]))
})

test('a subclass with a getItem of its own is asked for each sample', () => {
  class Doubled extends TensorDataset<[Tensor]> {
    override getItem(number: number): [Tensor] {
      return [super.getItem(number)[0].mul(2)]
    }
  }
  const doubled = new Doubled(y)
  expect([...new DataLoader(doubled, { batchSize: 3 })].map(([batch]) => batch.tolist())[1]).toEqual([6, 8, 10])
  const stacked = new StackDataset(doubled, new TensorDataset(y))
  expect(plain(stacked.getBatch!(longs([2])))).toEqual(plain([[longs([4])], [longs([2])]]))
})

test('samples that come later make batches that come later', async () => {
  expect(await new Subset(later, [4, 2]).getItems([1, 0])).toEqual([2, 4])
  expect(await new StackDataset(later, texts).getItem(3)).toEqual([3, 'text 3'])
  expect(await new ConcatDataset([later, later]).getItems([12, 3, 11])).toEqual([2, 3, 1])
  const batch = await (new StackDataset(later, set).getBatch!(longs([3])) as Promise<unknown>)
  expect(plain(batch)).toEqual(plain([tensor([3]), [x.at([3]), longs([3])]]))
})

test('ConcatDataset says where each of its datasets ends', () => {
  const both = new ConcatDataset([texts, set as Dataset<unknown>, []])
  expect(both.cumulativeSizes).toEqual([10, 20, 20])
  expect(both).toHaveLength(20)
  expect(both.getItem(-20)).toBe('text 0')
  expect(both.getBatch).toBeUndefined()
})

test('ConcatDataset joins batches only where they are of one form', () => {
  const other = new ConcatDataset([new TensorDataset(x), new TensorDataset(x.narrow(1, 0, 2))])
  expect(thrown(() => other.getBatch!(longs([0, 12])))).toBe(
    'RangeError: stack expects each tensor to be equal size, but got [3] at entry 0 and [2] at entry 1'
  )
  const named = new ConcatDataset<unknown>([new StackDataset({ a: set }), new StackDataset({ b: set })])
  expect(thrown(() => named.getBatch!(longs([0, 12])))).toBe(
    "RangeError: defaultCollate: the object at entry 1 has no key 'a'"
  )
  expect(plain(named.getBatch!(longs([12, 13])))).toEqual(plain({ b: set.getBatch(longs([2, 3])) }))
})

test('ChainDataset gives one stream after the other', async () => {
  class Numbers extends IterableDataset<number> {
    *[Symbol.iterator](): Iterator<number> {
      yield* [1, 2, 3]
    }

    readonly length = 3
  }
  const chain = new ChainDataset([new Numbers(), new Set([7, 8]) as Iterable<number>])
  expect([...new DataLoader(chain, { batchSize: 2 })].map((batch) => batch.tolist())).toEqual([[1, 2], [3, 7], [8]])
  expect(new ChainDataset([new Numbers(), new Numbers()])).toHaveLength(6)
  expect(thrown(() => chain.length)).toBe('TypeError: ChainDataset: object of type Set has no length')
  async function* stream(): AsyncGenerator<number> {
    yield* await Promise.resolve([4, 5])
  }
  const mixed = new ChainDataset<number>([new Numbers(), stream()])
  expect(thrown(() => [...mixed])).toBe(
    'TypeError: ChainDataset: one of the datasets is an async iterable; iterate with for await'
  )
  const batches: unknown[] = []
  for await (const batch of new DataLoader(mixed, { batchSize: 5 })) batches.push(batch.tolist())
  expect(batches).toEqual([[1, 2, 3, 4, 5]])
})

test('randomSplit deals a remainder out and warns of empty parts', () => {
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  const generator = new Generator().manualSeed(SEED)
  expect(randomSplit(texts, [0.25, 0.25, 0.5], generator).map((part) => part.length)).toEqual([3, 2, 5])
  expect(randomSplit([1], [0.5, 0.5], { generator }).map((part) => part.length)).toEqual([1, 0])
  const sentence = 'Length of split at index 1 is 0. This might result in an empty dataset.'
  expect(warned.mock.calls).toEqual([[sentence, 'UserWarning']])
  warned.mockRestore()
})

const refusals: [call: () => unknown, message: string][] = [
  [
    () => new (TensorDataset as never as new () => unknown)(),
    "TypeError: TensorDataset() missing 1 required argument: 'tensors'"
  ],
  [
    () => new TensorDataset([1, 2] as never),
    'TypeError: TensorDataset: tensors must be Tensors, got Array; use tensor([...])'
  ],
  [
    () => new TensorDataset(tensor(1)),
    'RangeError: TensorDataset: tensors must have a first dim, got a tensor of 0 dims'
  ],
  [
    () => new TensorDataset(x, x.t()),
    'RangeError: Size mismatch between tensors; their first dims have 10, 3 elements'
  ],
  [() => set.getItem(10), 'RangeError: index 10 is out of bounds for dimension 0 with size 10'],
  [() => new (StackDataset as never as new () => unknown)(), 'RangeError: At least one dataset should be passed'],
  [() => new StackDataset({}), 'RangeError: At least one dataset should be passed'],
  [() => new StackDataset(set, [1]), 'RangeError: Size mismatch between datasets; they have 10, 1 samples'],
  [
    () => new StackDataset({ a: set } as never, { b: set } as never),
    'TypeError: StackDataset: pass datasets in order or one object of them by name, got object, object'
  ],
  [
    () => new StackDataset(set, 5 as never),
    'TypeError: StackDataset: datasets must be a dataset (an array, or an object with length and getItem(index)), got 5'
  ],
  [
    () => new StackDataset({ getItem: () => 0, length: -1 }),
    'TypeError: StackDataset: the length of a dataset must be an integer of at least 0, got -1'
  ],
  [
    () => new StackDataset({ length: 2, getItem: () => 0, getItems: () => [1] }).getItems([0, 1]),
    "RangeError: Nested dataset's output size mismatch. Expected 2, got 1"
  ],
  [
    () => new StackDataset({ length: 2, getItem: () => 0, getItems: () => 7 as never }).getItems([0, 1]),
    'TypeError: getItems: the result must be an array, got 7'
  ],
  [
    () => new Subset(set, 3 as never),
    'TypeError: Subset: indices must be an array of integers, got 3; pass an array: [3]'
  ],
  [() => new Subset(set, [10]), 'RangeError: Subset: index 10 is out of range for 10 samples'],
  [() => new Subset(set, [0.5]), 'TypeError: Subset: index must be an integer, got 0.5'],
  [() => new Subset(set, [0]).getItem(1), 'RangeError: Subset: index 1 is out of range for 1 samples'],
  [() => new ConcatDataset([]), 'RangeError: datasets should not be an empty iterable'],
  [() => new ConcatDataset(5 as never), 'TypeError: ConcatDataset: datasets must be an array of datasets, got 5'],
  [() => new ConcatDataset([new Set([1]) as never]), 'TypeError: ConcatDataset does not support IterableDataset'],
  [() => new ConcatDataset([texts]).getItem(10), 'RangeError: ConcatDataset: index 10 is out of range for 10 samples'],
  [() => new ChainDataset([texts]), 'TypeError: ChainDataset only supports IterableDataset'],
  [() => randomSplit(texts, [0.7, 1.3, -1]), 'RangeError: Fraction at index 1 is not between 0 and 1'],
  [
    () => randomSplit(texts, [3, 8]),
    'RangeError: Sum of input lengths does not equal the length of the input dataset! lengths are [3, 8], the dataset has 10 ' +
      'samples'
  ],
  [() => randomSplit(texts, 'ab' as never), "TypeError: randomSplit: lengths must be an array of numbers, got 'ab'"],
  [
    () => randomSplit(texts, [10], 5 as never),
    "TypeError: randomSplit(): argument 'generator' must be Generator, not number"
  ]
]

test.each(refusals.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
  expect(thrown(call)).toBe(message)
})
