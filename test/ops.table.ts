// One row per op: what it computes, on which shapes and numbers. ops.test.ts makes every check of every op from here.

import * as dyngrad from '../lib'
import { type DType, type Tensor, slice, tensor } from '../lib'
import * as elementwise from '../lib/ops/elementwise'
import { gather, indexPut_, indexSelect, indexTensors, scatterAdd } from '../lib/ops/indexing'
import { linear } from '../lib/ops/linalg'
import * as loss from '../lib/ops/loss'
import { cast, contiguous, copy_, expand, expandAs, sliceDim, view } from '../lib/ops/movement'

type Shape = readonly number[]
type Range = readonly [low: number, high: number]

/** A plain array of values in row-major order. */
export interface Values {
  readonly shape: Shape
  readonly data: readonly number[]
}

export interface Row {
  readonly name: string
  /** Tells rows of one op apart. */
  readonly variant: string
  readonly call: (...inputs: Tensor[]) => Tensor
  /** Shapes of the operands of each call. */
  readonly shapes: readonly (readonly Shape[])[]
  /** Where ordinary operands lie; one range for all, or one each. */
  readonly domain: Range | readonly Range[]
  /** Each element from the operands' elements: the op is pointwise, and each combination of special values is tried. */
  readonly formula?: (...elements: number[]) => number
  /** The whole result from the operands. */
  readonly reference?: (...operands: Values[]) => readonly number[]
  /** For each output index, the index of the input's element there. */
  readonly from?: (index: readonly number[], shape: Shape) => readonly number[]
  /** False where there is no gradient. */
  readonly differentiable: boolean
  /** Numbers of the operands that have a gradient; all by default. */
  readonly tracked?: readonly number[]
  /** Dtypes that it does not take. */
  readonly rejects: readonly DType[]
  /** How far float64 and float32 results may be from the formula, in ulps. */
  readonly ulps: number
  /** False where the formula is not meant for NaN and infinities. */
  readonly specials?: boolean
  /** False where a caller checks dtypes. */
  readonly checksDtypes?: boolean
  /** True where the sign of a zero is open, as in a maximum of 0 and -0. */
  readonly signlessZero?: boolean
}

const rows: Row[] = []

const method = (name: string) => {
  const free = (dyngrad as unknown as Record<string, (...args: unknown[]) => Tensor>)[name]
  const inner = (elementwise as unknown as Record<string, (...args: unknown[]) => Tensor>)[name]
  return free ?? inner ?? ((self: Tensor, ...args: unknown[]) => (self as unknown as Record<string, (...args: unknown[]) => Tensor>)[name](...args))
}

function row(name: string, about: Partial<Row> & Pick<Row, 'shapes'>): void {
  const defaults = { variant: '', domain: [-2, 2] as const, differentiable: true, rejects: [], ulps: 4 }
  rows.push({ name, call: method(name), ...defaults, ...about })
}

// ---- pointwise ----

type Formula = (...elements: number[]) => number
type PointwiseAbout = Partial<Omit<Row, 'shapes' | 'formula'>>

const UNARY_SHAPES: Shape[][] = [[[2, 3]], [[]], [[0, 3]], [[513]]]
const BINARY_SHAPES: Shape[][] = [
  [[2, 3], [2, 3]],
  [[2, 3], [3]],
  [[2, 1], [1, 3]],
  [[], [2, 3]],
  [[2, 3], []],
  [[], []],
  [[0, 3], [1, 3]],
  [[2, 1, 2], [3, 1]]
]
const TERNARY_SHAPES: Shape[][] = [
  [[2, 3], [2, 3], [2, 3]],
  [[2, 3], [3], [2, 1]],
  [[], [2, 1], [3]],
  [[0, 3], [3], []]
]

const unary = (name: string, formula: Formula, about: PointwiseAbout = {}): void =>
  row(name, { shapes: UNARY_SHAPES, formula, ...about })
const binary = (name: string, formula: Formula, about: PointwiseAbout = {}): void =>
  row(name, { shapes: BINARY_SHAPES, formula, ...about })

/** A positive range away from 0. */
const POSITIVE: Range = [0.2, 3]
const floating = ['int32', 'int64', 'uint8', 'bool'] as const
const noBool = { rejects: ['bool'] as const }
const exact = { ulps: 0 }
const extreme = { ulps: 0, signlessZero: true }

binary('add', (a, b) => a + b, exact)
binary('sub', (a, b) => a - b, { ...exact, ...noBool })
binary('mul', (a, b) => a * b, exact)
binary('div', (a, b) => a / b, { ...exact, domain: [[-2, 2], POSITIVE] })
binary('add', (a, b) => a + 2.5 * b, { variant: 'with alpha', call: (a, b) => a.add(b, { alpha: 2.5 }), domain: POSITIVE, ulps: 1, rejects: ['int32', 'int64', 'uint8', 'bool'] })
binary('sub', (a, b) => a - 0.5 * b, { variant: 'with alpha', call: (a, b) => a.sub(b, { alpha: 0.5 }), ulps: 1, rejects: ['int32', 'int64', 'uint8', 'bool'] })
binary('div', (a, b) => floorDivision(a, b), { variant: 'rounded down', call: (a, b) => a.div(b, { roundingMode: 'floor' }), domain: [[-9, 9], POSITIVE], ...exact, ...noBool })
binary('div', (a, b) => Math.trunc(a / b), { variant: 'rounded to zero', call: (a, b) => a.div(b, { roundingMode: 'trunc' }), domain: [[-9, 9], POSITIVE], ...exact, ...noBool })
binary('floorDivide', (a, b) => floorDivision(a, b), { domain: [[-9, 9], POSITIVE], ...exact, ...noBool })
binary('truncDivide', (a, b) => Math.trunc(a / b), { domain: [[-9, 9], POSITIVE], ...exact, ...noBool })
binary('remainder', pythonRemainder, { domain: [[-9, 9], [1, 2]], ...exact, ...noBool })
binary('fmod', (a, b) => a % b, { domain: [[-9, 9], [1, 2]], ...exact, ...noBool })
binary('pow', cPow, { domain: [POSITIVE, [-2, 2]], ...noBool })
// PyTorch takes roots and reciprocals for these, which differ from C's pow at -0 and -Infinity.
const powers: Readonly<Record<string, Formula>> = {
  '0.5': Math.sqrt,
  '-0.5': (a) => 1 / Math.sqrt(a),
  '-1': (a) => 1 / a,
  '-2': (a) => 1 / (a * a)
}
for (const exponent of [0, 1, 2, 3, 4, 1.5, 0.5, -0.5, -1, -2, -3]) {
  const formula = powers[exponent] ?? ((a) => cPow(a, exponent))
  const rejects = exponent < 0 && Number.isInteger(exponent) ? floating : []
  unary('pow', formula, { variant: `${exponent}`, call: (x) => x.pow(exponent), domain: POSITIVE, rejects })
}
unary('neg', (a) => -a, { ...exact, ...noBool })
unary('abs', Math.abs, { ...exact, ...noBool })
unary('sign', (a) => (a > 0 ? 1 : a < 0 ? -1 : 0), exact)
unary('reciprocal', (a) => 1 / a, { ...exact, domain: POSITIVE })
unary('square', (a) => a * a, exact)
unary('sqrt', Math.sqrt, { ...exact, domain: POSITIVE })
unary('rsqrt', (a) => 1 / Math.sqrt(a), { domain: POSITIVE })
unary('floor', Math.floor, { ...exact, ...noBool })
unary('ceil', Math.ceil, { ...exact, ...noBool })
unary('trunc', Math.trunc, { ...exact, ...noBool })
unary('round', halfEven, { ...exact, ...noBool })
unary('exp', Math.exp)
unary('exp2', (a) => 2 ** a)
unary('expm1', Math.expm1)
unary('log', Math.log, { domain: POSITIVE })
unary('log2', Math.log2, { domain: POSITIVE })
unary('log10', Math.log10, { domain: POSITIVE })
unary('log1p', Math.log1p, { domain: [-0.8, 3] })
unary('sin', Math.sin)
unary('cos', Math.cos)
unary('tan', Math.tan, { domain: [-1.2, 1.2] })
unary('asin', Math.asin, { domain: [-0.9, 0.9] })
unary('acos', Math.acos, { domain: [-0.9, 0.9] })
unary('atan', Math.atan)
unary('sinh', Math.sinh)
unary('cosh', Math.cosh)
unary('tanh', Math.tanh)
binary('atan2', Math.atan2)
unary('sigmoid', (a) => (a < 0 ? Math.exp(a) / (1 + Math.exp(a)) : 1 / (1 + Math.exp(-a))))
unary('relu', (a) => (a <= 0 ? 0 : a), { ...exact, ...noBool })
unary('erf', erfSeries, { ulps: 16 })
binary('maximum', (a, b) => (a !== a || b !== b ? NaN : Math.max(a, b)), extreme)
binary('minimum', (a, b) => (a !== a || b !== b ? NaN : Math.min(a, b)), extreme)
binary('fmax', (a, b) => (a !== a ? b : b !== b ? a : Math.max(a, b)), extreme)
binary('fmin', (a, b) => (a !== a ? b : b !== b ? a : Math.min(a, b)), extreme)
unary('clamp', (a) => (a < -0.5 ? -0.5 : a > 1 ? 1 : a), { variant: 'between numbers', call: (x) => x.clamp(-0.5, 1), ...exact })
unary('clamp', (a) => (a < 0.25 ? 0.25 : a), { variant: 'from below', call: (x) => x.clamp({ min: 0.25 }), ...exact })
unary('clamp', (a) => (a > 0.25 ? 0.25 : a), { variant: 'from above', call: (x) => x.clamp(null, 0.25), ...exact })
binary('clamp', lower, { variant: 'from below by a tensor', ...extreme })
binary('clamp', upper, { variant: 'from above by a tensor', call: (x, max) => x.clamp(null, max), ...extreme })
row('clamp', { variant: 'between tensors', shapes: TERNARY_SHAPES, formula: (a, low, high) => upper(lower(a, low), high), ...extreme })
row('where', {
  shapes: TERNARY_SHAPES,
  call: (condition, a, b) => dyngrad.where(condition.detach().gt(0), a, b),
  formula: (condition, a, b) => (condition > 0 ? a : b),
  tracked: [1, 2],
  ...exact
})
row('checkUnit', { shapes: UNARY_SHAPES, domain: [0.1, 0.9], reference: ({ data }) => data, ...exact, rejects: floating })

const compare = { differentiable: false, ...exact }
binary('eq', (a, b) => Number(a === b), compare)
binary('ne', (a, b) => Number(a !== b), compare)
binary('lt', (a, b) => Number(a < b), compare)
binary('le', (a, b) => Number(a <= b), compare)
binary('gt', (a, b) => Number(a > b), compare)
binary('ge', (a, b) => Number(a >= b), compare)
// NaN is not 0, so it counts as true.
const truth = (a: number): boolean => a !== 0
binary('logicalAnd', (a, b) => Number(truth(a) && truth(b)), compare)
binary('logicalOr', (a, b) => Number(truth(a) || truth(b)), compare)
binary('logicalXor', (a, b) => Number(truth(a) !== truth(b)), compare)
unary('logicalNot', (a) => Number(!truth(a)), compare)
unary('isnan', (a) => Number(Number.isNaN(a)), compare)
unary('isinf', (a) => Number(Math.abs(a) === Infinity), compare)
unary('isfinite', (a) => Number(Number.isFinite(a)), compare)
// Bits of integers only; the checks of every row hand floats.
const toInts =
  (op: (...ints: Tensor[]) => Tensor) =>
  (...inputs: Tensor[]): Tensor =>
    op(...inputs.map((input) => (input.isFloatingPoint() ? input.int() : input)))
const bits = { ...compare, domain: [0, 200] as const, specials: false }
binary('bitwiseAnd', (a, b) => a & b, { ...bits, call: toInts(dyngrad.bitwiseAnd) })
binary('bitwiseOr', (a, b) => a | b, { ...bits, call: toInts(dyngrad.bitwiseOr) })
binary('bitwiseXor', (a, b) => a ^ b, { ...bits, call: toInts(dyngrad.bitwiseXor) })
unary('bitwiseNot', (a) => ~a, { ...bits, call: toInts(dyngrad.bitwiseNot) })

// ---- reductions ----

const CUBE: Shape[][] = [[[2, 3, 4]], [[1, 3, 1]]]
const FLAT: Shape[][] = [[[2, 3]], [[]], [[7]], [[1, 1]]]

interface Reduction {
  readonly of: (values: readonly number[]) => number
  readonly about?: Partial<Row>
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
const first = (values: readonly number[], value: number): number => values.indexOf(value)
const largest = (values: readonly number[]): number => Math.max(...values)
const smallest = (values: readonly number[]): number => Math.min(...values)

const reductions: Record<string, Reduction> = {
  sum: { of: total },
  mean: { of: (values) => total(values) / values.length, about: { rejects: floating } },
  prod: { of: (values) => values.reduce((product, value) => product * value, 1), about: { ulps: 8 } },
  amax: { of: largest },
  amin: { of: smallest },
  max: { of: largest },
  min: { of: smallest },
  argmax: { of: (values) => first(values, largest(values)), about: { differentiable: false, rejects: ['bool'] } },
  argmin: { of: (values) => first(values, smallest(values)), about: { differentiable: false, rejects: ['bool'] } },
  any: { of: (values) => Number(values.some(truth)), about: { differentiable: false } },
  all: { of: (values) => Number(values.every(truth)), about: { differentiable: false } }
}

type Keepdim = { readonly keepdim?: boolean }
type Reduce = (self: Tensor, dim?: number, options?: Keepdim) => Tensor | { readonly values: Tensor }

for (const [name, { of, about }] of Object.entries(reductions)) {
  const op = method(name) as unknown as Reduce
  const one = (self: Tensor, dim: number, options?: Keepdim): Tensor => {
    const result = op(self, dim, options)
    return 'values' in result ? result.values : result
  }
  row(name, { variant: 'of all', shapes: FLAT, call: (x) => op(x) as Tensor, reference: ({ data }) => [of(data)], ...about })
  for (const dim of [0, 1, -1]) {
    row(name, { variant: `over dim ${dim}`, shapes: CUBE, call: (x) => one(x, dim), reference: (x) => over(x, dim, of), ...about })
  }
  row(name, { variant: 'keepdim', shapes: CUBE, call: (x) => one(x, 1, { keepdim: true }), reference: (x) => over(x, 1, of), ...about })
}
const dimLists: [string, number[]][] = [['sum', [0, 2]], ['mean', [-1, 0]], ['amax', [0, 1, 2]], ['amin', [2, 1]]]
for (const [name, dims] of dimLists) {
  const { of, about } = reductions[name]
  const op = method(name) as unknown as (self: Tensor, dims: readonly number[]) => Tensor
  const sorted = dims.map((dim) => (dim < 0 ? dim + 3 : dim)).sort().reverse()
  const nested = (x: Values): number[] => grouped(x, sorted).map(of)
  row(name, { variant: `over dims ${dims.join(', ')}`, shapes: [[[2, 3, 4]]], call: (x) => op(x, dims), reference: nested, ...about })
}
row('prod', { variant: 'beside a zero', shapes: [[[2, 3]]], call: (x) => x.mul(tensor([[1, 0, 1], [1, 1, 1]], { dtype: x.dtype })).prod(1), reference: (x) => over({ ...x, data: x.data.map((v, i) => (i === 1 ? 0 : v)) }, 1, reductions.prod.of) })

// ---- softmax ----

const softmaxOf = (values: readonly number[]): number[] => {
  const shifted = values.map((value) => Math.exp(value - largest(values)))
  return shifted.map((value) => value / total(shifted))
}
const logSoftmaxOf = (values: readonly number[]): number[] => {
  const shifted = values.map((value) => value - largest(values))
  return shifted.map((value) => value - Math.log(total(shifted.map(Math.exp))))
}
for (const dim of [0, 1]) {
  row('softmax', { variant: `over dim ${dim}`, shapes: [[[2, 3]], [[4, 19]]], call: (x) => x.softmax(dim), reference: (x) => along(x, dim, softmaxOf), rejects: floating, ulps: 16 })
  row('logSoftmax', { variant: `over dim ${dim}`, shapes: [[[2, 3]], [[4, 19]]], call: (x) => x.logSoftmax(dim), reference: (x) => along(x, dim, logSoftmaxOf), rejects: floating, ulps: 16 })
}

// ---- matrices ----

const matrices = { rejects: ['bool'] as const, ulps: 16 }
const productOf = (a: Values, b: Values): number[] => {
  const [m, k] = a.shape.slice(-2)
  const n = b.shape[b.shape.length - 1]
  const batches = a.shape.slice(0, -2).reduce((product, size) => product * size, 1)
  return Array.from({ length: batches * m * n }, (_, at) => {
    const [batch, i, j] = [Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n]
    return total(Array.from({ length: k }, (_, l) => a.data[(batch * m + i) * k + l] * b.data[(batch * k + l) * n + j]))
  })
}
const asMatrix = ({ data }: Values, shape: Shape): Values => ({ data, shape })

row('mm', { shapes: [[[2, 3], [3, 4]], [[1, 5], [5, 1]], [[2, 0], [0, 3]]], call: (a, b) => a.mm(b), reference: productOf, ...matrices })
row('bmm', { shapes: [[[2, 2, 3], [2, 3, 4]], [[0, 2, 3], [0, 3, 1]]], reference: productOf, ...matrices })
row('mv', { shapes: [[[2, 3], [3]], [[2, 0], [0]]], reference: (a, b) => productOf(a, asMatrix(b, [b.data.length, 1])), ...matrices })
row('dot', { shapes: [[[5], [5]], [[0], [0]]], reference: (a, b) => [total(a.data.map((value, i) => value * b.data[i]))], ...matrices })
row('matmul', { variant: 'of matrices', shapes: [[[2, 3], [3, 4]], [[2, 2, 3], [2, 3, 4]]], reference: productOf, ...matrices })
row('matmul', { variant: 'that broadcasts', shapes: [[[2, 1, 2, 3], [3, 3, 2]], [[3], [2, 3, 2]], [[2, 2, 3], [3]], [[2, 3], [2, 3, 2]], [[3], [3]]], ...matrices })
row('addmm', { shapes: [[[4], [2, 3], [3, 4]], [[2, 1], [2, 3], [3, 4]], [[], [1, 2], [2, 2]]], ...matrices })
row('addmm', { variant: 'with factors', shapes: [[[4], [2, 3], [3, 4]]], call: (input, a, b) => dyngrad.addmm(input, a, b, { beta: 0.5, alpha: 2 }), ...matrices })
row('linear', { shapes: [[[2, 3], [4, 3], [4]], [[3], [4, 3], [4]], [[2, 2, 3], [4, 3], [4]]], call: linear, ...matrices })
row('linear', { variant: 'without bias', shapes: [[[2, 3], [4, 3]], [[2, 2, 3], [4, 3]]], call: linear, ...matrices })

// ---- shapes ----

type From = NonNullable<Row['from']>
const moves = (name: string, variant: string, shape: Shape, call: (x: Tensor) => Tensor, from: From): void =>
  row(name, { variant, shapes: [[shape]], call, from, ulps: 0 })

const same: From = (index) => index
moves('clone', '', [2, 3], (x) => x.clone(), same)
moves('contiguous', 'of a transposed tensor', [2, 3], (x) => contiguous(x.t()), ([i, j]) => [j, i])
moves('reshape', 'of a transposed tensor', [2, 3], (x) => x.t().reshape(6), ([k]) => [k % 2, Math.floor(k / 2)])
moves('reshape', 'as a view', [2, 3], (x) => x.reshape([3, -1]), ([i, j]) => [Math.floor((2 * i + j) / 3), (2 * i + j) % 3])
moves('view', '', [2, 3], (x) => view(contiguous(x), 6), ([k]) => [Math.floor(k / 3), k % 3])
moves('flatten', '', [2, 3, 2], (x) => x.flatten(1), ([i, k]) => [i, Math.floor(k / 2), k % 2])
moves('permute', '', [2, 3, 4], (x) => x.permute(2, 0, -2), ([k, i, j]) => [i, j, k])
moves('transpose', '', [2, 3, 4], (x) => x.transpose(0, -1), ([k, j, i]) => [i, j, k])
moves('t', '', [2, 3], (x) => x.t(), ([j, i]) => [i, j])
moves('unsqueeze', '', [2, 3], (x) => x.unsqueeze(1), ([i, , j]) => [i, j])
moves('squeeze', 'of all', [1, 3, 1], (x) => x.squeeze(), ([j]) => [0, j, 0])
moves('squeeze', 'of a dim', [1, 3, 1], (x) => x.squeeze(-1), ([i, j]) => [i, j, 0])
moves('expand', '', [2, 1], (x) => expand(x, 3, 2, 4), ([, i]) => [i, 0])
moves('expandAs', '', [1, 3], (x) => expandAs(x, dyngrad.zeros(2, 3)), ([, j]) => [0, j])
moves('select', '', [2, 3], (x) => x.select(1, -1), ([i]) => [i, 2])
moves('narrow', '', [2, 3], (x) => x.narrow(1, 1, 2), ([i, j]) => [i, j + 1])
moves('sliceDim', '', [5, 2], (x) => sliceDim(x, 0, 1, -1, 2), ([i, j]) => [1 + 2 * i, j])
moves('unbind', '', [2, 3], (x) => x.unbind(1)[2], ([i]) => [i, 2])
moves('split', '', [2, 5], (x) => x.split(2, 1)[1], ([i, j]) => [i, j + 2])
moves('split', 'by sizes', [6], (x) => x.split([1, 3, 2])[1], ([i]) => [i + 1])
moves('chunk', '', [5, 2], (x) => x.chunk(2)[1], ([i, j]) => [i + 3, j])
moves('diagonal', '', [2, 3, 2], (x) => x.diagonal(), ([k, i]) => [i, i, k])
moves('asStrided', '', [2, 3], (x) => contiguous(x).asStrided([2, 2], [1, 2], 1), ([i, j]) => [Math.floor((i + 2 * j + 1) / 3), (i + 2 * j + 1) % 3])
moves('cast', '', [2, 3], (x) => cast(cast(x, 1), x.dtype === 'float32' ? 0 : 1), same)
moves('to', '', [2, 3], (x) => x.to('float64').to(x.dtype), same)
moves('cat', 'with itself', [2, 3], (x) => dyngrad.cat([x, x], 1), ([i, j]) => [i, j % 3])
row('cat', { shapes: [[[2, 3], [1, 3]], [[2, 3], [0]]], call: (...parts) => dyngrad.cat(parts), reference: (a, b) => [...a.data, ...b.data], ulps: 0 })
row('stack', { shapes: [[[2, 3], [2, 3]], [[], []]], call: (...parts) => dyngrad.stack(parts), reference: (a, b) => [...a.data, ...b.data], ulps: 0 })
moves('stack', 'along a later dim', [2, 3], (x) => dyngrad.stack([x, x], -1), ([i, j]) => [i, j])
row('copy_', { shapes: [[[2, 3], [3]]], call: (self, source) => copy_(self.clone(), source), reference: ({ shape: [n] }, { data }) => Array.from({ length: n }, () => data).flat(), ulps: 0 })
row('fill_', { shapes: [[[2, 3]]], call: (x) => x.clone().fill_(2.5).add(x), reference: ({ data }) => data.map((value) => value + 2.5), ulps: 0 })
row('zero_', { shapes: [[[2, 3]]], call: (x) => x.mul(x).zero_().add(x), reference: ({ data }) => data, ulps: 0 })

// ---- indexing ----

const index = (...values: number[]): Tensor => tensor(values, { dtype: 'int64' })
const columns = tensor([[2, 0, 0], [1, 1, 2]], { dtype: 'int64' })
const pick = [[2, 0, 0], [1, 1, 2]]
moves('gather', '', [2, 3], (x) => gather(x, 1, columns), ([i, j]) => [i, pick[i][j]])
moves('indexSelect', '', [2, 3], (x) => indexSelect(x, 1, index(2, 0, 2)), ([i, j]) => [i, [2, 0, 2][j]])
moves('indexTensors', '', [2, 3, 2], (x) => indexTensors(x, [index(1, 0), null, index(0, 1)]), ([k, j]) => [1 - k, j, k])
row('scatterAdd', { shapes: [[[2, 3]]], call: (x) => scatterAdd(x, [2, 3], 1, columns), reference: ({ data: [a, b, c, d, e, f] }) => [b + c, 0, a, 0, d + e, f], ulps: 2 })
row('indexPut_', { shapes: [[[4], [2]]], call: (x, values) => indexPut_(x.clone(), [index(3, 1)], values), reference: ({ data: [a, , c] }, { data: [v, w] }) => [a, w, c, v], ulps: 0 })
row('indexPut_', { variant: 'that accumulates', shapes: [[[3], [2]]], call: (x, values) => indexPut_(x.clone(), [index(1, 1)], values, { accumulate: true }), reference: ({ data: [a, b, c] }, { data: [v, w] }) => [a, b + v + w, c], ulps: 4 })
moves('at', 'with a slice and a list', [4, 3], (x) => x.at(slice(1, 4), [2, 0]), ([i, j]) => [i + 1, [2, 0][j]])
row('setAt', { shapes: [[[3, 2], [2]]], call: (x, value) => x.clone().setAt([slice(0, 2)], value), reference: ({ data }, { data: v }) => [...v, ...v, data[4], data[5]], ulps: 0 })

// ---- losses ----

const shaped: Shape[][] = [[[2, 3], [2, 3]], [[5], [5]]]
const unit: Range = [0.1, 0.9]
const reduce = { none: (values: number[]) => values, sum: (values: number[]) => [total(values)], mean: (values: number[]) => [total(values) / values.length] }
const softplus = (x: number): number => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0)
for (const reduction of ['none', 'sum', 'mean'] as const) {
  const losses = (of: (x: number, y: number) => number) => (a: Values, b: Values) => reduce[reduction](a.data.map((x, i) => of(x, b.data[i])))
  const about = { variant: reduction, shapes: shaped, ulps: 32, checksDtypes: false }
  row('mseLossOp', { ...about, call: (a, b) => loss.mseLossOp(a, b, reduction), reference: losses((x, y) => (x - y) ** 2) })
  row('binaryCrossEntropyLoss', { ...about, domain: unit, call: (a, b) => loss.binaryCrossEntropyLoss(a, b, null, reduction), reference: losses((p, y) => -y * Math.log(p) - (1 - y) * Math.log1p(-p)) })
  row('binaryCrossEntropyWithLogitsLoss', { ...about, domain: [[-3, 3], unit], call: (a, b) => loss.binaryCrossEntropyWithLogitsLoss(a, b, null, null, reduction), reference: losses((x, y) => softplus(x) - x * y) })
  row('reduced', { ...about, shapes: [[[2, 3]]], call: (a) => loss.reduced(a, reduction), reference: ({ data }) => reduce[reduction]([...data]) })
  const classes = index(2, 0, -100)
  row('nllLossOp', { ...about, shapes: [[[3, 4]]], call: (x) => loss.nllLossOp(x, classes, null, -100, reduction), reference: ({ data }) => (reduction === 'none' ? [-data[2], -data[4], 0] : [-(data[2] + data[4]) / (reduction === 'mean' ? 2 : 1)]) })
}
row('binaryCrossEntropyLoss', { variant: 'with weights', domain: unit, shapes: [[[2, 3], [2, 3], [3]]], call: (p, y, w) => loss.binaryCrossEntropyLoss(p, y, w.detach(), 'mean'), tracked: [0, 1], ulps: 32, checksDtypes: false })
row('binaryCrossEntropyWithLogitsLoss', { variant: 'with positive weights', domain: [[-3, 3], unit, POSITIVE], shapes: [[[2, 3], [2, 3], [3]]], call: (x, y, w) => loss.binaryCrossEntropyWithLogitsLoss(x, y, null, w.detach(), 'mean'), tracked: [0, 1], ulps: 32, checksDtypes: false })

export const table: readonly Row[] = rows

/** What lib/ops exports besides ops with a row: the test file that has it, or why there is none. */
export const elsewhere: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['tensor', 'empty', 'emptyLike', 'zeros', 'zerosLike', 'ones', 'onesLike', 'full', 'fullLike', 'arange', 'linspace', 'eye'].map(
      (name) => [name, '10-tensor.test.ts']
    )
  ),
  ...Object.fromEntries(
    ['Generator', 'manualSeed', 'rand', 'randLike', 'randn', 'randnLike', 'normal', 'randint', 'randperm', 'bernoulli'].map(
      (name) => [name, '15-random.test.ts']
    )
  ),
  uniform_: '15-random.test.ts',
  normal_: '15-random.test.ts',
  bernoulli_: '15-random.test.ts',
  Slice: '14-indexing.test.ts',
  slice: '14-indexing.test.ts',
  nonzeroList: 'helper',
  gatherAt: 'helper',
  restoreDims: 'helper',
  finish: 'helper',
  parseShape: 'helper',
  copyInto: 'helper',
  fillInto: 'helper',
  filled: 'helper',
  inMemoryOrder: 'helper',
  emptyPreserved: 'helper',
  cutRule: 'helper',
  overwrite: 'helper'
}

/** Kernel rows that no op's name gives: the row of the op that runs them. */
export const kernelsElsewhere: Readonly<Record<string, string>> = {
  'cast.float32': 'cast',
  'cast.float64': 'cast',
  'cast.int32': 'cast',
  'cast.int64': 'cast',
  'cast.uint8': 'cast',
  'cast.bool': 'cast',
  index: 'arange',
  seed: 'manualSeed',
  uniform: 'rand'
}

// ---- plain formulas ----

/** All indices of a shape in row-major order. */
export function indicesOf(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (indices, size) => indices.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])),
    [[]]
  )
}

export function at({ shape, data }: Values, index: readonly number[]): number {
  return data[index.reduce((offset, i, d) => offset * shape[d] + i, 0)]
}

/** The values along `dim` for each index of the other dims. */
function lanes(x: Values, dim: number): number[][] {
  const d = dim < 0 ? dim + x.shape.length : dim
  const others = indicesOf(x.shape.map((size, i) => (i === d ? 1 : size)))
  return others.map((index) => Array.from({ length: x.shape[d] }, (_, i) => at(x, index.with(d, i))))
}

function over(x: Values, dim: number, of: (values: readonly number[]) => number): number[] {
  return lanes(x, dim).map(of)
}

/** The values that reducing `dims`, in falling order, takes into one. */
function grouped(x: Values, dims: readonly number[]): number[][] {
  const groups = new Map<string, number[]>()
  for (const index of indicesOf(x.shape)) {
    const key = index.filter((_, d) => !dims.includes(d)).join()
    groups.set(key, [...(groups.get(key) ?? []), at(x, index)])
  }
  return [...groups.values()]
}

/** Replaces the values along `dim` by a function of them. */
function along(x: Values, dim: number, of: (values: readonly number[]) => number[]): number[] {
  const results = lanes(x, dim).map(of)
  const others = indicesOf(x.shape.map((size, i) => (i === dim ? 1 : size))).map((index) => index.join())
  return indicesOf(x.shape).map((index) => results[others.indexOf(index.with(dim, 0).join())][index[dim]])
}

function floorDivision(a: number, b: number): number {
  if (b === 0) return a / b
  const rest = a % b
  const quotient = (a - rest) / b - (rest !== 0 && b < 0 !== rest < 0 ? 1 : 0)
  if (quotient === 0) return a / b < 0 || Object.is(a / b, -0) ? -0 : 0
  const floored = Math.floor(quotient)
  return quotient - floored > 0.5 ? floored + 1 : floored
}

function pythonRemainder(a: number, b: number): number {
  const rest = a % b
  return rest !== 0 && b < 0 !== rest < 0 ? rest + b : rest
}

/** C's pow: JavaScript's gives NaN for 1 ** NaN and (-1) ** Infinity. */
function cPow(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b
}

function halfEven(a: number): number {
  const floored = Math.floor(a)
  const rest = a - floored
  const rounded = rest > 0.5 || (rest === 0.5 && floored % 2 !== 0) ? floored + 1 : floored
  return rounded === 0 && (a < 0 || Object.is(a, -0)) ? -0 : rounded
}

function lower(a: number, low: number): number {
  return a !== a || low !== low ? NaN : Math.max(a, low)
}

function upper(a: number, high: number): number {
  return a !== a || high !== high ? NaN : Math.min(a, high)
}

/** The series of positive terms for the error function. */
function erfSeries(x: number): number {
  if (x !== x || x === 0) return x
  if (Math.abs(x) > 6) return Math.sign(x)
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-18; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}
