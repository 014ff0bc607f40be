// A launch whose words were seen before is decoded in part only. It must do what it does to words never seen: here each
// launch runs once from a buffer that is written again and again, and once with so many idle constants that it is not
// remembered.

import { loadAddon } from '../../../lib/addon'
import type { Native } from '../../../lib/native'
import { Random } from '../../helpers/random'

const native = loadAddon() as Native

const SEED = Number(process.env.DYNGRAD_FUZZ_SEED ?? 1)
const CALLS = Number(process.env.DYNGRAD_FUZZ_CALLS ?? 100_000)
const REMEMBERED = 160
const IDLE = REMEMBERED / 2

const random = new Random(SEED)
const upTo = (most: number): number => random.integer(most + 1)
const chance = (percent: number): boolean => random.uniform(0, 100) < percent

const rowOf = (name: string): number => native.kernels().pointwise.findIndex((row) => row.name === name)
const rows = [
  ...['neg', 'exp', 'checkUnit'].map((name) => ({ row: rowOf(name), arity: 1 })),
  ...['add', 'sub', 'mul'].map((name) => ({ row: rowOf(name), arity: 2 }))
]
const sum = native.kernels().reduce.findIndex((row) => row.name === 'sum')

/** An expression over rows of float32, some of them one repeated value, perhaps summed. */
class Template {
  readonly inputs = 1 + upTo(2)
  readonly outputs = 1 + upTo(1)
  /** By output, whether it is summed. */
  readonly sums = new Array<boolean>(this.outputs).fill(chance(30))
  /** Inputs that repeat one value, mostly. */
  readonly repeats = Array.from({ length: this.inputs }, () => chance(30))
  readonly constants = upTo(2)
  readonly instructions = 1 + upTo(4)
  readonly #tail: number[]
  readonly #words = new Float64Array(REMEMBERED)

  constructor() {
    if (chance(20)) this.sums[0] = !this.sums[0]
    const { constants, instructions } = this
    const tail = [constants]
    for (let c = 0; c < constants; c++) tail.push(0, c + 1)
    tail.push(instructions)
    for (let i = 0; i < instructions; i++) {
      const { row, arity } = rows[upTo(rows.length - 1)]
      const source = (s: number): number => (s < arity ? upTo(this.inputs + constants + i - 1) : -1)
      tail.push(row, 0, source(0), source(1), -1)
    }
    const last = this.inputs + constants + instructions - 1
    for (let w = 0; w < this.outputs; w++) tail.push(w === 0 ? last : upTo(last))
    for (const sums of this.sums) tail.push(sums ? sum : -1)
    this.#tail = [...tail, this.sums.includes(true) ? 1 : 0]
  }

  get operands(): number {
    return this.inputs + this.outputs
  }

  /** Writes the words for operands at `offsets`; returns them at their usual place and in a buffer of their own. */
  write(offsets: readonly number[], count: number, repeats: readonly boolean[]): [ArrayBuffer, ArrayBuffer] {
    const stride = (i: number): number => Number(!(i < this.inputs ? repeats[i] : this.sums[i - this.inputs]))
    const words = [0, 0, this.operands, this.outputs, ...offsets.flatMap((offset) => [0, 4 * offset]), 1, count]
    words.push(...offsets.map((_, i) => stride(i)), ...this.#tail)
    if (chance(5)) words[words.length - 3 - upTo(3)] += upTo(2)
    if (chance(3)) words[4 + 2 * upTo(this.operands - 1)] = upTo(1)
    words[1] = words.length
    this.#words.set(words)
    return [this.#words.buffer, this.#lengthened(words)]
  }

  /** The same launch with idle constants behind its own, so that results are registers of higher numbers. */
  #lengthened(words: readonly number[]): ArrayBuffer {
    const start = 4 + 2 * this.operands + 2 + this.operands
    const idle = start + 1 + 2 * this.constants
    const first = this.inputs + this.constants
    const shifted = (register: number): number => (register < first ? register : register + IDLE)
    const instructions = words.slice(idle + 1, idle + 1 + 5 * this.instructions)
    const rest = words.slice(idle + 1 + instructions.length)
    const long = [
      ...words.slice(0, start),
      words[start] + IDLE,
      ...words.slice(start + 1, idle),
      ...Array.from({ length: IDLE }, () => [0, 1]).flat(),
      words[idle],
      ...instructions.map((word, i) => (i % 5 < 2 ? word : shifted(word))),
      ...rest.map((word, i) => (i < this.outputs ? shifted(word) : word))
    ]
    long[1] = long.length
    return Float64Array.from(long).buffer
  }
}

const ELEMENTS = 700

/** Operands in one buffer: disjoint, or an output exactly on an input; now and then beyond the end. */
function placed(template: Template, count: number): number[] {
  const offsets = Array.from({ length: template.operands }, (_, i) => i * 100 + upTo(3))
  for (let i = template.inputs; i < template.operands; i++) {
    if (!template.sums[i - template.inputs] && chance(40)) offsets[i] = offsets[upTo(template.inputs - 1)]
  }
  if (chance(3)) offsets[upTo(offsets.length - 1)] = ELEMENTS - upTo(count)
  return new Set(offsets.slice(template.inputs)).size === template.outputs ? offsets : placed(template, count)
}

function outcome(words: ArrayBuffer, values: Float32Array, operands: number): string {
  const copy = values.slice()
  let status: string
  try {
    status = String(native.launch(words, ...new Array<ArrayBuffer>(operands).fill(copy.buffer)))
  } catch (error) {
    // Registers have other numbers.
    status = (error as Error).message.replace(/[-\d.]+/g, '#')
  }
  return `${status} ${Buffer.from(copy.buffer).toString('base64')}`
}

test(`remembered launches do what unseen ones do (seed ${SEED}, ${CALLS} launches)`, () => {
  const templates = Array.from({ length: 60 }, () => new Template())
  const values = new Float32Array(ELEMENTS)
  const seen = { status: 0, errors: 0 }
  for (let call = 0; call < CALLS; call++) {
    if (call % 50 === 0) values.forEach((_, i) => (values[i] = random.uniform(0, chance(5) ? 3 : 1)))
    const template = templates[upTo(templates.length - 1)]
    const count = [0, 1, 3, 17, 90][upTo(4)]
    const repeats = template.repeats.map((repeats) => repeats !== chance(5))
    const [remembered, unseen] = template.write(placed(template, Math.max(count, 1)), count, repeats)
    const got = outcome(remembered, values, template.operands)
    if (got !== outcome(unseen, values, template.operands)) {
      throw new Error(`launch ${call} differs: ${[...new Float64Array(unseen)].join(' ')}`)
    }
    if (/^[1-9]/.test(got)) seen.status++
    if (got.startsWith('internal')) seen.errors++
  }
  expect(seen.status).toBeGreaterThan(0)
  expect(seen.errors).toBeGreaterThan(0)
})

test(`remembered products multiply what lies where they are told (seed ${SEED})`, () => {
  const elements = 200
  const values = Float32Array.from({ length: elements }, () => upTo(8) - 4)
  const sizes = Array.from({ length: 12 }, () => [1 + upTo(5), 1 + upTo(5), 1 + upTo(5)])
  const memory = new ArrayBuffer(160)
  const words = new Float64Array(memory)
  let refused = 0
  for (let call = 0; call < CALLS / 10; call++) {
    const [m, n, k] = sizes[upTo(sizes.length - 1)]
    const [a, b] = [upTo(20), 60 + upTo(20)]
    const out = chance(5) ? elements - upTo(m * n) : 120 + upTo(20)
    words.set([1, 20, 3, 1, 0, 4 * a, 0, 4 * b, 0, 4 * out, 0, m, n, k, k, 1, n, 1, n, 1])
    const result = values.slice()
    const { buffer } = result
    if (out + m * n > elements) {
      expect(() => native.launch(memory, buffer, buffer, buffer)).toThrow('internal: ')
      expect(result).toEqual(values)
      refused++
      continue
    }
    expect(native.launch(memory, buffer, buffer, buffer)).toBe(0)
    const expected = values.slice()
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        expected[out + i * n + j] = 0
        for (let l = 0; l < k; l++) expected[out + i * n + j] += values[a + i * k + l] * values[b + l * n + j]
      }
    if (Buffer.compare(Buffer.from(buffer), Buffer.from(expected.buffer)) !== 0)
      throw new Error(`product ${call} differs: ${[...words].join(' ')}`)
  }
  expect(refused).toBeGreaterThan(0)
})
