// Splits have scikit-learn's sizes and parts; the examples are those of its documentation.
import { Generator, Tensor, arange, manualSeed, randn } from '../../lib'
import {
  DataLoader,
  GroupKFold,
  KFold,
  type Split,
  StratifiedGroupKFold,
  StratifiedKFold,
  type Subset,
  TensorDataset,
  TimeSeriesSplit,
  WindowDataset,
  trainTestSplit,
  windows
} from '../../lib/data'
import { thrown } from '../helpers/check'

const SEED = 20261130
const range = (length: number): number[] => [...Array(length).keys()]
const parts = (splits: Iterable<Split>): [number[], number[]][] => [...splits].map(({ train, test }) => [train, test])

/** Each sample once to test with, and else to train with. */
function expectFolds(splits: Split[], count: number): void {
  expect(splits.flatMap(({ test }) => test).sort((a, b) => a - b)).toEqual(range(count))
  for (const { train, test } of splits) expect([...train, ...test].sort((a, b) => a - b)).toEqual(range(count))
}

describe('trainTestSplit', () => {
  test('splits tensors, arrays, typed arrays and datasets alike', () => {
    const x = arange(10)
    const parts = trainTestSplit(x, range(10), Float64Array.from(range(10)), new TensorDataset(x), { seed: SEED })
    const [xTrain, xTest, trained, tested, numbers, , set] = parts
    expect(xTrain.tolist()).toEqual(trained)
    expect(xTest.tolist()).toEqual(tested)
    expect([...numbers]).toEqual(trained)
    expect([...(set as Subset).indices]).toEqual(trained)
    expect([...trained, ...tested].sort((a, b) => a - b)).toEqual(range(10))
    expect(trainTestSplit(range(10), { seed: SEED })[0]).toEqual(trained)
    expect(trainTestSplit(range(10), { generator: new Generator().manualSeed(SEED) })[0]).toEqual(trained)
    manualSeed(SEED)
    expect(trainTestSplit(range(10))[0]).toEqual(trained)
  })

  test.each([
    [10, {}, 7, 3],
    [10, { testSize: 0.33 }, 6, 4],
    [10, { trainSize: 0.55 }, 5, 5],
    [10, { trainSize: 3 }, 3, 7],
    [10, { testSize: 2, trainSize: 5 }, 5, 2],
    [3, { testSize: 0.2 }, 2, 1]
  ])('of %i samples with %j has %i to train with and %i to test with', (count, options, train, test) => {
    expect(trainTestSplit(range(count), options).map((part) => part.length)).toEqual([train, test])
  })

  test('keeps the order where it does not shuffle', () => {
    expect(trainTestSplit(range(5), { shuffle: false })).toEqual([
      [0, 1, 2],
      [3, 4]
    ])
  })

  test('keeps the shares of classes', () => {
    const labels = range(100).map((i) => (i % 10 < 7 ? 'a' : i % 10 < 9 ? 'b' : 'c'))
    const [train, test] = trainTestSplit(labels, { testSize: 0.2, stratify: labels, seed: SEED })
    const count = (list: string[]): number[] =>
      ['a', 'b', 'c'].map((name) => list.filter((each) => each === name).length)
    expect(count(train)).toEqual([56, 16, 8])
    expect(count(test)).toEqual([14, 4, 2])
  })
})

describe('folds', () => {
  test('KFold', () => {
    expect(parts(new KFold(2).split(4))).toEqual([
      [
        [2, 3],
        [0, 1]
      ],
      [
        [0, 1],
        [2, 3]
      ]
    ])
    expect([...new KFold({ nSplits: 3 }).split(randn(8, 2))].map(({ test }) => test.length)).toEqual([3, 3, 2])
    const shuffled = new KFold(4, { shuffle: true, seed: SEED })
    const splits = [...shuffled.split(range(11))]
    expectFolds(splits, 11)
    expect(splits[0].test).not.toEqual([0, 1, 2])
    expect([...shuffled.split(11)]).toEqual(splits)
  })

  test('StratifiedKFold', () => {
    expect(parts(new StratifiedKFold(2).split(4, [0, 0, 1, 1]))).toEqual([
      [
        [1, 3],
        [0, 2]
      ],
      [
        [0, 2],
        [1, 3]
      ]
    ])
    const labels = arange(60).remainder(3)
    const splits = [...new StratifiedKFold({ shuffle: true, seed: SEED }).split(60, labels)]
    expectFolds(splits, 60)
    for (const { test } of splits)
      expect(range(3).map((k) => test.filter((i) => i % 3 === k).length)).toEqual([4, 4, 4])
  })

  test('StratifiedKFold warns of a class that is too small', () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    expectFolds([...new StratifiedKFold(3).split(5, ['a', 'b', 'a', 'b', 'b'])], 5)
    expect(warned.mock.calls[0][0]).toBe(
      'The least populated class in y has only 2 members, which is less than nSplits=3.'
    )
    warned.mockRestore()
  })

  test('GroupKFold', () => {
    expect(parts(new GroupKFold(2).split(6, null, [0, 0, 2, 2, 3, 3]))).toEqual([
      [
        [2, 3],
        [0, 1, 4, 5]
      ],
      [
        [0, 1, 4, 5],
        [2, 3]
      ]
    ])
  })

  test('StratifiedGroupKFold', () => {
    const y = [0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    const groups = [1, 1, 2, 2, 3, 3, 3, 4, 5, 5, 5, 5, 6, 6, 7, 8, 8]
    expect(parts(new StratifiedGroupKFold(3).split(17, y, groups)).map(([, test]) => test)).toEqual([
      [4, 5, 6, 12, 13, 14],
      [0, 1, 2, 3, 15, 16],
      [7, 8, 9, 10, 11]
    ])
    const splits = [...new StratifiedGroupKFold(3, { shuffle: true, seed: SEED }).split(17, y, groups)]
    expectFolds(splits, 17)
    for (const { train, test } of splits) {
      const trained = new Set(train.map((i) => groups[i]))
      expect(test.some((i) => trained.has(groups[i]))).toBe(false)
    }
  })

  test('TimeSeriesSplit', () => {
    expect(parts(new TimeSeriesSplit().split(6))).toEqual(range(5).map((i) => [range(i + 1), [i + 1]]))
    expect(parts(new TimeSeriesSplit(3, { testSize: 2, gap: 2 }).split(12))).toEqual([
      [range(4), [6, 7]],
      [range(6), [8, 9]],
      [range(8), [10, 11]]
    ])
    expect(parts(new TimeSeriesSplit({ nSplits: 2, maxTrainSize: 2 }).split(9))).toEqual([
      [
        [1, 2],
        [3, 4, 5]
      ],
      [
        [4, 5],
        [6, 7, 8]
      ]
    ])
  })
})

describe('windows', () => {
  test('are views of the series and of what comes after', () => {
    const series = arange(7).float()
    const [inputs, targets] = windows(series, { length: 3, horizon: 2, stride: 2 })
    expect(inputs.tolist()).toEqual([
      [0, 1, 2],
      [2, 3, 4]
    ])
    expect(targets.tolist()).toEqual([
      [3, 4],
      [5, 6]
    ])
    series.mul_(10)
    expect(targets.at(0).tolist()).toEqual([30, 40])
  })

  test('keep the other dims behind the steps', () => {
    const series = randn(10, 2, 3)
    const [inputs, targets] = windows(series, { length: 4 })
    expect([inputs.shape, targets.shape]).toEqual([
      [6, 4, 2, 3],
      [6, 1, 2, 3]
    ])
    for (let i = 0; i < 6; i++) {
      expect(inputs.at(i).equal(series.narrow(0, i, 4))).toBe(true)
      expect(targets.at(i).equal(series.narrow(0, i + 4, 1))).toBe(true)
    }
  })

  test('make a dataset', () => {
    const set = new WindowDataset(randn(20, 2), { length: 5, horizon: 3 })
    expect(set).toHaveLength(13)
    const [batch] = [...new DataLoader(set, { batchSize: 13 })]
    expect(batch.map((each) => (each instanceof Tensor ? each.shape : null))).toEqual([
      [13, 5, 2],
      [13, 3, 2]
    ])
  })
})

const kFold = (options: object, ...args: unknown[]): unknown => [
  ...(new KFold(options) as unknown as { split: (...args: unknown[]) => Iterable<unknown> }).split(...args)
]
const split = (options: object, count = 10): unknown => trainTestSplit(range(count), options as never)

const refusals: [call: () => unknown, message: string][] = [
  [() => (trainTestSplit as never as () => unknown)(), 'TypeError: At least one array required as input'],
  [
    () => trainTestSplit(range(3), 5 as never, {}),
    'TypeError: trainTestSplit: data must be tensors, arrays or datasets, got 5'
  ],
  [
    () => trainTestSplit(range(3), range(4)),
    'RangeError: Found input variables with inconsistent numbers of samples: [3, 4]'
  ],
  [
    () => split({ testSize: 1.5 }),
    'RangeError: testSize=1.5 should be either positive and smaller than the number of samples 10 or a float in the (0, 1) ' +
      'range'
  ],
  [
    () => split({ trainSize: 10 }),
    'RangeError: trainSize=10 should be either positive and smaller than the number of samples 10 or a float in the (0, 1) ' +
      'range'
  ],
  [
    () => split({ testSize: 6, trainSize: 5 }),
    'RangeError: The sum of trainSize and testSize = 11, should be smaller than the number of samples 10. Reduce testSize ' +
      'and/or trainSize.'
  ],
  [
    () => split({}, 1),
    'RangeError: With n_samples=1, testSize=null and trainSize=null, the resulting train set will be empty. Adjust any of ' +
      'the aforementioned parameters.'
  ],
  [() => split({ seed: 1, generator: new Generator() }), 'TypeError: trainTestSplit: pass generator or seed, not both'],
  [
    () => split({ size: 1 }),
    "TypeError: trainTestSplit() got an unexpected keyword argument 'size'; it takes testSize, trainSize, shuffle, " +
      'stratify, generator, seed'
  ],
  [
    () => split({ stratify: range(10) }),
    'RangeError: The least populated class in y has only 1 member, which is too few. The minimum number of groups for any ' +
      'class cannot be less than 2.'
  ],
  [
    () => split({ stratify: range(10).map((i) => i >> 1), testSize: 2 }),
    'RangeError: The testSize = 2 should be greater or equal to the number of classes = 5'
  ],
  [
    () => split({ stratify: range(10), shuffle: false }),
    'RangeError: Stratified train/test split is not implemented for shuffle=false; stratify is Array'
  ],
  [
    () => split({ stratify: range(9) }),
    'RangeError: Found input variables with inconsistent numbers of samples: [10, 9]; trainTestSplit: stratify has one label ' +
      'for each sample'
  ],
  [() => split({ stratify: 5 }), 'TypeError: trainTestSplit: stratify must be a tensor or an array, got number'],
  [() => split({ stratify: randn(5, 2) }), 'RangeError: trainTestSplit: stratify must have one dim, got [5, 2]'],
  [
    () => new KFold(1),
    'RangeError: k-fold cross-validation requires at least one train/test split by setting nSplits=2 or more, got nSplits=1.'
  ],
  [
    () => new KFold({ seed: 1 }),
    'RangeError: Setting a generator or a seed has no effect since shuffle is false; KFold: set shuffle'
  ],
  [
    () => kFold({}, 4),
    'RangeError: Cannot have number of splits nSplits=5 greater than the number of samples: n_samples=4.'
  ],
  [
    () => kFold({}, 'abc'),
    'TypeError: KFold: data must be a tensor, an array, a dataset or a number of samples, got string'
  ],
  [
    () => [...new StratifiedKFold(2).split(4, undefined as never)],
    "TypeError: StratifiedKFold: The 'y' parameter should not be undefined"
  ],
  [
    () => [...new StratifiedKFold(3).split(4, [0, 0, 1, 1])],
    'RangeError: nSplits=3 cannot be greater than the number of members in each class.'
  ],
  [
    () => [...new GroupKFold(3).split(4, null, [0, 0, 1, 1])],
    'RangeError: Cannot have number of splits nSplits=3 greater than the number of groups: 2.'
  ],
  [() => new TimeSeriesSplit(1), 'RangeError: TimeSeriesSplit: nSplits must be at least 2, got 1'],
  [() => new TimeSeriesSplit({ gap: -1 }), 'RangeError: TimeSeriesSplit: gap must be an integer of at least 0, got -1'],
  [
    () => new TimeSeriesSplit({ gap: 'a' as never }),
    "TypeError: TimeSeriesSplit: gap must be an integer of at least 0, got 'a'"
  ],
  [
    () => [...new TimeSeriesSplit(5).split(5)],
    'RangeError: Cannot have number of folds=6 greater than the number of samples=5.'
  ],
  [
    () => [...new TimeSeriesSplit(5, { testSize: 2 }).split(10)],
    'RangeError: Too many splits=5 for number of samples=10 with testSize=2 and gap=0.'
  ],
  [
    () => windows([1, 2] as never, { length: 1 }),
    'TypeError: windows: series must be a Tensor, got Array; use tensor([...])'
  ],
  [
    () => windows(randn(3), { length: 3 }),
    'RangeError: windows: a window of 3 steps and 1 after it need a series of at least 4 steps, got the shape [3]'
  ],
  [() => windows(randn(3), { length: 0 }), 'RangeError: windows: length must be a positive integer, got 0']
]

test.each(refusals.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
  expect(thrown(call)).toBe(message)
})
