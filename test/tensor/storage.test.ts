// Storage: what is carved from a chunk, what owns its buffer, and what the engine gives back.

import { allocate, allocateOwn, bufferOf, isRecyclable, recycle } from '../../lib/storage'

const MIB = 2 ** 20

describe('allocate()', () => {
  test('carves small storages from one chunk, apart from each other', () => {
    const [a, b] = [allocate(100), allocate(100)]
    expect(isRecyclable(a)).toBe(false)
    expect(bufferOf(a) === bufferOf(b) ? b.byteOffset - a.byteOffset : 128).toBe(128)
    expect(a.byteOffset % 64).toBe(0)
  })

  test('gives large storages a buffer of their own', () => {
    const large = allocate(MIB)
    expect([large.byteOffset, bufferOf(large).byteLength, isRecyclable(large)]).toEqual([0, MIB, true])
  })

  test('gives what lives long a buffer of its own, however small', () => {
    expect(bufferOf(allocateOwn(4)).byteLength).toBe(4)
  })
})

describe('recycle()', () => {
  test('serves the next storage of the same size, and only one', () => {
    const given = allocate(3 * MIB)
    recycle(given)
    expect(bufferOf(allocate(3 * MIB))).toBe(bufferOf(given))
    expect(bufferOf(allocate(3 * MIB))).not.toBe(bufferOf(given))
  })

  test('makes a new storage, so that a capture can tell it from the old one', () => {
    const given = allocate(5 * MIB)
    recycle(given)
    const served = allocate(5 * MIB)
    expect(served.serial).toBeGreaterThan(given.serial)
    expect(served.version).toBe(0)
  })

  test('serves bytes that were carved from a chunk, too', () => {
    const given = allocate(8000)
    recycle(given)
    const served = allocate(8000)
    expect(bufferOf(served)).toBe(bufferOf(given))
    expect(served.byteOffset).toBe(given.byteOffset)
  })

  test('goes on when sizes that nobody asks for have filled the pool', () => {
    for (let i = 0; i < 40; i++) recycle(allocate(8 * MIB + i))
    const given = allocate(9 * MIB)
    recycle(given)
    expect(bufferOf(allocate(9 * MIB))).toBe(bufferOf(given))
  })
})
