// What samplers, batch samplers and loaders refuse.
import { Generator, ones } from '../../lib'
import {
  BatchSampler,
  DataLoader,
  type DataLoaderOptions,
  DistributedSampler,
  RandomSampler,
  SequentialSampler,
  SubsetRandomSampler,
  TensorDataset,
  WeightedRandomSampler
} from '../../lib/data'
import { thrown } from '../helpers/check'

const ten = [...Array(10).keys()]
const loader = (options: object, dataset: unknown = ten): DataLoader =>
  new DataLoader(dataset as never, options as DataLoaderOptions)
const stream = new Set([1])
const file = new URL('file:///set.mjs')

const live = (name: string): string =>
  `TypeError: DataLoader: with numWorkers > 0, ${name} must be an export of the dataset's module, since a live function ` +
  'does not reach worker threads'

const refusals: [call: () => unknown, message: string][] = [
  [() => new SequentialSampler({} as never), 'TypeError: SequentialSampler: object of type object has no length'],
  [
    () => new RandomSampler(ten, { replacement: 1 as never }),
    'TypeError: replacement should be a boolean value, but got replacement=1'
  ],
  [
    () => new RandomSampler(ten, { numSamples: 0 }),
    'RangeError: numSamples should be a positive integer value, but got numSamples=0'
  ],
  [() => new RandomSampler([]), 'RangeError: numSamples should be a positive integer value, but got numSamples=0'],
  [
    () => new RandomSampler(ten, { numSamples: '3' as never }),
    "TypeError: numSamples should be a positive integer value, but got numSamples='3'"
  ],
  [
    () => new RandomSampler(ten, { numSample: 3 } as never),
    "TypeError: RandomSampler() got an unexpected keyword argument 'numSample'; did you mean 'numSamples'?"
  ],
  [() => new SubsetRandomSampler(5 as never), 'TypeError: SubsetRandomSampler: indices must be an object, got 5'],
  [
    () => new SubsetRandomSampler({} as never),
    'TypeError: SubsetRandomSampler: indices must be an array of integers, got object'
  ],
  [() => new SubsetRandomSampler([0.5]), 'TypeError: SubsetRandomSampler: indices must be integers'],
  [
    () => new WeightedRandomSampler(ones(2, 2), 3),
    'RangeError: weights should be a 1d sequence but given weights have shape [2, 2]'
  ],
  [
    () => [...new WeightedRandomSampler([1, 0], 3, false)],
    'RangeError: cannot sample n_sample > prob_dist.size(-1) samples without replacement'
  ],
  [() => new BatchSampler(5 as never, 2, false), 'TypeError: BatchSampler: sampler must be an iterable, got 5'],
  [
    () => new BatchSampler(ten, 0, false),
    'RangeError: batchSize should be a positive integer value, but got batchSize=0'
  ],
  [() => new BatchSampler(ten, 2, 1 as never), 'TypeError: dropLast should be a boolean value, but got dropLast=1'],
  [() => new BatchSampler(new Set(ten), 2, false).length, 'TypeError: BatchSampler: object of type Set has no length'],
  [() => new DistributedSampler(ten), 'Error: Requires distributed package to be available; pass numReplicas and rank'],
  [
    () => new DistributedSampler(ten, { numReplicas: 2, rank: 2 }),
    'RangeError: Invalid rank 2, rank should be in the interval [0, 1]'
  ],
  [() => new DistributedSampler(ten, 2, 0).setEpoch(0.5), 'TypeError: setEpoch: epoch must be an integer, got 0.5'],
  [
    () => loader({}, 5),
    'TypeError: DataLoader: dataset must be a dataset (an array, or an object with length and getItem(index)), an iterable ' +
      'or the URL of a module, got 5'
  ],
  [
    () => loader({ batchsize: 3 }),
    "TypeError: DataLoader() got an unexpected keyword argument 'batchsize'; did you mean 'batchSize'?"
  ],
  [() => loader({ batchSize: 0 }), 'RangeError: batchSize should be a positive integer value, but got batchSize=0'],
  [() => loader({ shuffle: true, sampler: ten }), 'RangeError: sampler option is mutually exclusive with shuffle'],
  [
    () => loader({ batchSize: 2, batchSampler: [[1]] }),
    'RangeError: batchSampler option is mutually exclusive with batchSize, shuffle, sampler, and dropLast'
  ],
  [
    () => loader({ batchSize: null, dropLast: true }),
    'RangeError: batchSize=null option disables auto-batching and is mutually exclusive with dropLast'
  ],
  [
    () => loader({ shuffle: true }, stream),
    'RangeError: DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle=true'
  ],
  [
    () => loader({ sampler: ten }, stream),
    'RangeError: DataLoader with IterableDataset: expected unspecified sampler option, but got sampler=Array'
  ],
  [
    () => loader({ batchSampler: ten }, stream),
    'RangeError: DataLoader with IterableDataset: expected unspecified batchSampler option, but got batchSampler=Array'
  ],
  [() => loader({}, stream).length, 'TypeError: DataLoader: object of type Set has no length'],
  [
    () => loader({ numWorkers: -1 }),
    'RangeError: numWorkers option should be non-negative; use numWorkers=0 to disable multiprocessing.'
  ],
  [() => loader({ timeout: -1 }), 'RangeError: timeout option should be non-negative'],
  [() => loader({ timeout: 1 }), 'RangeError: timeout option needs numWorkers > 0'],
  [
    () => loader({ prefetchFactor: 2 }),
    'RangeError: prefetchFactor option could only be specified in multiprocessing. Let numWorkers > 0 to enable ' +
      'multiprocessing, otherwise set prefetchFactor to null.'
  ],
  [() => loader({ persistentWorkers: true }), 'RangeError: persistentWorkers option needs numWorkers > 0'],
  [
    () => loader({ numWorkers: 2 }),
    'TypeError: DataLoader: with numWorkers > 0 the dataset must be the URL of a module that exports it by default, such as ' +
      "new URL('./set.mjs', import.meta.url), since a live object does not reach worker threads"
  ],
  [() => loader({ numWorkers: 1, collateFn: String }, file), live('collateFn')],
  [() => loader({ numWorkers: 1, workerInitFn: String }, file), live('workerInitFn')],
  [
    () => loader({ numWorkers: 1, prefetchFactor: -1 }, file),
    'RangeError: prefetchFactor option should be non-negative'
  ],
  [
    () => loader({ numWorkers: 1, prefetchFactor: 0 }, file),
    'RangeError: prefetchFactor must be greater than 0 where numWorkers > 0'
  ],
  [() => loader({ datasetArgs: 5 }, file), 'TypeError: DataLoader: datasetArgs must be an array, got 5'],
  [
    () => loader({ datasetArgs: [] }),
    'TypeError: DataLoader: datasetArgs are for a dataset that is the URL of a module'
  ],
  [
    () => loader({ multiprocessingContext: 'fork' }),
    "TypeError: DataLoader: multiprocessingContext is not supported; it may only be null, got 'fork'"
  ],
  [() => [...loader({}, file)], "Error: DataLoader: the dataset is a module; iterate with 'for await'"],
  [
    () => [...loader({ numWorkers: 1 }, file)],
    "Error: DataLoader: workers give batches later; iterate with 'for await'"
  ],
  [
    () => loader({}, file).length,
    'Error: DataLoader: the dataset of a module is not known before the first batch; await ready()'
  ],
  [
    () => [
      ...loader(
        {},
        {
          async *[Symbol.asyncIterator]() {
            yield* []
          }
        }
      )
    ],
    'TypeError: DataLoader: the dataset is an async iterable; iterate with for await'
  ],
  [() => [...loader({ batchSampler: [1] })], 'TypeError: DataLoader: batchSampler must give arrays of indices, got 1'],
  [
    () => [...loader({ sampler: [0.5] }, new TensorDataset(ones(2)))],
    'TypeError: DataLoader: the sampler must give integers, got 0.5'
  ],
  [
    () => [...loader({ sampler: [2] }, new TensorDataset(ones(2)))],
    'RangeError: index out of range in self; indexSelect: index 2 is out of bounds for dimension 0 with size 2'
  ]
]

test.each(refusals.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
  expect(thrown(call)).toBe(message)
})

test('a pass goes on where its sampler draws with a generator', () => {
  const generator = new Generator().manualSeed(1)
  const sampler = new RandomSampler(ten, { generator })
  expect([...sampler]).not.toEqual([...sampler])
  generator.manualSeed(1)
  const first = [...sampler]
  generator.manualSeed(1)
  expect([...sampler]).toEqual(first)
})
