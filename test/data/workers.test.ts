// Worker threads make the batches that one thread would make, fail in sentences, and end.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { installedBeside, runInstalled } from '../helpers/installed'

interface Draws {
  readonly seed: number
  readonly persistent: boolean
  readonly epochs: unknown[]
  readonly next: number
}

interface Shares {
  readonly batchSize: number
  readonly dropLast: boolean
  readonly batches: number[][]
}

interface Failure {
  readonly given: number
  readonly error: string
  readonly cause: string | null
  readonly isOver: boolean
}

interface Resumed {
  readonly whole: number[][]
  readonly rest: number[][]
  readonly isUntouched: boolean
}

interface Results {
  readonly draws: Draws[]
  readonly shares: { readonly results: Shares[]; readonly alone: number[][] }
  readonly tensors: Record<string, unknown>
  readonly order: { readonly threads: unknown[]; readonly alone: unknown[] }
  readonly failures: Record<string, Failure> & { readonly missing: unknown }
  readonly leaving: number[][]
  readonly exit: number
  readonly resume: Record<string, Resumed>
}

const fixture = JSON.parse(readFileSync(join(__dirname, '../fixtures/loaders.json'), 'utf8')) as {
  readonly workers: Draws[]
  readonly shares: Shares[]
}

const folder = installedBeside('loader')
afterAll(() => rmSync(folder, { recursive: true }))

const scenarios = ['draws', 'shares', 'tensors', 'order', 'failures', 'leaving', 'resume', 'exit']
const results = runInstalled<Results>(folder, 'program.mjs', scenarios)

test('workers draw what PyTorch draws, each from a seed of its own', () => {
  expect(results.draws).toEqual(fixture.workers)
})

test('workers take their shares of a stream, batch by batch in turn', () => {
  expect(results.shares.results).toEqual(fixture.shares)
  expect(results.shares.alone).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9, 10]
  ])
})

test('tensors arrive with their shape and dtype, single samples and arguments too', () => {
  expect(results.tensors).toEqual({
    early: [null, null],
    length: 3,
    batches: [
      [[4, 1], [0, 2, 4, 6], 'int64', [0, 1, 2, 3]],
      [[4, 1], [8, 10, 12, 14], 'int64', [4, 5, 6, 7]],
      [[2, 1], [16, 18], 'int64', [8, 9]]
    ],
    single: [
      [[1], []],
      [[1], []],
      [[1], []]
    ],
    unordered: [0, 1, 2, 3, 4, 5, 6, 7, 8],
    given: [[3, 1, 2]]
  })
})

test('workers give the order of one thread, and leave the default stream alike', () => {
  expect(results.order.threads).toEqual(results.order.alone)
})

test('what fails in a worker says so in the main thread, and the loop is over', () => {
  const { missing, ...failures } = results.failures
  const caught = (name: string, message: string, worker = 0): string =>
    `${name === 'DataCloneError' ? 'Error' : name}: Caught ${name} in DataLoader worker process ${worker}: ${message}`
  const none =
    'DataLoader: the default export of FILE must be a dataset (an array, or an object with length and getItem(index)), ' +
    'an iterable, or a function or class that makes one, got number'
  const expected = {
    throw: [2, caught('RangeError', 'row 9 is broken'), 'row 9 is broken'],
    reject: [1, caught('TypeError', 'row 5 is missing'), 'row 5 is missing'],
    string: [1, caught('Error', 'row 5'), 'row 5'],
    clone: [1, caught('DataCloneError', '() => index could not be cloned.'), '() => index could not be cloned.'],
    exit: [1, 'Error: DataLoader worker (id 0) exited unexpectedly, with code 3', null],
    start: [0, caught('Error', 'there are no rows'), 'there are no rows'],
    none: [0, caught('TypeError', none), none],
    hang: [1, 'Error: DataLoader timed out after 2 seconds', null],
    never: [1, 'Error: DataLoader timed out after 2 seconds', null]
  }
  const read = ({ given, error, cause, isOver }: Failure): unknown[] => {
    const named = (text: string | null): string | null => text?.replace(/file:\S+/, 'FILE') ?? null
    return [given, named(error), named(cause), isOver]
  }
  const got = Object.fromEntries(Object.entries(failures).map(([how, failure]) => [how, read(failure)]))
  expect(got).toEqual(Object.fromEntries(Object.entries(expected).map(([how, row]) => [how, [...row, true]])))
  expect(missing).toBe(true)
})

test('leaving a loop ends its workers, or keeps them until close()', () => {
  expect(results.leaving).toEqual([
    [0, 5, 0],
    [2, 5, 0]
  ])
})

test('the process ends while workers wait', () => {
  expect(results.exit).toBe(4)
})

test.each(Object.entries(results.resume))('another loader goes on where one of %s was', (_, resumed) => {
  expect(resumed.rest).toEqual(resumed.whole.slice(2))
  expect(resumed.isUntouched).toBe(true)
})

test('the example of docs/data.md reads all rows', () => {
  expect(runInstalled(folder, 'train-on-records.mjs')).toBe(2000)
})
