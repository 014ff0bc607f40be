// A program does what its launches do one at a time, bit for bit: with moved buffers, epilogues, threads, and on a
// thread of its own.
import { Random } from '../../helpers/random'
import { runProgram } from '../../helpers/program'
import {
  argReduce,
  at,
  bytesOf,
  copyOf,
  doubles,
  generatorStateBytes,
  index,
  matmul,
  message,
  native,
  type Operand,
  type Place,
  pointwise,
  programWords,
  random as randomLaunch,
  runApart,
  type TestLaunch
} from '../../helpers/launches'

const SEED = Number(process.env.DYNGRAD_FUZZ_SEED ?? 1)
const ROUNDS = Number(process.env.DYNGRAD_FUZZ_ROUNDS ?? 300)

const random = new Random(SEED)
const upTo = (most: number): number => random.integer(most + 1)
const pick = <T>(list: readonly T[]): T => list[upTo(list.length - 1)]
const chance = (percent: number): boolean => random.uniform(0, 100) < percent

// ---- random programs over slots of floats, one of indices and one of a generator's state ----

const FLOATS = 256
const FLOAT_SLOTS = 6
const INDICES = FLOAT_SLOTS
const STATE = FLOAT_SLOTS + 1
const slotBytes = [...Array<number>(FLOAT_SLOTS).fill(4 * FLOATS), 8 * 64, generatorStateBytes]

const floats = (strides: number[], offset = 0): Operand => ({ slot: upTo(FLOAT_SLOTS - 1), strides, offset })

function otherThan(slot: number, strides: number[]): Operand {
  const operand = floats(strides)
  return operand.slot === slot ? otherThan(slot, strides) : operand
}

const row = (): number[] => (chance(25) ? [0] : [1])

const makers: (() => TestLaunch)[] = [
  // One instruction: run without a plan.
  () => {
    const [input, other] = [floats(row(), upTo(3)), floats(row())]
    const sources = chance(30) ? ([0, 1] as const) : ([1, 0] as const)
    return chance(50)
      ? pointwise({
          sizes: [200],
          inputs: [input],
          constants: [upTo(3)],
          instructions: [[pick(['add', 'mul', 'sub']), ...sources]],
          outputs: [{ ...otherThan(input.slot, [1]), register: 2 }]
        })
      : pointwise({
          sizes: [250],
          inputs: [{ ...input, offset: 0 }, other],
          instructions: [[pick(['add', 'mul', 'sub']), 0, 1]],
          outputs: [{ slot: input.slot, strides: [1], register: 2 }]
        })
  },
  // Several: planned, two outputs, one of them transposed; constants and uniform inputs.
  () => {
    const [first, second] = [floats([16, 1]), floats([0, 0], upTo(7))]
    const out = otherThan(first.slot, [1, 12])
    return pointwise({
      sizes: [12, 16],
      inputs: [first, second],
      constants: [0.5],
      instructions: [
        ['mul', 1, 2],
        ['add', 0, 3],
        [pick(['tanh', 'neg', 'exp']), 4]
      ],
      outputs: [
        { ...out, register: 5 },
        { ...first, register: 4 }
      ]
    })
  },
  // A copy, a reduction, a reduction of nothing, and nothing.
  () => {
    const input = floats([1, 10])
    const out = otherThan(input.slot, [16, 1])
    return pointwise({ sizes: [10, 16], inputs: [input], instructions: [], outputs: [{ ...out, register: 0 }] })
  },
  () => {
    const mask = 1 + upTo(2)
    const input = floats([12, 1])
    const out = otherThan(input.slot, [mask & 1 ? 0 : 1, mask & 2 ? 0 : 1])
    return pointwise({
      sizes: [pick([20, 20, 20, 0]), 12],
      inputs: [input, floats([0, 0])],
      instructions: [['mul', 0, 1]],
      outputs: [{ ...out, register: 2 }],
      reduce: pick(['sum', 'mean']),
      mask
    })
  },
  () => {
    const launch = pointwise({
      sizes: [30],
      inputs: [floats([1])],
      instructions: [['checkUnit', 0]],
      outputs: [{ ...floats([1], 100), register: 1 }]
    })
    return launch
  },
  () => {
    const [a, b] = [floats([50, 5, 1]), floats([0, 8, 1])]
    const slots = [0, 1, 2, 3, 4, 5].filter((slot) => slot !== a.slot && slot !== b.slot)
    return matmul([2], 10, 8, 5, [a, b, { slot: pick(slots), strides: [80, 8, 1] }])
  },
  () => {
    const data = floats([0])
    const mode = upTo(2)
    const other = otherThan(data.slot, [1])
    const indices = { slot: INDICES, strides: [1], offset: upTo(20) }
    return index(mode, 40, pick([64, 64, 64, 30]), mode === 0 ? [data, indices, other] : [other, indices, data])
  },
  () => argReduce(pick(['argmax', 'argmin']), 6, 30, floats([30, 1]), { slot: INDICES, strides: [1], offset: upTo(9) }),
  () => randomLaunch('uniform', 100, { slot: STATE, strides: [1] }, floats([1], upTo(9)))
]

function randomValues(place: Place, slot: number): void {
  if (slot === INDICES) {
    new BigInt64Array(place.buffer, place.offset, 64).forEach((_, i, all) => (all[i] = BigInt(upTo(127) - 64)))
  } else if (slot === STATE) {
    new Uint8Array(place.buffer, place.offset).fill(7)
  } else {
    new Float32Array(place.buffer, place.offset, FLOATS).forEach((_, i, all) => (all[i] = random.uniform(0, 1)))
  }
}

/** Places with random values; some stay where they were. */
function randomPlaces(before?: readonly Place[]): Place[] {
  return slotBytes.map((bytes, slot) => {
    const offset = 8 * upTo(5)
    const place = before !== undefined && chance(60) ? before[slot] : { buffer: new ArrayBuffer(bytes + 48), offset }
    randomValues(place, slot)
    return place
  })
}

test(`replays equal launches one at a time (seed ${SEED})`, () => {
  const seen = { failed: 0, whole: 0 }
  for (let round = 0; round < ROUNDS; round++) {
    const launches = Array.from({ length: 1 + upTo(9) }, () => pick(makers)())
    const program = native.program(doubles(programWords(slotBytes, launches)))
    let places: Place[] | undefined
    for (let replay = 0; replay < 4; replay++) {
      places = randomPlaces(places)
      const expected = copyOf(places)
      const status = runApart(launches, expected)
      expect(program.replay(...at(places))).toBe(status)
      expect(bytesOf(places)).toEqual(bytesOf(expected))
      if (status === 0) seen.whole++
      else seen.failed++
    }
  }
  expect(seen.failed).toBeGreaterThan(0)
  expect(seen.whole).toBeGreaterThan(0)
})

// ---- epilogues ----

/** A product in slots 0 to 2 and an expression of it into slot 3; slots 4 and 5 are a row and one number. */
function withEpilogue(m: number, n: number, k: number, batch: number, kind: string): [number[], TestLaunch[]] {
  const batches = batch > 1 ? [batch] : []
  const strides = (...list: number[]): number[] => list.slice(3 - 2 - batches.length)
  const product = matmul(batches, m, n, k, [
    { slot: 0, strides: strides(m * k, k, 1) },
    { slot: 1, strides: strides(0, n, 1) },
    { slot: 2, strides: strides(m * n, n, 1) }
  ])
  const rows = batch * m
  const [out, result] = [
    { slot: 2, strides: [n, 1] },
    { slot: 3, strides: [n, 1] }
  ]
  const one = (name: string): Parameters<typeof pointwise>[0] => ({
    sizes: [rows, n],
    inputs: [out],
    instructions: [[name, 0]],
    outputs: [{ ...result, register: 1 }]
  })
  const expression = {
    direct: one('tanh'),
    failing: one('checkUnit'),
    inPlace: { ...one('tanh'), outputs: [{ ...out, register: 1 }] },
    copy: { ...one('tanh'), instructions: [], outputs: [{ ...result, register: 0 }] },
    transposed: { ...one('tanh'), outputs: [{ slot: 3, strides: [1, rows], register: 1 }] },
    ontoInput: { ...one('tanh'), outputs: [{ slot: 0, strides: [n, 1], register: 1 }] },
    reversed: { ...one('tanh'), inputs: [{ slot: 2, strides: [1, rows] }] },
    planned: {
      sizes: [rows, n],
      inputs: [out, { slot: 4, strides: [0, 1] }, { slot: 5, strides: [0, 0] }],
      constants: [2],
      instructions: [
        ['add', 0, 1],
        ['mul', 2, 3],
        ['mul', 4, 5],
        ['tanh', 6]
      ] as const,
      outputs: [
        { ...result, register: 7 },
        { ...out, register: 4 }
      ]
    }
  }[kind]!
  const elements = [rows * k, k * n, rows * n, rows * n, n, 1]
  if (kind === 'ontoInput') elements[0] = Math.max(elements[0], rows * n)
  return [elements.map((count) => 4 * count), [product, { ...pointwise(expression), epilogue: true }]]
}

const kinds = ['direct', 'failing', 'inPlace', 'copy', 'transposed', 'ontoInput', 'reversed', 'planned']
const products: [number, number, number, number][] = [
  [400, 70, 150, 1],
  [90, 70, 150, 6],
  [3, 900, 800, 1],
  [5, 7, 3, 1],
  [1, 1, 9, 1],
  [2000, 40, 1, 1]
]

describe('an epilogue gives what two launches give', () => {
  const before = native.getNumThreads()
  afterEach(() => native.setNumThreads(before))

  test.each(products.flatMap((product) => kinds.map((kind) => [...product, kind] as const)))(
    '%d x %d x %d, batch %d, %s',
    (m, n, k, batch, kind) => {
      const [bytes, launches] = withEpilogue(m, n, k, batch, kind)
      const program = native.program(doubles(programWords(bytes, launches)))
      const places = bytes.map((count) => ({ buffer: new ArrayBuffer(count), offset: 0 }))
      for (const threads of [1, 2, 3]) {
        native.setNumThreads(threads)
        places.forEach(({ buffer }) =>
          new Float32Array(buffer).forEach((_, i, all) => (all[i] = kind === 'failing' ? 2 : random.uniform(-1, 1)))
        )
        const expected = copyOf(places)
        const status = runApart(launches, expected)
        expect(status === 0).toBe(kind !== 'failing')
        expect(program.replay(...at(places))).toBe(status)
        expect(bytesOf(places)).toEqual(bytesOf(expected))
      }
    }
  )

  test('is refused after anything but a dense product of as many elements', () => {
    const attempt = (change: (launches: TestLaunch[], bytes: number[]) => TestLaunch[]): string => {
      const [bytes, launches] = withEpilogue(6, 5, 4, 1, 'direct')
      const changed = change(launches, bytes)
      return message(() => native.program(doubles(programWords(bytes, changed))))
    }
    expect(attempt(([product, expression]) => [product, expression])).toBe('no error')
    expect(attempt(([, expression]) => [expression])).toBe('RangeError: internal: an epilogue does not follow a matmul')
    expect(attempt(([product, expression]) => [product, expression, expression])).toBe(
      'RangeError: internal: an epilogue does not follow a matmul'
    )
    expect(attempt(([product, expression]) => [product, { ...expression, epilogue: false }, expression])).toBe(
      'RangeError: internal: an epilogue does not follow a matmul'
    )
    expect(attempt(([product]) => [product, { ...product, epilogue: true }])).toBe(
      'RangeError: internal: an epilogue is no elementwise expression'
    )
    expect(attempt(([, expression]) => [withEpilogue(6, 4, 4, 1, 'direct')[1][0], expression])).toBe(
      'RangeError: internal: an epilogue of 30 elements follows a matmul of 24'
    )
    const transposed = matmul([], 6, 5, 4, [
      { slot: 0, strides: [4, 1] },
      { slot: 1, strides: [5, 1] },
      { slot: 2, strides: [1, 6] }
    ])
    expect(attempt(([, expression]) => [transposed, expression])).toBe(
      'RangeError: internal: the output of a matmul with an epilogue is not one dense block'
    )
  })
})

// ---- on a thread of its own ----

const noCopies = new ArrayBuffer(0)

describe('start', () => {
  const [bytes, launches] = withEpilogue(300, 200, 300, 1, 'planned')
  const program = native.program(doubles(programWords(bytes, launches)))
  const makePlaces = (): Place[] =>
    bytes.map((count) => {
      const buffer = new ArrayBuffer(count + 16)
      new Float32Array(buffer).forEach((_, i, all) => (all[i] = random.uniform(-1, 1)))
      return { buffer, offset: 16 }
    })

  test('gives what replay gives', async () => {
    for (let round = 0; round < 5; round++) {
      const places = makePlaces()
      const expected = copyOf(places)
      const status = program.replay(...at(expected))
      await expect(program.start(noCopies, ...at(places))).resolves.toBe(status)
      expect(bytesOf(places)).toEqual(bytesOf(expected))
    }
  })

  test('resolves with the status of a check', async () => {
    const [sizes, failing] = withEpilogue(6, 5, 4, 1, 'failing')
    const places = sizes.map((count) => ({ buffer: new ArrayBuffer(count), offset: 0 }))
    new Float32Array(places[0].buffer).fill(3)
    new Float32Array(places[1].buffer).fill(3)
    await expect(native.program(doubles(programWords(sizes, failing))).start(noCopies, ...at(places))).resolves.toBe(
      2 * 4096 + 1
    )
  })

  test('excludes another run of the program, and only that', async () => {
    const places = makePlaces()
    const running = program.start(noCopies, ...at(places))
    const error = 'Error: internal: the program is running'
    expect(message(() => program.replay(...at(makePlaces())))).toBe(error)
    expect(message(() => program.start(noCopies, ...at(makePlaces())))).toBe(error)
    expect(message(() => program.time(1, ...at(makePlaces())))).toBe(error)
    const other = native.program(doubles(programWords(bytes, launches)))
    expect(other.replay(...at(makePlaces()))).toBe(0)
    await running
    expect(program.replay(...at(makePlaces()))).toBe(0)
  })

  test('a refused start leaves the program free', () => {
    const places = makePlaces()
    expect(message(() => program.start(noCopies, ...at([...places.slice(1), places[0]])))).toMatch(
      /^RangeError: internal: slot/
    )
    expect(program.replay(...at(places))).toBe(0)
  })

  describe('with copies', () => {
    const slots = bytes.length
    /** Copies of whole slots from `sources`. */
    const copiesOf = (sources: readonly (readonly [slot: number, from: ArrayBuffer])[]): ArrayBuffer =>
      doubles(sources.flatMap(([slot, from]) => [slot, 0, from.byteLength]))

    test('fills slots from other buffers before the launches run', async () => {
      const places = makePlaces()
      const expected = copyOf(places)
      program.replay(...at(expected))
      const empty = places.map(({ buffer, offset }) => ({ buffer: new ArrayBuffer(buffer.byteLength), offset }))
      const sources = places.map(({ buffer }, slot) => [slot, buffer] as const)
      const before = bytesOf(places)
      const running = program.start(copiesOf(sources), ...at(empty), ...places.map(({ buffer }) => buffer))
      await expect(running).resolves.toBe(0)
      expect(bytesOf(empty)).toEqual(bytesOf(expected))
      expect(bytesOf(places)).toEqual(before)
    })

    const places = makePlaces()
    const [{ buffer }] = places
    const count = buffer.byteLength
    const hostile: Record<string, () => unknown> = {
      'no numbers': () => program.start(noCopies, ...at(places), buffer),
      'numbers without a source': () => program.start(doubles([0, 0, 8]), ...at(places)),
      'half a copy': () => program.start(doubles([0, 0, 8, 1, 0]), ...at(places), buffer),
      'a slot that is none': () => program.start(doubles([slots, 0, 8]), ...at(places), buffer),
      'a negative slot': () => program.start(doubles([-1, 0, 8]), ...at(places), buffer),
      'a slot between two': () => program.start(doubles([0.5, 0, 8]), ...at(places), buffer),
      'NaN for a slot': () => program.start(doubles([NaN, 0, 8]), ...at(places), buffer),
      'bytes before the buffer': () => program.start(doubles([0, -8, 8]), ...at(places), buffer),
      'bytes behind the buffer': () => program.start(doubles([0, count - 4, 8]), ...at(places), buffer),
      'more bytes than there are': () => program.start(doubles([0, 8, 2 ** 53]), ...at(places), buffer),
      'less than no bytes': () => program.start(doubles([0, 8, -8]), ...at(places), buffer),
      'a source that is shorter': () => program.start(doubles([0, 0, count]), ...at(places), new ArrayBuffer(8)),
      'a source that is no buffer': () => program.start(doubles([0, 0, 8]), ...at(places), {} as ArrayBuffer),
      'a source that is shared': () =>
        program.start(doubles([0, 0, 8]), ...at(places), new SharedArrayBuffer(64) as unknown as ArrayBuffer),
      'more sources than slots': () =>
        program.start(
          doubles(Array.from({ length: slots + 1 }, () => [0, 0, 8]).flat()),
          ...at(places),
          ...Array.from({ length: slots + 1 }, () => buffer)
        ),
      'numbers that are no buffer': () => program.start([0, 0, 8] as unknown as ArrayBuffer, ...at(places), buffer)
    }
    test.each(Object.entries(hostile))('refuses %s, and is free afterwards', (_name, start) => {
      const before = bytesOf(places)
      expect(message(start)).toMatch(/^(RangeError|TypeError): internal: /)
      expect(bytesOf(places)).toEqual(before)
      expect(program.replay(...at(makePlaces()))).toBe(0)
    })
  })

  test('many programs run beside each other', async () => {
    const runs = Array.from({ length: 12 }, () => {
      const places = makePlaces()
      const expected = copyOf(places)
      program.replay(...at(expected))
      return { places, expected }
    })
    const programs = runs.map(() => native.program(doubles(programWords(bytes, launches))))
    await Promise.all(runs.map(({ places }, i) => programs[i].start(noCopies, ...at(places))))
    for (const { places, expected } of runs) expect(bytesOf(places)).toEqual(bytesOf(expected))
  })

  test('workers end and the process exits in the middle of runs', () => {
    expect(runProgram<{ terminated: number }>('programs', [8])).toEqual({ terminated: 8 })
  }, 120_000)
})

test('time gives a median for each launch, nothing for an epilogue', () => {
  const [bytes, launches] = withEpilogue(30, 20, 30, 1, 'planned')
  const program = native.program(doubles(programWords(bytes, [...launches, launches[0]])))
  const places = bytes.map((count) => ({ buffer: new ArrayBuffer(count), offset: 0 }))
  const times = program.time(11, ...at(places))
  expect([...times].map((time) => time > 0)).toEqual([true, false, true])
  for (const repeats of [0, NaN, -1, 1e9, '3']) {
    expect(message(() => program.time(repeats as number, ...at(places)))).toBe(
      'RangeError: internal: repeats are no number in 1..1000000'
    )
  }
})

test('a program of hundreds of slots', () => {
  const count = 700
  const bytes = Array<number>(count).fill(16)
  const launches = Array.from({ length: count - 1 }, (_, i) =>
    pointwise({
      sizes: [4],
      inputs: [{ slot: i, strides: [1] }],
      constants: [1],
      instructions: [['add', 0, 1]],
      outputs: [{ slot: i + 1, strides: [1], register: 2 }]
    })
  )
  const program = native.program(doubles(programWords(bytes, launches)))
  const places = bytes.map(() => ({ buffer: new ArrayBuffer(16), offset: 0 }))
  expect(program.replay(...at(places))).toBe(0)
  expect([...new Float32Array(places[count - 1].buffer)]).toEqual([699, 699, 699, 699])
})
