// Damages files as disks, networks and enemies do.

import type { Random } from '../random'

/** Values that sizes, offsets and counts break at. */
const integers = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff]
const longs = [0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 64n - 1n]
const decimals = [
  '0',
  '-1',
  '00',
  '1e9',
  '1e999',
  '65536',
  '4294967296',
  '99999999999999999999',
  '0.5',
  'NaN',
  '[',
  '"'
]

/** Most formats say what they hold in the first and last bytes. */
const EDGE = 256

const place = (random: Random, length: number): number => {
  const where = random.integer(3)
  const within = random.integer(Math.max(1, Math.min(EDGE, length)))
  return where === 0 ? within : where === 1 ? Math.max(0, length - 1 - within) : random.integer(Math.max(1, length))
}

const range = (random: Random, length: number): [start: number, end: number] => {
  const start = place(random, length)
  return [start, Math.min(length, start + 1 + random.integer(random.integer(2) === 0 ? 8 : length + 1))]
}

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer

const changed = (bytes: Buffer, change: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(bytes)
  if (copy.length > 0) change(copy)
  return copy
}

const joined = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts)

const mutations: readonly Mutation[] = [
  (bytes, random) => changed(bytes, (copy) => (copy[place(random, copy.length)] ^= 1 << random.integer(8))),
  (bytes, random) => changed(bytes, (copy) => (copy[place(random, copy.length)] = random.integer(256))),
  // An integer of 2, 4 or 8 bytes.
  (bytes, random) =>
    changed(bytes, (copy) => {
      const value = integers[random.integer(integers.length)]
      const [width, at] = [random.integer(2) === 0 ? 2 : 4, place(random, copy.length)]
      if (at + width <= copy.length) copy.writeUIntLE(width === 2 ? value & 0xffff : value, at, width)
    }),
  (bytes, random) =>
    changed(bytes, (copy) => {
      const at = place(random, copy.length)
      if (at + 8 <= copy.length) copy.writeBigUInt64LE(longs[random.integer(longs.length)], at)
    }),
  // A number in a text.
  (bytes, random) => {
    const text = bytes.toString('latin1')
    const numbers = [...text.matchAll(/\d+/g)]
    if (numbers.length === 0) return bytes
    const { index, 0: digits } = numbers[random.integer(numbers.length)]
    const number = Buffer.from(decimals[random.integer(decimals.length)])
    return joined(bytes.subarray(0, index), number, bytes.subarray(index + digits.length))
  },
  (bytes, random) => bytes.subarray(0, place(random, bytes.length)),
  (bytes, random) => {
    const [start, end] = range(random, bytes.length)
    return joined(bytes.subarray(0, start), bytes.subarray(end))
  },
  (bytes, random) => {
    const [start, end] = range(random, bytes.length)
    return joined(bytes.subarray(0, end), bytes.subarray(start))
  },
  (bytes, random) => {
    const [start, end] = range(random, bytes.length)
    return changed(bytes, (copy) => copy.fill(random.integer(256), start, end))
  },
  // A part of another file, in place of as many bytes or between them.
  (bytes, random, other) => {
    const [start, end] = range(random, other.length)
    const at = place(random, bytes.length)
    const rest = random.integer(2) === 0 ? at : Math.min(bytes.length, at + end - start)
    return joined(bytes.subarray(0, at), other.subarray(start, end), bytes.subarray(rest))
  }
]

/** A damaged copy of one of some files. */
export function mutated(seeds: readonly Buffer[], random: Random): Buffer {
  let bytes = seeds[random.integer(seeds.length)]
  const times = 1 + random.integer(random.integer(4) === 0 ? 8 : 2)
  for (let i = 0; i < times; i++) {
    const other = seeds[random.integer(seeds.length)]
    bytes = mutations[random.integer(mutations.length)](bytes, random, other)
  }
  return bytes
}
