// The same seed gives PyTorch's batches, epoch after epoch, and leaves the random streams where PyTorch leaves them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Tensor, Generator, empty, manualSeed, randint } from '../../lib'
import {
  BatchSampler,
  DataLoader,
  DistributedSampler,
  RandomSampler,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
  randomSplit
} from '../../lib/data'

interface LoaderCase {
  readonly seed: number
  readonly length: number
  readonly batchSize: number
  readonly sampler: string | null
  readonly shuffle: boolean
  readonly dropLast: boolean
  /** The loader and its sampler have a generator of their own. */
  readonly own: boolean
  readonly stop: number | null
  readonly batches: number
  readonly epochs: number[][][]
  readonly next: number
  readonly nextOfGenerator: number | null
}

interface SplitCase {
  readonly seed: number
  readonly length: number
  readonly lengths: number[]
  readonly own: boolean
  readonly parts: number[][]
  readonly next: number
}

interface DistributedCase {
  readonly length: number
  readonly numReplicas: number
  readonly rank: number
  readonly shuffle: boolean
  readonly seed: number
  readonly dropLast: boolean
  readonly epochs: number[][]
  readonly samples: number
}

interface Fixture {
  readonly loaders: LoaderCase[]
  readonly splits: SplitCase[]
  readonly distributed: DistributedCase[]
  readonly batchSampler: number[][][]
}

const fixture = JSON.parse(readFileSync(join(__dirname, '../fixtures/loaders.json'), 'utf8')) as Fixture

const range = (length: number): number[] => [...Array(length).keys()]
const numbers = (batch: unknown): number[] => Array.from((batch as Tensor).toTypedArray(), Number)
const nextOf = (generator: Generator | null = null): number => randint(2 ** 27, [1], { generator }).item<number>()

const WEIGHTS = [0.1, 0.9, 0.4, 0.7, 3, 0.6, 0, 2]

const samplers: Record<string, (length: number, generator: Generator | null) => Iterable<number>> = {
  sequential: (length) => new SequentialSampler(range(length)),
  replacement: (length, generator) => new RandomSampler(range(length), { replacement: true, generator }),
  more: (length, generator) => new RandomSampler(range(length), { numSamples: 2 * length + 3, generator }),
  fewer: (length, generator) => new RandomSampler(range(length), false, 5, { generator }),
  replaced: (length, generator) => new RandomSampler(range(length), true, 70, generator),
  subset: (_, generator) => new SubsetRandomSampler([3, 1, 4, 15, 9, 2, 6], generator),
  weighted: (_, generator) => new WeightedRandomSampler(WEIGHTS, 13, { generator }),
  without: (_, generator) => new WeightedRandomSampler(WEIGHTS, 5, false, { generator })
}

function loaderOf({ seed, length, batchSize, sampler, shuffle, dropLast, own }: LoaderCase): DataLoader<number> {
  const generator = own ? new Generator().manualSeed(seed + 1) : null
  const order = sampler === null ? { shuffle } : { sampler: samplers[sampler](length, generator) }
  return new DataLoader(range(length), { batchSize, dropLast, generator, ...order })
}

const nameOf = ({ seed, length, batchSize, sampler, dropLast, own, stop }: LoaderCase): string =>
  `${sampler ?? 'shuffled'} ${length} by ${batchSize}${dropLast ? ', last dropped' : ''}${own ? ', own generator' : ''}` +
  `${stop === null ? '' : `, left after ${stop}`}, seed ${seed}`

describe.each(fixture.loaders.map((each) => [nameOf(each), each] as const))('%s', (_, given) => {
  /** The batches of each epoch, read one by one. */
  async function epochsOf(read: (loader: DataLoader<number>) => Promise<number[][]>): Promise<number[][][]> {
    manualSeed(given.seed)
    const loader = loaderOf(given)
    expect(loader.length).toBe(given.batches)
    const epochs: number[][][] = []
    for (let i = 0; i < given.epochs.length; i++) epochs.push(await read(loader))
    expect(nextOf()).toBe(given.next)
    if (given.nextOfGenerator !== null) expect(nextOf(loader.generator)).toBe(given.nextOfGenerator)
    return epochs
  }

  test('gives its batches to for', async () => {
    const epochs = await epochsOf((loader) => {
      const batches: number[][] = []
      for (const batch of loader) {
        batches.push(numbers(batch))
        if (batches.length === given.stop) break
      }
      return Promise.resolve(batches)
    })
    expect(epochs).toEqual(given.epochs)
  })

  test('gives its batches to for await', async () => {
    const epochs = await epochsOf(async (loader) => {
      const batches: number[][] = []
      for await (const batch of loader) {
        batches.push(numbers(batch))
        if (batches.length === given.stop) break
      }
      return batches
    })
    expect(epochs).toEqual(given.epochs)
  })
})

test('samplers give the numbers one by one, too', () => {
  for (const given of fixture.loaders.filter(({ sampler, stop }) => sampler !== null && stop === null)) {
    manualSeed(given.seed)
    const generator = given.own ? new Generator().manualSeed(given.seed + 1) : null
    const sampler = samplers[given.sampler!](given.length, generator)
    for (const epoch of given.epochs) {
      // A loader draws the seed of its workers first.
      empty([], { dtype: 'int64' }).random_({ generator })
      expect([...sampler]).toEqual(epoch.flat())
    }
  }
})

test.each(fixture.splits)('randomSplit of $length into $lengths, seed $seed, own $own', (given) => {
  manualSeed(given.seed)
  const generator = given.own ? new Generator().manualSeed(given.seed + 1) : undefined
  const parts = randomSplit(range(given.length), given.lengths, { generator })
  expect(parts.map(({ indices }) => indices)).toEqual(given.parts)
  expect(nextOf()).toBe(given.next)
})

test('DistributedSampler gives each rank its share', () => {
  for (const { length, epochs, samples, ...options } of fixture.distributed) {
    const sampler = new DistributedSampler(range(length), options)
    expect(sampler).toHaveLength(samples)
    const own = epochs.map((_, epoch) => {
      sampler.setEpoch(epoch)
      return [...sampler]
    })
    expect(own).toEqual(epochs)
  }
})

test('BatchSampler gives lists of numbers', () => {
  const read = [false, true].map((dropLast) => [...new BatchSampler(new SequentialSampler(range(10)), 3, dropLast)])
  expect(read).toEqual(fixture.batchSampler)
})
