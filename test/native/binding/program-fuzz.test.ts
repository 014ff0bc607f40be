// Calls `program` with mutated words, and programs with wrong arguments. They may refuse with an error that starts with
// `internal:`; they may never write outside a slot that they write, or bring the process down.
import { Random } from '../../helpers/random'
import {
  argReduce,
  at,
  doubles,
  generatorStateBytes,
  index,
  matmul,
  message,
  native,
  type Place,
  pointwise,
  programWords,
  adam,
  random as randomLaunch,
  type TestLaunch
} from '../../helpers/launches'

const SEED = Number(process.env.DYNGRAD_FUZZ_SEED ?? 1)
const PROGRAMS = Number(process.env.DYNGRAD_FUZZ_CALLS ?? 60_000)
const GUARD = 0xa5

const random = new Random(SEED)
const upTo = (most: number): number => random.integer(most + 1)
const pick = <T>(list: readonly T[]): T => list[upTo(list.length - 1)]
const chance = (percent: number): boolean => random.uniform(0, 100) < percent

// Slots 0 to 3 are floats, 4 indices, 5 a generator's state; slots 0 and 4 are never written.
const SLOT_BYTES = [256, 256, 256, 256, 64, generatorStateBytes]

const launches: TestLaunch[] = [
  pointwise({
    sizes: [4, 6],
    inputs: [
      { slot: 0, strides: [6, 1] },
      { slot: 1, strides: [0, 0] }
    ],
    constants: [2],
    instructions: [
      ['add', 0, 1],
      ['mul', 2, 3]
    ],
    outputs: [{ slot: 2, strides: [6, 1], register: 4 }]
  }),
  pointwise({
    sizes: [24],
    inputs: [{ slot: 2, strides: [1] }],
    instructions: [['tanh', 0]],
    outputs: [{ slot: 2, strides: [1], register: 1 }]
  }),
  pointwise({
    sizes: [6, 4],
    inputs: [{ slot: 0, strides: [4, 1] }],
    instructions: [],
    outputs: [{ slot: 3, strides: [0, 1], register: 0 }],
    reduce: 'sum',
    mask: 1
  }),
  matmul([2], 3, 4, 5, [
    { slot: 0, strides: [15, 5, 1] },
    { slot: 1, strides: [0, 4, 1] },
    { slot: 2, strides: [12, 4, 1] }
  ]),
  index(0, 6, 8, [
    { slot: 0, strides: [0] },
    { slot: 4, strides: [1] },
    { slot: 3, strides: [1] }
  ]),
  index(2, 6, 8, [
    { slot: 0, strides: [1] },
    { slot: 4, strides: [1] },
    { slot: 1, strides: [0] }
  ]),
  argReduce('argmax', 4, 6, { slot: 0, strides: [6, 1] }, { slot: 3, strides: [1] }),
  randomLaunch('uniform', 10, { slot: 5, strides: [1] }, { slot: 1, strides: [1] }),
  // Options, gradients, then step, parameter and both averages of each.
  adam(
    [10, 12],
    [
      [0, 0],
      [2, 2],
      [2, 4],
      [1, 0],
      [1, 1],
      [3, 0],
      [3, 10],
      [1, 12],
      [1, 13],
      [3, 20],
      [3, 32]
    ].map(([slot, offset]) => ({ slot, offset, strides: [1] }))
  )
]

const epilogue: TestLaunch = {
  ...pointwise({
    sizes: [6, 4],
    inputs: [
      { slot: 2, strides: [4, 1] },
      { slot: 0, strides: [0, 1] }
    ],
    instructions: [['add', 0, 1]],
    outputs: [{ slot: 3, strides: [4, 1], register: 2 }]
  }),
  epilogue: true
}

function randomLaunches(): TestLaunch[] {
  return Array.from({ length: 1 + upTo(3) }, () => pick(launches)).flatMap((launch) =>
    launch === launches[3] && chance(50) ? [launch, epilogue] : [launch]
  )
}

const NONSENSE = [NaN, Infinity, -Infinity, -1, -0, 0.5, 2, 3, 5, 16, 64, 1000, 65536, 2 ** 31, 2 ** 46, 2 ** 53, 1e300]

/** One change at a time: two could make a dim that is long and needs no memory, which is legal and takes for ever. */
function mutate(words: number[]): void {
  const position = upTo(words.length - 1)
  if (chance(10)) words.length = position
  else if (chance(5)) words.push(pick(NONSENSE))
  else words[position] = chance(60) ? words[position] + pick([-1, 1, 4, 8]) : pick(NONSENSE)
}

/** Slots between guards; indices and state hold zeros. */
function guarded(bytes: readonly number[]): Place[] {
  return bytes.map((count, slot) => {
    const buffer = new ArrayBuffer(count + 16 + 8 * upTo(3))
    new Uint8Array(buffer).fill(GUARD)
    if (slot >= 4) new Uint8Array(buffer, 8, count).fill(0)
    return { buffer, offset: 8 }
  })
}

/** True when nothing but the insides of the written slots may have changed. */
function guardsHold(places: readonly Place[], bytes: readonly number[], written: (slot: number) => boolean): boolean {
  return places.every(({ buffer, offset }, slot) => {
    const inside = new Uint8Array(buffer, offset, bytes[slot])
    const old = slot >= 4 ? 0 : GUARD
    if (!written(slot) && !inside.every((byte) => byte === old)) return false
    inside.fill(GUARD)
    return new Uint8Array(buffer).every((byte) => byte === GUARD)
  })
}

const isInternal = (error: unknown): boolean => /^internal: /.test((error as Error).message)

test(`mutated programs (seed ${SEED}, ${PROGRAMS} programs)`, () => {
  const seen = { refused: 0, run: 0 }
  for (let number = 0; number < PROGRAMS; number++) {
    const words = programWords(SLOT_BYTES, randomLaunches())
    mutate(words)
    let program
    try {
      program = native.program(doubles(words))
    } catch (error) {
      if (!isInternal(error)) throw error
      seen.refused++
      continue
    }
    // Smaller or larger slots than were declared are met by the checks of each replay.
    const bytes = words[0] === SLOT_BYTES.length ? words.slice(1, 1 + SLOT_BYTES.length) : SLOT_BYTES
    const places = guarded(bytes.map((count) => Math.min(count, 4096)))
    const sizes = places.map(({ buffer, offset }, slot) => Math.min(bytes[slot], buffer.byteLength - offset))
    try {
      for (let times = 0; times < 2; times++) program.replay(...at(places))
      seen.run++
    } catch (error) {
      if (!isInternal(error)) throw error
      seen.refused++
    }
    // A changed slot number or number of written operands may have made any slot a written one.
    if (!guardsHold(places, sizes, () => true)) throw new Error(`program ${number} wrote outside: ${words.join(' ')}`)
  }
  expect(seen.run).toBeGreaterThan(PROGRAMS / 10)
  expect(seen.refused).toBeGreaterThan(PROGRAMS / 10)
})

test('valid programs leave what they only read', () => {
  for (let round = 0; round < 500; round++) {
    const program = native.program(doubles(programWords(SLOT_BYTES, randomLaunches())))
    const places = guarded(SLOT_BYTES)
    program.replay(...at(places))
    if (!guardsHold(places, SLOT_BYTES, (slot) => ![0, 4].includes(slot))) throw new Error(`round ${round}`)
  }
})

describe('hostile arguments', () => {
  const program = native.program(doubles(programWords(SLOT_BYTES, launches)))
  type Replay = (...all: unknown[]) => number
  const replay = program.replay as Replay
  const start = ((...all: unknown[]) => (program.start as unknown as Replay)(new ArrayBuffer(0), ...all)) as Replay
  const time = ((...all: unknown[]) => (program.time as unknown as Replay)(1, ...all)) as Replay
  const places = guarded(SLOT_BYTES)
  const good = at(places)

  /** The same sentence from all three functions. */
  function refusal(...all: unknown[]): string {
    const said = message(() => replay(...all))
    // One argument stands before them.
    const counted = (text: string): string => text.replace(/\d+/g, (digits) => String(Number(digits) + 1))
    const later = said.replace(/argument \d+ of replay|replay takes .*/, counted)
    expect(message(() => time(...all))).toBe(later.replace(/replay/, 'time'))
    // Buffers that follow may be sources of copies.
    if (all.length <= good.length) expect(message(() => start(...all))).toBe(later.replace(/replay/, 'start'))
    else expect(message(() => start(...all))).toMatch(/^(RangeError|TypeError): internal: /)
    expect(program.replay(...good)).toBe(0)
    return said
  }
  const replaced = (argument: number, value: unknown): unknown[] => good.map((old, i) => (i === argument ? value : old))

  test('wrong numbers of buffers', () => {
    const sentence = (count: number): string =>
      `RangeError: internal: replay takes 7 arguments, offsets and a buffer for each slot, not ${count}`
    for (const count of [0, 1, 2, 6]) expect(refusal(...good.slice(0, count))).toBe(sentence(count))
    expect(refusal(...good, good[1])).toBe(sentence(8))
    expect(refusal(...Array<ArrayBuffer>(500).fill(good[1]))).toBe(sentence(500))
  })

  test('no ArrayBuffers', () => {
    const float = new Float32Array(512)
    const wrong = [undefined, null, 0, 'words', {}, [], float, new DataView(float.buffer), Symbol('s'), 1n, () => 1]
    for (const value of [...wrong, new SharedArrayBuffer(4096), new Proxy(float.buffer, {})]) {
      for (const argument of [0, 1, 6])
        expect(refusal(...replaced(argument, value))).toBe(
          `TypeError: internal: argument ${argument} of replay is no ArrayBuffer`
        )
      expect(message(() => native.program(value as ArrayBuffer))).toBe(
        'TypeError: internal: argument 0 of program is no ArrayBuffer'
      )
    }
  })

  test('detached, short and misaligned slots', () => {
    const detached = new ArrayBuffer(4096)
    structuredClone(detached, { transfer: [detached] })
    const short = new ArrayBuffer(SLOT_BYTES[1] + 7)
    expect(refusal(...replaced(2, detached))).toBe(
      'RangeError: internal: the offset of slot 1 is 8, in a buffer of 0 bytes'
    )
    expect(refusal(...replaced(2, short))).toBe(
      'RangeError: internal: slot 1 has 256 bytes, but its buffer ends after 255'
    )
    expect(refusal(...replaced(0, detached))).toBe('RangeError: internal: the offsets are not a float64 for each slot')
    expect(message(() => native.program(detached))).toBe(
      'RangeError: internal: the descriptor ends before its number of slots'
    )
    const offsets = [8, 8, 8, 12, 8, 8]
    expect(refusal(...replaced(0, doubles(offsets)))).toBe(
      'RangeError: internal: slot 3 is not aligned: byte offset 12, items of up to 8 bytes'
    )
    expect(refusal(...replaced(0, new ArrayBuffer(47)))).toBe(
      'RangeError: internal: the offsets are not a float64 for each slot'
    )
  })

  test.each([NaN, Infinity, -Infinity, -8, 0.5, 8.5, 2 ** 53, 2 ** 63, 1e300])('an offset of %d', (offset) => {
    for (let slot = 0; slot < SLOT_BYTES.length; slot++) {
      const offsets = Array<number>(SLOT_BYTES.length).fill(8)
      offsets[slot] = offset
      const bytes = places[slot].buffer.byteLength
      const digits = (
        { [2 ** 63]: '9.2233720368547758e+18', [1e300]: '1.0000000000000001e+300' } as Record<number, string>
      )[offset]
      const shown = digits ?? String(offset).replace('NaN', 'nan').replace('Infinity', 'inf')
      expect(refusal(...replaced(0, doubles(offsets)))).toBe(
        `RangeError: internal: the offset of slot ${slot} is ${shown}, in a buffer of ${bytes} bytes`
      )
    }
  })

  test('slots that overlap one that is written', () => {
    const overlap = 'RangeError: internal: slots overlap'
    const shared = new ArrayBuffer(4096)
    for (const written of [1, 2, 3])
      for (const other of [0, 1, 2, 3].filter((slot) => slot !== written))
        expect(refusal(...good.map((old, i) => (i - 1 === written || i - 1 === other ? shared : old)))).toBe(overlap)
    // The indices inside the values that accumulate writes.
    expect(refusal(...good.map((old, i) => (i - 1 === 1 || i - 1 === 4 ? shared : old)))).toBe(overlap)
    // Both only read, or one behind the other.
    new Uint8Array(shared).fill(0)
    expect(replay(...good.map((old, i) => (i - 1 === 0 || i - 1 === 4 ? shared : old)))).toBe(0)
    const offsets = [8, 0, 256, 512, 8, 8]
    const behind = good.map((old, i) => (i >= 2 && i <= 4 ? shared : old))
    behind[0] = doubles(offsets)
    expect(replay(...behind)).toBe(0)
    offsets[3] = 504
    behind[0] = doubles(offsets)
    expect(refusal(...behind)).toBe(overlap)
  })

  test('a failing index is found before anything is written, wherever the indices come from', () => {
    new BigInt64Array(places[4].buffer, 8, 6).fill(9n)
    const before = Buffer.from(places[3].buffer).toString('base64')
    const gather = native.program(doubles(programWords(SLOT_BYTES, [launches[4]])))
    expect(gather.replay(...good)).toBe(4097)
    expect(Buffer.from(places[3].buffer).toString('base64')).toBe(before)
    new BigInt64Array(places[4].buffer, 8, 6).fill(0n)
    expect(gather.replay(...good)).toBe(0)
  })

  test('words that promise too much', () => {
    const attempt = (...words: number[]): string => message(() => native.program(doubles(words)))
    expect(attempt(0, 0)).toBe('no error')
    expect(native.program(doubles([0, 0])).replay(new ArrayBuffer(0))).toBe(0)
    expect(attempt()).toMatch(/^RangeError: internal:/)
    for (const words of [[65537], [3, 1, 1], [1, 2 ** 47, 0], [1, -1, 0], [0, 1e9], [0, 1], [0, 1, 2], [0, 0, 0]])
      expect(attempt(...words)).toMatch(/^RangeError: internal:/)
    const [flag, ...rest] = programWords([], [launches[0]]).slice(2)
    expect(attempt(0, 1, flag, ...rest)).toMatch(/^RangeError: internal: slot number is 0, not an integer/)
    expect(attempt(0, 1, 0, 0, 1e15, 3, 1)).toMatch(/^RangeError: internal: length is/)
    expect(message(() => native.program(new ArrayBuffer(12)))).toBe('RangeError: internal: the words fill 12 bytes')
  })
})
