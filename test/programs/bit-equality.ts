// A program of test/launch/bit-equality.test.ts: random pointwise expressions, eager against fused, under one
// instruction set. Fused ones may store some outputs and reduce others. Prints one line of JSON; arguments: first seed,
// rounds, seconds at most.
import { type DType, dtypeNames, itemSizes } from '../../lib/dtype'
import { Expression, run } from '../../lib/expression'
import { Builder, type Expr } from '../../lib/symbol'
import { type PointwiseRow, kernelRow, native, pointwiseRows, reduceRows } from '../../lib/native'
import { emptyResult } from '../../lib/ops/define/result'
import { type Shape, numelOf, reducedShape } from '../../lib/shape'
import { bufferOf } from '../../lib/storage'
import { type Tensor, addmm, asStrided, empty, full, matmul, setNumThreads } from '../../lib'
import { LAYOUTS, Chooser, firstDifference, randomTensor } from '../helpers/chooser'

const THREADS = [1, 2, 3]
const REDUCTIONS = ['sum', 'mean', 'amax', 'prod']
const DTYPES: readonly DType[] = [
  'float32',
  'float32',
  'float32',
  'float64',
  'float64',
  'bool',
  'int64',
  'int32',
  'uint8'
]

/** A register of the program under test: an input, a constant or the result of an instruction. */
interface Register {
  readonly code: number
  readonly input: number
  readonly constant: number | null
  readonly row: number
  /** Dtype that the instruction names. */
  readonly kernelCode: number
  readonly sources: readonly number[]
}

class Failure extends Error {
  constructor(readonly register: number) {
    super(`instruction at register ${register} fails`)
  }
}

const castRow = dtypeNames.map((name) => kernelRow('pointwise', `cast.${name}`))
/** An orthogonal polynomial takes a step for each degree, and a random degree is thousands. */
const isDrawn = ({ name, signature }: PointwiseRow): boolean => signature !== 'cast' && !/Polynomial[A-Z]/.test(name)
const rowsByCode = dtypeNames.map((_, code) =>
  pointwiseRows.flatMap((row, number) => ((row.dtypes >> code) & 1 && isDrawn(row) ? [number] : []))
)
const BOOL = dtypeNames.indexOf('bool')

/** Rows that keep finite values finite: in wild programs NaN and infinity soon drown what could differ. */
const TAME = new Set(
  (
    'add sub mul neg abs sign maximum minimum fmax fmin floor round sigmoid tanh erf sin cos atan eq ne lt le gt ge ' +
    'logicalAnd logicalOr logicalNot bitwiseAnd bitwiseXor isnan isfinite where index'
  ).split(' ')
)
const tameRows = rowsByCode.map((rows) => rows.filter((number) => TAME.has(pointwiseRows[number].name)))
const TAME_DTYPES: readonly DType[] = ['float32', 'float32', 'float32', 'float64', 'float64', 'bool', 'int64']

/** Writes a random program, register by register. */
class Writer {
  readonly registers: Register[] = []
  readonly #random: Chooser
  readonly #tame: boolean

  constructor(random: Chooser, tame: boolean) {
    this.#random = random
    this.#tame = tame
  }

  add(register: Partial<Register> & { readonly code: number }): number {
    const complete = { input: -1, constant: null, row: -1, kernelCode: register.code, sources: [], ...register }
    return this.registers.push(complete) - 1
  }

  instruction(): void {
    const random = this.#random
    const code = dtypeNames.indexOf(random.pick(this.#tame ? TAME_DTYPES : DTYPES))
    const number = random.pick((this.#tame ? tameRows : rowsByCode)[code])
    const row = pointwiseRows[number]
    const sources = Array.from({ length: row.arity }, (_, i) =>
      this.#source(row.signature === 'select' && i === 0 ? BOOL : code)
    )
    this.add({ code: resultCode(row, code), row: number, kernelCode: code, sources })
  }

  #source(code: number): number {
    const random = this.#random
    const fitting = this.registers.flatMap((register, i) => (register.code === code ? [i] : []))
    if (random.chance(0.12)) return this.add({ code, constant: constantOf(random, code, this.#tame) })
    // The latest results more often than not, so that chains grow deep.
    if (fitting.length > 0 && random.chance(0.9))
      return random.chance(0.4) ? fitting[fitting.length - 1] : random.pick(fitting)
    const from = random.between(0, this.registers.length - 1)
    const source = this.registers[from]
    if (source.code === code) return from
    return this.add({ code, row: castRow[source.code], kernelCode: code, sources: [from] })
  }
}

function constantOf(random: Chooser, code: number, tame: boolean): number {
  if (code === BOOL) return random.between(0, 1)
  if (code <= 1) return random.pick(tame ? [0.1, -2.5, 2, 1e-3] : [0, -0, 1, 0.1, -2.5, 2, 1e-3, NaN, Infinity])
  return random.between(dtypeNames[code] === 'uint8' ? 0 : -3, 4)
}

const resultCode = (row: PointwiseRow, code: number): number => (row.signature === 'compare' ? BOOL : code)

/** Adds register `i` to an expression whose sources exist already. */
function emit(
  builder: Builder,
  { code, constant, row, kernelCode, sources }: Register,
  i: number,
  known: readonly Expr[]
): Expr {
  if (constant !== null) return builder.literal(constant, code, 0)
  return builder.instruction(
    row,
    kernelCode,
    sources.map((source) => known[source]),
    () => new Failure(i)
  )
}

interface Case {
  readonly registers: readonly Register[]
  readonly shape: Shape
  readonly inputs: readonly Tensor[]
  readonly outputs: readonly number[]
  /** By output: what reduces it over the dims of `mask`, or null. */
  readonly reductions: readonly (string | null)[]
  readonly mask: number
}

function randomShape(random: Chooser): Shape {
  const length = (): number => {
    const kind = random.uniform()
    if (kind < 0.5) return random.between(1, 70)
    if (kind < 0.85) return random.between(511, 1030)
    return random.pick([4095, 4097, 33000, 70000])
  }
  if (random.chance(0.35)) return [length()]
  const shape = Array.from({ length: random.between(1, 4) }, () => (random.chance(0.15) ? 1 : random.between(2, 40)))
  if (random.chance(0.3)) shape[random.between(0, shape.length - 1)] = length()
  if (random.chance(0.02)) shape[random.between(0, shape.length - 1)] = 0
  while (numelOf(shape) > 70000) {
    const d = shape.indexOf(Math.max(...shape))
    shape[d] = Math.ceil(shape[d] / 2)
  }
  return shape
}

function randomCase(random: Chooser): Case {
  const shape = randomShape(random)
  const tame = random.chance(0.7)
  const writer = new Writer(random, tame)
  const inputs: Tensor[] = []
  for (let i = random.between(1, 4); i > 0; i--) {
    const dtype = random.pick(tame ? TAME_DTYPES : DTYPES)
    const [layout, sizes] = random.chance(0.1) ? (['dense', []] as const) : [random.pick(LAYOUTS), shape]
    inputs.push(randomTensor(random, dtype, sizes, { layout, tame }))
    writer.add({ code: dtypeNames.indexOf(dtype), input: inputs.length - 1 })
  }
  for (let i = random.between(1, 12); i > 0; i--) writer.instruction()
  const { registers } = writer
  const results = registers.flatMap(({ row }, i) => (row >= 0 ? [i] : []))
  // Differences show best in floating results that much has gone into.
  const last =
    [...results].reverse().find((i) => registers[i].code <= 1 && random.chance(0.9)) ?? results[results.length - 1]
  const outputs = [last, ...results.filter((i) => i !== last && random.chance(0.1))]
  if (random.chance(0.2)) outputs.push(random.integer(registers.length))
  const mask = shape.reduce((bits, _, d) => bits | (random.chance(0.6) ? 1 << d : 0), 0)
  const reductions = randomReductions(
    random,
    outputs.map((i) => registers[i].code),
    random.chance(0.6) && reducedAway(shape, mask) > 0
  )
  return { registers, shape, inputs, outputs, reductions, mask: reductions.every((name) => name === null) ? 0 : mask }
}

/** A reduction for each output that has one for its dtype, the same for all of them or not; some outputs go without. */
function randomReductions(random: Chooser, codes: readonly number[], reduces: boolean): (string | null)[] {
  const usual = random.pick(REDUCTIONS)
  const mixed = random.chance(0.5)
  return codes.map((code, w) => {
    const name = mixed && random.chance(0.5) ? random.pick(REDUCTIONS) : usual
    const fits = ((reduceRows[kernelRow('reduce', name)].dtypes >> code) & 1) === 1
    return reduces && fits && !(mixed && random.chance(w === 0 ? 0.2 : 0.5)) ? name : null
  })
}

/** How many elements go into one; 0 would ask amax for the extreme of nothing. */
const reducedAway = (shape: Shape, mask: number): number =>
  shape.reduce((count, size, d) => (mask & (1 << d) ? count * size : count), 1)

const reducedDims = (shape: Shape, mask: number): number[] => shape.flatMap((_, d) => (mask & (1 << d) ? [d] : []))

/** A result to write to: dense, or permuted, or with gaps. */
function output(random: Chooser, shape: Shape, code: number): Tensor {
  const layout = random.pick(['dense', 'dense', 'permuted', 'stepped'] as const)
  return layout === 'dense' ? emptyResult(shape, code) : randomTensor(random, dtypeNames[code], shape, { layout })
}

/** One launch per instruction, intermediates in random layouts. */
function runEager(random: Chooser, { registers, shape, inputs, outputs, reductions, mask }: Case): Tensor[] {
  const values: Tensor[] = []
  registers.forEach((register, i) => {
    if (register.input >= 0) values.push(inputs[register.input])
    else if (register.constant !== null)
      values.push(full(shape, register.constant, { dtype: dtypeNames[register.code] }))
    else {
      const builder = new Builder()
      const tensors: Tensor[] = []
      const known: Expr[] = []
      for (const source of register.sources) {
        if (known[source] !== undefined) continue
        const { constant, code } = registers[source]
        known[source] = constant === null ? builder.input(code, 0) : builder.literal(constant, code, 0)
        if (constant === null) tensors.push(values[source])
      }
      const result = output(random, shape, register.code)
      setNumThreads(random.pick(THREADS))
      run(new Expression(builder, [emit(builder, register, i, known)]), shape, tensors, [result], [])
      values.push(result)
    }
  })
  return outputs.map((i, w) => {
    const name = reductions[w]
    const value = values[i].expand(shape)
    return name === null ? value : runReduce(random, value, shape, name, mask)
  })
}

function runReduce(random: Chooser, value: Tensor, shape: Shape, name: string, mask: number): Tensor {
  const builder = new Builder()
  const expression = new Expression(builder, [builder.input(value.code, 0)], kernelRow('reduce', name))
  const result = output(random, reducedShape(shape, reducedDims(shape, mask), true), value.code)
  run(expression, shape, [value], [result], [], mask)
  return result
}

function fuse({ registers, outputs, reductions }: Case): Expression {
  const builder = new Builder()
  const known: Expr[] = []
  registers.forEach((register, i) => {
    known.push(register.input >= 0 ? builder.input(register.code, 0) : emit(builder, register, i, known))
  })
  return new Expression(
    builder,
    outputs.map((i) => known[i]),
    reductions.map((name) => (name === null ? null : kernelRow('reduce', name)))
  )
}

/** The shape of output `w`. */
const shapeOf = ({ shape, reductions, mask }: Case, w: number): Shape =>
  reductions[w] === null ? shape : reducedShape(shape, reducedDims(shape, mask), true)

function outcome(body: () => Tensor[]): Tensor[] | number {
  try {
    return body()
  } catch (error) {
    if (error instanceof Failure) return error.register
    throw error
  }
}

/** A copy with the same strides, so that writing over it is in place. */
function copyOf(source: Tensor): Tensor {
  const start = source.storage.byteOffset
  const copy = empty([source.storage.byteLength / itemSizes[source.code]], { dtype: source.dtype })
  new Uint8Array(bufferOf(copy.storage), copy.byteOffset, source.storage.byteLength).set(
    new Uint8Array(bufferOf(source.storage), start, source.storage.byteLength)
  )
  return asStrided(copy, source.shape, source.strides, source.storageOffset())
}

const overlapsItself = ({ shape, strides }: Tensor): boolean => shape.some((size, d) => size > 1 && strides[d] === 0)

/** Runs the fused form with the first stored output in place over one input, where dtype and shape allow it. */
function runInPlace(random: Chooser, test: Case, fused: Expression): Tensor[] | number | null {
  const stored = test.reductions.indexOf(null)
  const fitting = test.inputs.flatMap((input, i) =>
    input.code === fused.codes[stored] && input.shape === test.shape && !overlapsItself(input) ? [i] : []
  )
  if (fitting.length === 0) return null
  const target = random.pick(fitting)
  const inputs = test.inputs.map((input, i) => (i === target ? copyOf(input) : input))
  const outputs = fused.codes.map((code, w) => (w === stored ? inputs[target] : emptyResult(shapeOf(test, w), code)))
  return outcome(() => {
    run(fused, test.shape, inputs, outputs, [], test.mask)
    return outputs
  })
}

function describeCase({ registers, shape, inputs, outputs, reductions, mask }: Case): string {
  const lines = registers.map(({ code, input, constant, row, kernelCode, sources }, i) => {
    const what =
      input >= 0
        ? `input strides [${inputs[input].strides.join()}] shape [${inputs[input].shape.join()}]`
        : constant !== null
          ? String(constant)
          : `${pointwiseRows[row].name}.${dtypeNames[kernelCode]}(${sources.map((source) => `%${source}`).join()})`
    return `%${i} ${dtypeNames[code]} ${what}`
  })
  const ends = outputs.map((i, w) => `${reductions[w] ?? 'store'} %${i}`)
  return `shape [${shape.join()}] outputs ${ends.join()} mask ${mask}\n${lines.join('\n')}`
}

function compare(eager: Tensor[] | number, other: Tensor[] | number): string | null {
  if (typeof eager === 'number' || typeof other === 'number') {
    return eager === other ? null : `eager ${statusText(eager)}, fused ${statusText(other)}`
  }
  for (let w = 0; w < eager.length; w++) {
    const i = firstDifference(eager[w], other[w])
    if (i < 0) continue
    const [left, right] = [eager[w].toTypedArray()[i], other[w].toTypedArray()[i]]
    return `output ${w} element ${i}: eager ${left}, fused ${right}`
  }
  return null
}

const statusText = (result: Tensor[] | number): string =>
  typeof result === 'number' ? `fails at %${result}` : 'passes'

/** One random expression; returns the first difference found. */
function pointwiseRound(random: Chooser): string | null {
  const test = randomCase(random)
  const eager = outcome(() => runEager(random, test))
  const fused = fuse(test)
  for (const threads of THREADS) {
    setNumThreads(threads)
    const results = outcome(() => {
      const outputs = fused.codes.map((code, w) => output(random, shapeOf(test, w), code))
      run(fused, test.shape, test.inputs, outputs, [], test.mask)
      return outputs
    })
    const difference = compare(eager, results)
    if (difference !== null) return `${threads} threads: ${difference}\n${describeCase(test)}`
  }
  const inPlace = runInPlace(random, test, fused)
  const difference = inPlace === null ? null : compare(eager, inPlace)
  return difference === null ? null : `in place: ${difference}\n${describeCase(test)}`
}

/** One random product: dense on one thread against other strides and thread counts. A BLAS promises no such bits. */
function matmulRound(random: Chooser): string | null {
  const size = (): number => (random.chance(0.85) ? random.between(1, 70) : random.between(71, 300))
  const [m, n, k] = [size(), size(), random.chance(0.1) ? random.between(500, 1500) : size()]
  const dtype = random.pick(['float32', 'float32', 'float64', 'int64'] as const)
  const batch = random.chance(0.3) ? [random.between(1, 4)] : []
  const layouts = LAYOUTS.slice(1)
  const a = randomTensor(random, dtype, [...batch, m, k], { layout: random.pick(layouts) })
  const b = randomTensor(random, dtype, [...batch, k, n], { layout: random.pick(layouts) })
  const bias = randomTensor(random, dtype, random.pick([[n], [1], [m, 1], [m, n]]), { layout: random.pick(layouts) })
  const product = (x: Tensor, y: Tensor, z: Tensor): Tensor => (batch.length > 0 ? matmul(x, y) : addmm(z, x, y))
  setNumThreads(1)
  const expected = [matmul(a.contiguous(), b.contiguous()), product(a.contiguous(), b.contiguous(), bias.contiguous())]
  for (const threads of THREADS) {
    setNumThreads(threads)
    const difference = compare(expected, [matmul(a, b), product(a, b, bias)])
    if (difference === null) continue
    const strides = [a, b, bias].map((x) => `[${x.strides.join()}]`).join(' ')
    return `matmul ${dtype} batch [${batch.join()}] m ${m} n ${n} k ${k} strides ${strides}, ${threads} threads: ${difference}`
  }
  return null
}

const [firstSeed, rounds, seconds = Infinity] = process.argv.slice(2).map(Number)
const end = performance.now() + 1000 * seconds
const differences: string[] = []
let done = 0
for (; done < rounds && performance.now() < end && differences.length < 5; done++) {
  const seed = firstSeed + done
  const random = new Chooser(seed)
  const difference = seed % 8 === 7 && native.blas === 'none' ? matmulRound(random) : pointwiseRound(random)
  if (difference !== null) differences.push(`DYNGRAD_FUZZ_SEED=${seed}: ${difference}`)
}
console.log(JSON.stringify({ isa: native.isa, rounds: done, differences }))
