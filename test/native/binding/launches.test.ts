// Several launches in one native call do what they do one by one, and words or buffers that do not fit are refused.

import { loadAddon } from '../../../lib/addon'
import type { Native } from '../../../lib/native'
import { Random } from '../../helpers/random'
import { thrown } from '../../helpers/check'

const native = loadAddon() as Native

const SEED = Number(process.env.DYNGRAD_FUZZ_SEED ?? 1)
const random = new Random(SEED)

const add = native.kernels().pointwise.findIndex(({ name }) => name === 'add')

/** Words of `out = a + b` over `count` float32. */
const words = (count: number, offsets = [0, 0, 0]): number[] => [
  ...[0, 25, 3, 1],
  ...offsets.flatMap((offset) => [0, offset]),
  ...[1, count, 1, 1, 1],
  ...[0, 1, add, 0, 0, 1, -1],
  ...[2, -1, 0]
]

const bufferOf = (numbers: readonly number[]): ArrayBuffer => Float64Array.from(numbers).buffer
const floats = (count: number): ArrayBuffer => Float32Array.from({ length: count }, () => random.uniform(-1, 1)).buffer
const bytesOf = (buffers: readonly ArrayBuffer[]): number[][] => buffers.map((each) => [...new Uint8Array(each)])

test('one by one and at once the same', () => {
  for (let round = 0; round < 50; round++) {
    const counts = Array.from({ length: 1 + random.integer(20) }, () => 1 + random.integer(70))
    const buffers = counts.flatMap((count) => [floats(count), floats(count), floats(count)])
    // The second reads what the first has written.
    if (counts.length > 1 && counts[0] === counts[1]) buffers[3] = buffers[2]
    const copies = buffers.map((each) => each.slice(0))
    counts.forEach((count, i) => native.launch(bufferOf(words(count)), ...copies.slice(3 * i, 3 * i + 3)))
    expect(native.launches(bufferOf(counts.flatMap((count) => words(count))), ...buffers)).toBe(0)
    expect(bytesOf(buffers)).toEqual(bytesOf(copies))
  }
})

describe('refused, and nothing is written by the launch that does not fit', () => {
  const [a, b, out] = [floats(4), floats(4), floats(4)]
  const before = bytesOf([a, b, out])
  const changed = (at: number, value: number): number[] => words(4).map((word, i) => (i === at ? value : word))
  const three = [a, b, out]
  const cases: [string, string, number[], ArrayBuffer[]][] = [
    ['no words', 'RangeError: internal: launches have more buffers than operands', [], three],
    ['words that end early', 'RangeError: internal: launches end within a launch', words(4).slice(0, 20), three],
    ['a header that ends early', 'RangeError: internal: launches end within a launch', [0, 25, 3], three],
    ['a length of 0', 'RangeError: internal: launches end within a launch', changed(1, 0), three],
    ['a length below 0', 'RangeError: internal: launches end within a launch', changed(1, -25), three],
    ['a length of NaN', 'RangeError: internal: launches end within a launch', changed(1, NaN), three],
    ['a length beyond all', 'RangeError: internal: launches end within a launch', changed(1, 1e300), three],
    ['too few buffers', 'RangeError: internal: launches have fewer buffers than operands', words(4), [a, b]],
    ['operands of NaN', 'RangeError: internal: launches have fewer buffers than operands', changed(2, NaN), three],
    ['operands below 1', 'RangeError: internal: launches have fewer buffers than operands', changed(2, 0), three],
    ['too many buffers', 'RangeError: internal: launches have more buffers than operands', words(4), [...three, a]]
  ]
  test.each(cases)('%s', (name, message, list, buffers) => {
    expect(thrown(() => native.launches(bufferOf(list), ...buffers))).toBe(message)
    // Of more buffers than operands it is known in the end.
    if (name !== 'too many buffers') expect(bytesOf([a, b, out])).toEqual(before)
  })

  test('half words, elements behind the end, and what is no buffer', () => {
    const now = bytesOf(three)
    const refused = (list: readonly number[], ...buffers: ArrayBuffer[]): string =>
      thrown(() => native.launches(bufferOf(list), ...buffers))
    for (const at of [1, 2]) expect(refused(changed(at, 3.5), ...three)).toMatch(/^RangeError: internal/)
    expect(refused(words(5), ...three)).toMatch(/^RangeError: internal/)
    expect(refused(words(4, [0, 4, 0]), ...three)).toMatch(/^RangeError: internal/)
    expect(refused(words(4), ...new Array<ArrayBuffer>(65).fill(a))).toMatch(/^RangeError: internal/)
    expect(refused(words(4), a, b, {} as ArrayBuffer)).toMatch(/^TypeError: internal/)
    expect(refused(words(4), a, b, new SharedArrayBuffer(16) as never)).toMatch(/^TypeError: internal/)
    expect(bytesOf(three)).toEqual(now)
  })
})

test('random words never crash', () => {
  for (let round = 0; round < 20_000; round++) {
    const list = [...words(1 + random.integer(4)), ...words(1 + random.integer(4))]
    for (let i = 0; i < 1 + random.integer(3); i++) {
      list[random.integer(list.length)] = [0, 1, 2, 3, -1, 0.5, 25, 50, 1e9, NaN, Infinity][random.integer(11)]
    }
    const buffers = Array.from({ length: 1 + random.integer(7) }, () => floats(4))
    const outcome = thrown(() => {
      const status = native.launches(bufferOf(list), ...buffers)
      throw new Error(`status ${status}`)
    })
    expect(outcome).toMatch(/^(RangeError: internal: |Error: status 0$)/)
  }
})
