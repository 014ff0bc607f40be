// The loader: batches of a dataset, epoch by epoch.

import type { Generator } from '../index'
import { warn } from '../errors'
import { checkSynchronous } from '../kinds'
import type { Collated } from './collate'
import { type DatasetLike, lengthOf } from './dataset'
import { END, type FetchPlan, type Fetcher } from './fetcher'
import { type DataLoaderOptions, type Settings, readSettings } from './options'
import { type Order, Requests, orderOf } from './order'
import { Epoch, type LoaderState, Replay, readState, streamsNow } from './position'
import { drawSeed } from './samplers/samplers'
import { datasetOf, fetcherOf, formOf, importDataset } from './workers/module'
import { WorkerPool } from './workers/pool'
import type { DatasetForm } from './workers/protocol'
import { Tasks } from './workers/tasks'

const later = (): string => "DataLoader: the dataset gives promises; iterate with 'for await'"

interface Reading {
  readonly requests: Requests
  readonly fetcher: Fetcher
}

/**
 * Batches of a dataset, with PyTorch's options: `for` gives those of a dataset in this thread, `for await` those of
 * worker threads, too, of asynchronous datasets and of async iterables. Each loop is an epoch.
 */
export class DataLoader<Item = unknown, Batch = Collated<Item>> implements Iterable<Batch>, AsyncIterable<Batch> {
  readonly numWorkers: number
  readonly timeout: number
  readonly generator: Generator | null
  readonly prefetchFactor: number | null
  readonly inOrder: boolean
  readonly pinMemory: boolean
  readonly #settings: Settings
  /** Those that were passed, to this loader or its samplers. */
  readonly #generators: readonly Generator[]
  readonly #isBatched: boolean
  #collateFn: FetchPlan['collateFn']
  #dataset: DatasetLike | null = null
  #form: DatasetForm | null = null
  #order: Order | null = null
  /** Workers that wait for an epoch. */
  #pool: WorkerPool | null = null
  #epoch: Epoch | null = null
  #loaded: LoaderState | null = null
  /** The length of an iterable dataset, once it was asked for. */
  #announced = Infinity

  constructor(dataset: DatasetLike<Item> | URL, options?: DataLoaderOptions<Item, Batch>)
  constructor(
    dataset: DatasetLike<Item> | URL,
    batchSize: number | null,
    shuffle?: boolean | null,
    options?: Omit<DataLoaderOptions<Item, Batch>, 'batchSize' | 'shuffle'>
  )
  constructor(...args: unknown[]) {
    const settings = readSettings(args)
    this.#settings = settings
    this.numWorkers = settings.numWorkers
    this.timeout = settings.timeout
    this.generator = settings.generator
    this.prefetchFactor = settings.prefetchFactor
    this.inOrder = settings.inOrder
    this.pinMemory = settings.pinMemory
    this.#generators = generatorsOf(settings)
    this.#isBatched = settings.batchSize !== null || settings.batchSampler !== null
    this.#collateFn = settings.collateFn
    if (!(settings.dataset instanceof URL)) this.#adopt(settings.dataset)
  }

  get dataset(): DatasetLike<Item> | URL {
    return this.#settings.dataset as DatasetLike<Item> | URL
  }

  /** Null where a sampler of the caller's makes the batches, or nothing does. */
  get batchSize(): number | null {
    return this.#settings.batchSize
  }

  get dropLast(): boolean {
    return this.#settings.dropLast
  }

  get persistentWorkers(): boolean {
    return this.#settings.persistentWorkers
  }

  /** The order of the samples; null for iterables, and until the dataset of a module is known. */
  get sampler(): Iterable<unknown> | null {
    return this.#order?.sampler ?? this.#settings.sampler
  }

  /** The numbers of the samples of each batch; null for iterables, and until the dataset of a module is known. */
  get batchSampler(): Iterable<unknown> | null {
    return this.#order?.batchSampler ?? this.#settings.batchSampler
  }

  /** What makes batches of samples; null for the default, and for that of a module. */
  get collateFn(): FetchPlan['collateFn'] {
    return this.#collateFn
  }

  /** How many batches an epoch has. Throws where the dataset or the sampler does not tell. */
  get length(): number {
    if (this.#order === null)
      throw new Error('DataLoader: the dataset of a module is not known before the first batch; await ready()')
    const { isIterable, sampler, batchSampler } = this.#order
    if (!isIterable) return lengthOf(batchSampler ?? sampler!, 'DataLoader')
    this.#announced = lengthOf(this.#dataset ?? this.#form!, 'DataLoader')
    const { batchSize, dropLast } = this.#settings
    if (batchSize === null) return this.#announced
    return dropLast ? Math.floor(this.#announced / batchSize) : Math.ceil(this.#announced / batchSize)
  }

  /** Resolves when the dataset of a module is known; workers are started for it. */
  async ready(): Promise<this> {
    if (this.#order !== null) return this
    if (this.numWorkers > 0) {
      this.#pool ??= this.#startWorkers()
      await this.#learnFrom(this.#pool)
      return this
    }
    const { href } = this.#settings.dataset as URL
    const module = await importDataset(href)
    this.#collateFn ??= module.collateFn ?? null
    this.#adopt(await datasetOf(module, href, this.#settings.datasetArgs))
    return this
  }

  /** Ends workers that were kept for the next epoch. */
  async close(): Promise<void> {
    const pool = this.#pool
    this.#pool = null
    await pool?.end()
  }

  #adopt(dataset: DatasetLike): void {
    this.#dataset = dataset
    this.#form = formOf(dataset)
    this.#order = orderOf(this.#settings, this.#form, dataset as { length: number })
  }

  async #learnFrom(pool: WorkerPool): Promise<void> {
    const form = await pool.ready(this.timeout)
    if (this.#order !== null) return
    this.#form = form
    this.#order = orderOf(this.#settings, form, form as { length: number })
  }

  #startWorkers(): WorkerPool {
    return new WorkerPool(this.#settings.dataset as URL, this.#settings.datasetArgs, this.numWorkers)
  }

  // ---- position ----

  /** Where this loader is within its epoch, to go on from there: plain data and tensors. */
  stateDict(): LoaderState {
    if (this.#loaded !== null) return this.#loaded
    const epoch = this.#epoch?.isUnderway === true ? this.#epoch : null
    return {
      isUnderway: epoch !== null,
      numYielded: epoch?.numYielded ?? 0,
      isSeedDrawn: epoch?.isSeedDrawn ?? false,
      defaultStream: epoch?.start.defaultStream ?? null,
      generators: this.#generators.map((generator, i) => ({
        now: generator.getState(),
        start: epoch?.start.generators[i] ?? null
      })),
      sampler: statefulOf(this.#settings)?.stateDict() ?? null
    }
  }

  /** Lets the next loop give the batches that were left when `stateDict` was called. */
  loadStateDict(state: LoaderState): void {
    const loaded = readState(state, this.#generators)
    this.#generators.forEach((generator, i) => generator.setState(loaded.generators[i].now))
    if (loaded.sampler !== null) statefulOf(this.#settings)?.loadStateDict(loaded.sampler)
    this.#loaded = loaded
    this.#epoch = null
  }

  /** Draws what an epoch begins with; or what one began with that is gone on with. */
  #begin(isSeeded: boolean): Epoch {
    const loaded = this.#loaded
    this.#loaded = null
    const draw = (): bigint => drawSeed(this.generator)
    if (loaded?.isUnderway !== true) {
      const start = streamsNow(this.#generators)
      this.#epoch = new Epoch(isSeeded ? 0n : draw(), !isSeeded, start, null)
      return this.#epoch
    }
    const generators = loaded.generators.map((each) => each.start ?? each.now)
    const start = { defaultStream: loaded.defaultStream!, generators }
    const seed = new Replay(this.#generators, start).run(draw)
    const replay = new Replay(this.#generators, start)
    if (loaded.isSeedDrawn) replay.run(draw)
    this.#epoch = new Epoch(seed, loaded.isSeedDrawn, start, { count: loaded.numYielded, replay })
    return this.#epoch
  }

  /** Counts a batch that is handed out. */
  #count(epoch: Epoch): void {
    epoch.numYielded++
    if (epoch.numYielded <= this.#announced) return
    const hint =
      this.numWorkers === 0 ? '' : '; with workers, each must give a share of its own: getWorkerInfo() says which'
    warn(
      `Length of IterableDataset was reported to be ${this.#announced} (when accessing length of DataLoader), but ` +
        `${epoch.numYielded} samples have been fetched${hint}`
    )
  }

  // ---- in this thread ----

  #read(isAsync: boolean): Reading {
    const plan = { isBatched: this.#isBatched, dropLast: this.dropLast, collateFn: this.#collateFn }
    const requests = new Requests(this.#order!, this.batchSize)
    return { requests, fetcher: fetcherOf(this.#dataset!, plan, isAsync) }
  }

  [Symbol.iterator](): Iterator<Batch> {
    if (this.numWorkers > 0) throw new Error("DataLoader: workers give batches later; iterate with 'for await'")
    if (this.#order === null) throw new Error("DataLoader: the dataset is a module; iterate with 'for await'")
    const epoch = this.#begin(false)
    const open = (): Reading => {
      const reading = this.#read(false)
      this.#passOver(epoch, reading.requests, (request) => reading.fetcher.skip(request))
      return reading
    }
    const { passed } = epoch
    return this.#batches(epoch, passed === null ? open() : passed.replay.run(open))
  }

  /** Lets the sampler draw what is passed over. */
  #passOver({ passed }: Epoch, requests: Requests, skip: (request: unknown) => unknown): void {
    if (passed === null) return
    for (let i = 0; i < passed.count; i++) {
      const { done, value } = requests.next()
      if (done === true) return
      if (!skip(value)) return
    }
    if (passed.count === 0) requests.draw()
  }

  async #passOverLater({ passed }: Epoch, { requests, fetcher }: Reading): Promise<void> {
    if (passed === null) return
    for (let i = 0; i < passed.count; i++) {
      const { done, value } = requests.next()
      if (done === true || !(await fetcher.skip(value))) return
    }
    if (passed.count === 0) requests.draw()
  }

  /** Leaves the generators where the replay brought them, where that is further than when the state was taken. */
  #leaveReplay({ passed }: Epoch): void {
    if (passed !== null && (passed.count === 0 || this.numWorkers > 0)) passed.replay.keepGenerators()
  }

  *#batches(epoch: Epoch, { requests, fetcher }: Reading): globalThis.Generator<Batch, void> {
    try {
      this.#leaveReplay(epoch)
      for (let next = requests.next(); next.done !== true; next = requests.next()) {
        const batch = fetcher.fetch(next.value)
        checkSynchronous(batch, later)
        if (batch === END) break
        this.#count(epoch)
        yield batch as Batch
      }
      epoch.isUnderway = false
    } finally {
      void fetcher.close()
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<Batch> {
    if (this.numWorkers === 0) return this.#batchesLater(this.#begin(false))
    const pool = this.#pool ?? this.#startWorkers()
    this.#pool = null
    return this.#fromWorkers(this.#begin(pool.isSeeded), pool)
  }

  async *#batchesLater(epoch: Epoch): AsyncGenerator<Batch, void> {
    await this.ready()
    const open = async (): Promise<Reading> => {
      const reading = this.#read(true)
      await this.#passOverLater(epoch, reading)
      return reading
    }
    const { requests, fetcher } = await (epoch.passed?.replay.runLater(open) ?? open())
    try {
      this.#leaveReplay(epoch)
      for (let next = requests.next(); next.done !== true; next = requests.next()) {
        const batch = await fetcher.fetch(next.value)
        if (batch === END) break
        this.#count(epoch)
        yield batch as Batch
      }
      epoch.isUnderway = false
    } finally {
      await fetcher.close()
    }
  }

  // ---- in workers ----

  async *#fromWorkers(epoch: Epoch, pool: WorkerPool): AsyncGenerator<Batch, void> {
    let isKept = false
    try {
      await this.#learnFrom(pool)
      const tasks = this.#ask(epoch, pool)
      // Workers make the batches of an iterable anew, since only they know them.
      const passed = this.#order!.isIterable ? (epoch.passed?.count ?? 0) : 0
      for (let i = 0; i < passed; i++) if ((await tasks.next()) === END) break
      for (let batch = await tasks.next(); batch !== END; batch = await tasks.next()) {
        this.#count(epoch)
        isKept = this.persistentWorkers
        yield batch as Batch
        isKept = false
      }
      epoch.isUnderway = false
      isKept = this.persistentWorkers
    } finally {
      if (isKept && this.#pool === null) this.#pool = pool
      else await pool.end()
    }
  }

  #ask(epoch: Epoch, pool: WorkerPool): Tasks {
    const { isIterable } = this.#order!
    const open = (): Requests => {
      const requests = new Requests(this.#order!, this.batchSize)
      if (!isIterable) this.#passOver(epoch, requests, () => true)
      return requests
    }
    const requests = epoch.passed?.replay.run(open) ?? open()
    this.#leaveReplay(epoch)
    const { inOrder, timeout } = this
    const tasks = new Tasks(pool, requests, { prefetchFactor: this.prefetchFactor!, inOrder, timeout })
    const first = isIterable ? 0 : (epoch.passed?.count ?? 0) % pool.size
    tasks.begin({ seed: epoch.seed, isBatched: this.#isBatched, dropLast: this.dropLast }, first)
    return tasks
  }
}

for (const name of ['batchSize', 'batchSampler', 'sampler', 'dropLast', 'dataset', 'persistentWorkers']) {
  const set = (): never => {
    throw new TypeError(`${name} attribute should not be set after DataLoader is initialized`)
  }
  const { get } = Object.getOwnPropertyDescriptor(DataLoader.prototype, name)!
  Object.defineProperty(DataLoader.prototype, name, { get, set, configurable: true })
}

interface Stateful {
  stateDict(): unknown
  loadStateDict(state: unknown): void
}

/** The samplers that the caller passed, and those that they hold. */
const samplersOf = ({ sampler, batchSampler }: Settings): object[] =>
  [sampler, batchSampler, (batchSampler as { sampler?: unknown } | null)?.sampler].filter(
    (each): each is object => typeof each === 'object' && each !== null
  )

const isStateful = (value: object): value is Stateful => 'stateDict' in value && 'loadStateDict' in value

const statefulOf = (settings: Settings): Stateful | undefined => samplersOf(settings).find(isStateful)

function generatorsOf(settings: Settings): Generator[] {
  const generators = samplersOf(settings).map((each) => (each as { generator?: Generator | null }).generator ?? null)
  return [...new Set([settings.generator, ...generators])].filter((each) => each !== null)
}
