// What the library does to malloc of its host, and how to prevent it.
import type * as Memory from '../../lib/memory'
import { isSanitized, runProgram } from '../helpers/program'

interface Heap {
  /** Bytes by which the heap below the program's break grew for a buffer of 64 MiB. */
  readonly grown: number
  /** Resident bytes beyond the start: with 200 MB freed between small blocks, and once they are released. */
  readonly freed: number
  readonly released: number
  /** Whether huge pages are asked for, and whether bytes that the engine gives back serve the next result. */
  readonly hugePages: boolean
  readonly recycled: boolean
}

// Elsewhere nothing is set, and the sanitizer has an allocator of its own.
const isGlibc =
  process.platform === 'linux' &&
  'glibcVersionRuntime' in (process.report.getReport() as { header: object }).header &&
  !isSanitized
const describeGlibc = isGlibc ? describe : describe.skip

const MALLOC = ['MALLOC_MMAP_MAX_', 'MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_', 'GLIBC_TUNABLES']
const clean = Object.fromEntries(MALLOC.map((name) => [name, undefined]))
const heapOf = (env: NodeJS.ProcessEnv): Heap => runProgram<Heap>('malloc', [], { ...clean, ...env })

const MIB = 1024 * 1024
// Of the buffer, less what may have been free in the heap.
const GROWTH = 63 * MIB

describeGlibc('malloc', () => {
  test('keeps what is freed, until it is released', () => {
    for (const env of [{}, { DYNGRAD_MALLOC: 'keep' }]) {
      const { grown, freed, released, ...settings } = heapOf(env)
      expect(settings).toMatchObject({ hugePages: true, recycled: true })
      expect(grown).toBeGreaterThan(GROWTH)
      expect(freed).toBeGreaterThan(150 * MIB)
      expect(released).toBeLessThan(freed / 2)
    }
  })

  test('with DYNGRAD_MALLOC=system no memory is kept, and no huge pages are asked for', () => {
    expect(heapOf({ DYNGRAD_MALLOC: 'system' })).toMatchObject({ hugePages: false, recycled: false })
  })

  test.each([{ DYNGRAD_MALLOC: 'system' }, { MALLOC_TRIM_THRESHOLD_: '131072' }, { GLIBC_TUNABLES: '' }])(
    'is left alone with %p',
    (env) => {
      const { grown, freed, released } = heapOf(env)
      expect(grown).toBeLessThan(GROWTH)
      expect(released).toBeGreaterThan(freed / 2)
    }
  )
})

test('a process that has allocated much releases memory each minute in which it allocates little', () => {
  jest.useFakeTimers()
  const release = jest.fn()
  jest.doMock('../../lib/native', () => ({ native: { releaseFreedMemory: release } }))
  try {
    const { countMemory } = jest.requireActual<typeof Memory>('../../lib/memory')
    const minute = (allocated: number): number => {
      countMemory(allocated)
      jest.advanceTimersByTime(60_000)
      return release.mock.calls.length
    }
    expect(minute(256 * MIB)).toBe(0)
    expect(minute(1)).toBe(0) // the watch begins, after a busy minute
    expect(minute(64 * MIB - 1)).toBe(1)
    expect(minute(64 * MIB)).toBe(1)
    expect(minute(0)).toBe(2)
    expect(minute(0)).toBe(3)
  } finally {
    jest.dontMock('../../lib/native')
    jest.useRealTimers()
  }
})
