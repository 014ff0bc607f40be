// An epoch of a loader: rows to batches, shuffled.

import { type Tensor, manualSeed, randperm } from 'dyngrad'
import { DataLoader, StackDataset, Subset, TensorDataset } from 'dyngrad/data'
import { waveTensor } from '../jobs/operation'
import { type Case, type Trial, probe, sink } from '../trial'

const ROWS = 100_000
const COLUMNS = 16
const BATCH = 64
const SEED = 7

const matrix = (): Tensor => waveTensor(ROWS * COLUMNS).view(ROWS, COLUMNS)
const range = (): number[] => Array.from({ length: ROWS }, (_, i) => i)

/** A loader, and the tensor of a batch that is compared. */
interface Row {
  readonly loader: () => Iterable<unknown>
  readonly first: (batch: unknown) => Tensor
}

const shuffled = (dataset: object): DataLoader => new DataLoader(dataset as never, { batchSize: BATCH, shuffle: true })
const first = (batch: unknown): Tensor => (batch as [Tensor])[0]

/** Batches without a loader. */
const byHand = (x: Tensor): Iterable<Tensor> => ({
  *[Symbol.iterator]() {
    const order = randperm(ROWS)
    for (let i = 0; i < ROWS; i += BATCH) yield x.at(order.narrow(0, i, Math.min(BATCH, ROWS - i)))
  }
})

const rows: Record<string, Row> = {
  'x by hand': { loader: () => byHand(matrix()), first: (batch) => batch as Tensor },
  'TensorDataset of x': { loader: () => shuffled(new TensorDataset(matrix())), first },
  'TensorDataset of x and y': { loader: () => shuffled(new TensorDataset(matrix(), waveTensor(ROWS))), first },
  'Subset of a TensorDataset': { loader: () => shuffled(new Subset(new TensorDataset(matrix()), range())), first },
  'StackDataset of two TensorDatasets': {
    loader: () => shuffled(new StackDataset(new TensorDataset(matrix()), new TensorDataset(waveTensor(ROWS)))),
    first: (batch) => first((batch as [unknown])[0])
  },
  objects: {
    loader: () => shuffled(range().map((i) => ({ a: i / 2, b: -i, label: `row ${i}` }))),
    first: (batch) => (batch as { a: Tensor }).a
  }
}

function caseOf(name: string): Case {
  const { loader, first } = rows[name]
  let made: Iterable<unknown> | null = null
  return {
    name,
    unit: 'row',
    units: ROWS,
    run(times) {
      made ??= loader()
      for (let i = 0; i < times; i++) for (const batch of made) sink.value = batch
    },
    values() {
      manualSeed(SEED)
      const batches = [...loader()]
      return [batches.length, ...probe(first(batches[0])), ...probe(first(batches[batches.length - 1]))]
    }
  }
}

export const dataLoaders: Trial = {
  title: `Loaders: ${ROWS} rows of ${COLUMNS} float32, batches of ${BATCH}, shuffled anew in each epoch`,
  tolerance: 1e-6,
  threads: [1, 2],
  cases: () => Object.keys(rows).map(caseOf)
}
