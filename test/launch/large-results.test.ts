// Results of more than 256 KB in memory that has not been written lately pass by the caches: whole lines at once,
// whatever line they begin in. A few rows at a time, the same elements do not.

import { type Tensor, cat, manualSeed, randn, slice } from 'dyngrad'
import { bits } from '../helpers/steps'

const ROWS = 601
const SEED = 18

beforeAll(() => {
  manualSeed(SEED)
})

const ops: [name: string, columns: number, run: (x: Tensor, row: Tensor) => Tensor][] = [
  ['a row', 401, (x, row) => x.add(row)],
  ['a column', 397, (x) => x.mul(x.at(slice(), slice(5, 6)))],
  ['short rows and a column', 37, (x) => x.expand(7, x.shape[0], 37).mul(x.at(slice(), slice(5, 6)))],
  ['exp', 333, (x) => x.exp()],
  ['a comparison', 997, (x) => x.gt(0.25)],
  ['a checked division', 211, (x) => x.to('int32').fmod(3)],
  ['a cast to float64', 301, (x) => x.to('float64')],
  ['a cast to int32', 509, (x) => x.mul(100).to('int32')],
  ['a cast to uint8', 1501, (x) => x.gt(0).to('uint8')],
  ['a clone of columns', 500, (x) => x.at(slice(), slice(3, 490)).contiguous()],
  ['a clone of every second column', 900, (x) => x.at(slice(), slice(null, null, 2)).contiguous()],
  ['a sum', 301, (x) => x.add(x)]
]

describe(`a result that no cache holds has the elements of a small one (seed ${SEED}):`, () => {
  test.each(ops)('%s', (_, columns, run) => {
    const x = randn([ROWS, columns])
    const row = randn([columns])
    // Fresh memory begins anywhere in a line.
    const whole = [0, 1, 2].map(() => run(x, row))
    const parts = Array.from({ length: Math.ceil(ROWS / 10) }, (_, i) => run(x.at(slice(10 * i, 10 * i + 10)), row))
    const expected = bits(cat(parts, parts[0].dim() - 2))
    for (const result of whole) expect(bits(result)).toBe(expected)
  })
})
