// Loaders of one thread: options, streams, asynchronous datasets, errors, and where they were left.
import { Readable } from 'node:stream'
import { Generator, type Tensor, arange, getRngState, manualSeed, rand, randint, setRngState, tensor } from '../../lib'
import {
  BatchSampler,
  DataLoader,
  type DataLoaderOptions,
  DistributedSampler,
  IterableDataset,
  type LoaderState,
  RandomSampler,
  Sampler,
  SequentialSampler,
  SubsetRandomSampler,
  TensorDataset,
  WeightedRandomSampler,
  getWorkerInfo
} from '../../lib/data'
import { longs, thrown } from '../helpers/check'

const SEED = 20261130
const range = (length: number): number[] => [...Array(length).keys()]
const numbers = (batch: Tensor): number[] => Array.from(batch.toTypedArray(), Number)

async function all<Batch>(loader: AsyncIterable<Batch>): Promise<Batch[]> {
  const batches: Batch[] = []
  for await (const batch of loader) batches.push(batch)
  return batches
}

/** The error that a loop throws, as text. */
const failure = (loader: AsyncIterable<unknown>): Promise<string> =>
  all(loader).then(
    () => 'nothing was thrown',
    (error: unknown) => String(error)
  )

class Numbers extends IterableDataset<number> {
  opened = 0
  closed = 0

  constructor(readonly count: number) {
    super()
  }

  *[Symbol.iterator](): Generator_<number> {
    this.opened++
    try {
      for (let i = 0; i < this.count; i++) yield i
    } finally {
      this.closed++
    }
  }
}

type Generator_<Item> = globalThis.Generator<Item, void>

describe('options', () => {
  test('samples one by one, a sampler, a batch sampler, a collateFn', () => {
    const rows = new TensorDataset(arange(6))
    const [first] = [...new DataLoader(rows, { batchSize: null })] as unknown as [Tensor][]
    expect(first[0].shape).toEqual([])
    expect([...new DataLoader(range(4), null)]).toEqual([0, 1, 2, 3])
    const chosen = new DataLoader(rows, { batchSize: 2, sampler: [5, 1, 3] })
    expect([...chosen].map(([batch]) => batch.tolist())).toEqual([[5, 1], [3]])
    expect(chosen).toHaveLength(2)
    const batches = [[1], new Uint8Array([2, 3]), longs([0])]
    expect([...new DataLoader(rows, { batchSampler: batches })].map(([batch]) => batch.tolist())).toEqual([
      [1],
      [2, 3],
      [0]
    ])
    const texts = new DataLoader(rows, { batchSize: 4, collateFn: (samples) => samples.map(String).join(' ') })
    expect([...texts][1]).toBe('tensor(4) tensor(5)')
  })

  test('are fields that stay as they are', () => {
    const sampler = new SequentialSampler(range(5))
    const loader = new DataLoader(range(5), 2, false, { sampler, dropLast: true })
    expect(loader).toMatchObject({ batchSize: 2, dropLast: true, numWorkers: 0, timeout: 0, prefetchFactor: null })
    expect(loader).toMatchObject({ persistentWorkers: false, inOrder: true, pinMemory: false, collateFn: null })
    expect(loader.sampler).toBe(sampler)
    expect(loader.batchSampler).toBeInstanceOf(BatchSampler)
    expect(loader.dataset).toEqual(range(5))
    expect(loader).toHaveLength(2)
    for (const name of ['batchSize', 'sampler', 'batchSampler', 'dropLast', 'dataset', 'persistentWorkers']) {
      expect(thrown(() => Reflect.set(loader, name, 1))).toBe(
        `TypeError: ${name} attribute should not be set after DataLoader is initialized`
      )
    }
  })

  test('pinMemory warns, and does nothing', () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    expect([...new DataLoader([1], { pinMemory: true })]).toHaveLength(1)
    expect(warned.mock.calls).toEqual([
      [
        "'pinMemory' argument is set as true but no accelerator is found, then device pinned memory won't be used.",
        'UserWarning'
      ]
    ])
    warned.mockRestore()
  })

  test('many workers are warned of', () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    expect(new DataLoader(new URL('file:///set.mjs'), { numWorkers: 5000 }).numWorkers).toBe(5000)
    expect(warned.mock.calls[0][0]).toMatch(
      /^This DataLoader will create 5000 worker processes in total\. Our suggested max number of worker in current system is \d+, which is smaller than what this DataLoader is going to create\. Please be aware that excessive worker creation might get DataLoader running slow or even freeze, lower the worker number to avoid potential slowness\/freeze if necessary\.$/
    )
    warned.mockRestore()
  })

  test('a sampler of the caller is asked, and so is one that overrides ours', () => {
    class Backwards extends Sampler {
      *[Symbol.iterator](): Generator_<number> {
        yield* [2, 1, 0]
      }
    }
    class Evens extends SequentialSampler {
      override *[Symbol.iterator](): Generator_<number> {
        for (let i = 0; i < this.length; i += 2) yield i
      }
    }
    const rows = new TensorDataset(arange(5))
    const read = (sampler: Iterable<number>): unknown =>
      [...new DataLoader(rows, { batchSize: 5, sampler })].map(([batch]) => batch.tolist())
    expect(read(new Backwards())).toEqual([[2, 1, 0]])
    expect(read(new Evens(range(5)))).toEqual([[0, 2, 4]])
    class Pairs extends BatchSampler {
      override *[Symbol.iterator](): Generator_<number[]> {
        yield [0, 4]
      }
    }
    const loader = new DataLoader(rows, { batchSampler: new Pairs(new Evens(range(5)), 2, false) })
    expect([...loader].map(([batch]) => batch.tolist())).toEqual([[0, 4]])
    expect([...new BatchSampler([7, 8, 9], 2, true)]).toEqual([[7, 8]])
  })

  test('the worker of this thread is none', () => {
    expect(getWorkerInfo()).toBeNull()
  })
})

describe('streams', () => {
  test('give batches, the last one shorter or left out, anew in each epoch', async () => {
    const stream = new Numbers(5)
    const loader = new DataLoader(stream, { batchSize: 2 })
    for (let epoch = 0; epoch < 2; epoch++) expect([...loader].map(numbers)).toEqual([[0, 1], [2, 3], [4]])
    const dropping = new DataLoader(stream, { batchSize: 2, dropLast: true })
    expect((await all(dropping)).map(numbers)).toEqual([
      [0, 1],
      [2, 3]
    ])
    expect([...new DataLoader(stream, { batchSize: null })]).toEqual([0, 1, 2, 3, 4])
    expect(stream).toMatchObject({ opened: 4, closed: 4 })
  })

  test('are closed where a loop is left', async () => {
    const stream = new Numbers(5)
    for (const batch of new DataLoader(stream)) if (numbers(batch)[0] === 1) break
    expect(stream.closed).toBe(1)
    for await (const batch of new DataLoader(stream)) if (numbers(batch)[0] === 1) break
    expect(stream.closed).toBe(2)
  })

  test('may be asynchronous', async () => {
    const stream = Readable.from([1, 2, 3].map((value) => ({ value })))
    const loader = new DataLoader(stream as AsyncIterable<{ value: number }>, { batchSize: 2 })
    expect((await all(loader)).map(({ value }) => value.tolist())).toEqual([[1, 2], [3]])
    const promises = new DataLoader([Promise.resolve(1), 2].values() as Iterable<number>, { batchSize: 2 })
    expect((await all(promises)).map(numbers)).toEqual([[1, 2]])
  })

  test('that are iterators say so when they are asked again', async () => {
    const spent = new DataLoader([1, 2].values())
    expect([...spent]).toHaveLength(2)
    const sentence = (what: string): string =>
      `Error: The ${what} is an iterator, which runs once, and it has; pass an iterable that starts anew, such ` +
      'as an object whose [Symbol.iterator]() is a generator'
    expect(thrown(() => [...spent])).toBe(sentence('dataset'))
    expect(await failure(spent)).toBe(sentence('dataset'))
    const once = new DataLoader([1, 2], { sampler: [0].values() })
    expect([...once]).toHaveLength(1)
    expect(thrown(() => [...once])).toBe(sentence('sampler'))
    const batchesOnce = new DataLoader([1, 2], { batchSampler: [[0]].values() })
    expect([...batchesOnce]).toHaveLength(1)
    expect(thrown(() => [...batchesOnce])).toBe(sentence('batchSampler'))
    const oneByOne = new DataLoader([1, 2], { batchSize: null, sampler: [0].values() })
    expect([...oneByOne]).toHaveLength(1)
    expect(thrown(() => [...oneByOne])).toBe(sentence('sampler'))
  })

  test('that are longer than they say are warned of', () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const stream = Object.assign(new Numbers(3), { length: 2 })
    const loader = new DataLoader(stream)
    expect(loader).toHaveLength(2)
    expect([...loader]).toHaveLength(3)
    expect(warned.mock.calls).toEqual([
      [
        'Length of IterableDataset was reported to be 2 (when accessing length of DataLoader), but 3 samples have been fetched',
        'UserWarning'
      ]
    ])
    warned.mockRestore()
    expect(new DataLoader(stream, { batchSize: 2, dropLast: true })).toHaveLength(1)
    expect(new DataLoader(stream, { batchSize: null })).toHaveLength(2)
  })
})

test('asynchronous datasets give their batches to for await', async () => {
  const later = { length: 3, getItem: (index: number) => Promise.resolve({ index }) }
  const loader = new DataLoader(later, { batchSize: 2 })
  expect((await all(loader)).map(({ index }) => index.tolist())).toEqual([[0, 1], [2]])
  expect(thrown(() => [...loader])).toBe("TypeError: DataLoader: the dataset gives promises; iterate with 'for await'")
  const failing = { length: 3, getItem: (index: number) => Promise.reject(new Error(`no ${index}`)) }
  expect(await failure(new DataLoader(failing))).toBe('Error: no 0')
})

describe('another loader goes on where one was', () => {
  const weights = range(30).map((i) => i % 7)
  const makers: Record<string, () => DataLoader<unknown, Tensor>> = {
    shuffled: () => loaderOf({ shuffle: true }),
    'own generator': () => loaderOf({ shuffle: true, generator: new Generator().manualSeed(3) }),
    replaced: () => loaderOf({ sampler: new RandomSampler(range(30), { replacement: true, numSamples: 100 }) }),
    'replaced from an own generator': () => {
      const generator = new Generator().manualSeed(4)
      return loaderOf({ sampler: new RandomSampler(range(30), true, 100, generator) })
    },
    subset: () => loaderOf({ sampler: new SubsetRandomSampler(range(22)) }),
    weighted: () => loaderOf({ sampler: new WeightedRandomSampler(weights, 30) }),
    batches: () => loaderOf({ batchSampler: new BatchSampler(new RandomSampler(range(30)), 4, true), batchSize: 1 }),
    stream: () => new DataLoader(new Numbers(30), { batchSize: 4 }) as DataLoader<unknown, Tensor>,
    'one by one': () => loaderOf({ batchSize: null, shuffle: true, collateFn: (x: unknown) => tensor(x as number) })
  }
  const loaderOf = (options: DataLoaderOptions<never, Tensor>): DataLoader<unknown, Tensor> =>
    new DataLoader<unknown, Tensor>(range(30), { batchSize: 4, ...options } as never)

  const text = (batch: Tensor): string => JSON.stringify(batch.tolist())

  describe.each(Object.keys(makers))('%s', (name) => {
    test.each([1, 5])('after %s batches', async (stop) => {
      manualSeed(SEED)
      const loader = makers[name]()
      expect([...loader].length).toBeGreaterThan(5)
      let state: LoaderState | null = null
      const rest: string[] = []
      let given = 0
      for (const batch of loader) {
        // Training draws as well.
        rand(3)
        given++
        if (given > stop) rest.push(text(batch))
        if (given === stop) state = loader.stateDict()
      }
      manualSeed(SEED + 2)
      const untouched = randint(2 ** 27, [1]).item()
      for (const isAsync of [false, true]) {
        manualSeed(SEED + 1)
        const other = makers[name]()
        manualSeed(SEED + 2)
        other.loadStateDict(state!)
        expect(other.stateDict()).toBe(state)
        expect((isAsync ? await all(other) : [...other]).map(text)).toEqual(rest)
        expect(randint(2 ** 27, [1]).item()).toBe(untouched)
      }
    })

    test('between two epochs', () => {
      manualSeed(SEED)
      const loader = makers[name]()
      expect([...loader].length).toBeGreaterThan(5)
      const state = loader.stateDict()
      const stream = getRngState()
      expect(state).toMatchObject({ isUnderway: false, numYielded: 0 })
      const following = [...loader].map(text)
      const other = makers[name]()
      other.loadStateDict(state)
      setRngState(stream)
      expect([...other].map(text)).toEqual(following)
    })
  })

  test('a run that is resumed draws what the whole run draws', () => {
    for (const name of ['shuffled', 'own generator', 'replaced from an own generator', 'subset']) {
      /** What three epochs draw for training; `from` continues them. */
      const run = (
        loader: DataLoader<unknown, Tensor>,
        epochs: number,
        save?: (epoch: number, step: number) => void
      ) => {
        const log: string[] = []
        for (let epoch = 0; epoch < epochs; epoch++) {
          let step = 0
          for (const batch of loader) {
            log.push(`${text(batch)} ${rand(1).item()}`)
            save?.(epoch, ++step)
          }
        }
        return log
      }
      manualSeed(SEED)
      const loader = makers[name]()
      let saved: { loader: LoaderState; stream: Tensor; at: number } | null = null
      const log: number[] = []
      const whole = run(loader, 3, (epoch, step) => {
        log.push(step)
        if (epoch === 1 && step === 3) {
          saved = { loader: loader.stateDict(), stream: getRngState(), at: log.length }
        }
      })
      manualSeed(1)
      const resumed = makers[name]()
      resumed.loadStateDict(saved!.loader)
      setRngState(saved!.stream)
      expect(run(resumed, 2)).toEqual(whole.slice(saved!.at))
    }
  })

  test('a DistributedSampler keeps its epoch', () => {
    const make = (): [DataLoader<unknown, Tensor>, DistributedSampler] => {
      const sampler = new DistributedSampler(range(30), { numReplicas: 2, rank: 1 })
      return [loaderOf({ sampler }), sampler]
    }
    const [loader, sampler] = make()
    sampler.setEpoch(4)
    const [first, ...others] = [...loader].map(text)
    const iterator = loader[Symbol.iterator]()
    expect(text(iterator.next().value as Tensor)).toBe(first)
    const [resumed] = make()
    resumed.loadStateDict(loader.stateDict())
    expect([...resumed].map(text)).toEqual(others)
  })

  test('of what is no state, nothing', async () => {
    const loader = loaderOf({ shuffle: true })
    const state = loader.stateDict()
    for (const wrong of [null, 5, {}, { ...state, numYielded: -1 }, { ...state, isUnderway: true }]) {
      expect(thrown(() => loader.loadStateDict(wrong as never))).toBe(
        'TypeError: loadStateDict: state must be what stateDict() of a DataLoader gave, got ' +
          (wrong === null ? 'null' : typeof wrong)
      )
    }
    const other = loaderOf({ shuffle: true, generator: new Generator() })
    expect(thrown(() => other.loadStateDict(state))).toBe(
      'RangeError: loadStateDict: the state is of a loader with 0 generators, this one has 1'
    )
    const far = { ...loader.stateDict(), isUnderway: true, numYielded: 2 ** 50, defaultStream: getRngState() }
    for (const each of [loader, new DataLoader(new Numbers(3))]) {
      each.loadStateDict(far)
      expect([...each]).toEqual([])
      each.loadStateDict(far)
      expect(await all(each)).toEqual([])
    }
  })
})
