// Matrix products: one kernel family, PyTorch's rank rules.

import { bodyWord, FAMILY, launch, matmulDtypes, never, offsetWord, scratch } from '../launch'
import { alias, declare } from '../declare'
import { computeCode, isOfStorage } from '../dtype'
import { type Shape, broadcastShapes, numelOf, shapeText } from '../shape'
import type { Tensor } from '../tensor'
import { computed, writeComputed } from './define/convert'
import { type RuleFormula, record, rule } from './define/operation'
import { isTracked } from '../autograd/node'
import { sumToShape } from './core/broadcast'
import { dtypeAdvice, emptyResult, notImplemented, torchTypeName } from './define/result'
import { mul } from './elementwise'
import { reshapeTo, reshaped, unsafeViewRule } from './core/reshape'
import { t, transpose, unsqueeze } from './movement'

// ---- the launch ----

/** A matrix operand: where it starts and how it strides over batch, rows and columns. */
function writeMatrix(words: Float64Array, position: number, x: Tensor, batch: Shape, asColumn: boolean): number {
  const matrixDims = asColumn ? 1 : 2
  const own = x.sizes.length - matrixDims
  for (let d = 0; d < batch.length; d++) {
    const at = d - batch.length + own
    words[position++] = at < 0 || x.sizes[at] === 1 ? 0 : x.steps[at]
  }
  words[position++] = x.steps[own]
  words[position++] = asColumn ? 1 : x.steps[own + 1]
  return position
}

/** Runs `out = a @ b (+ bias)` over `batch`; `bias` broadcasts to [m, n]. A vector b is one column. */
export function launchMatmul(batch: Shape, sizes: Shape, a: Tensor, b: Tensor, bias: Tensor | null, out: Tensor): void {
  if (isOfStorage(out.code)) {
    const operands = [computed(a), computed(b), bias === null ? null : computed(bias)] as const
    return writeComputed(out, false, (to) => launchMatmul(batch, sizes, ...operands, to))
  }
  const { words } = scratch
  const operands = bias === null ? 3 : 4
  const body = bodyWord(operands)
  words[0] = FAMILY.matmul
  words[2] = operands
  words[3] = 1
  let position = body
  words[position++] = batch.length
  for (const size of batch) words[position++] = size
  for (const size of sizes) words[position++] = size
  position = writeMatrix(words, position, a, batch, false)
  position = writeMatrix(words, position, b, batch, b.sizes.length === 1)
  if (bias !== null) {
    for (let d = 0; d < batch.length; d++) words[position++] = 0
    for (let d = -2; d < 0; d++) {
      const at = bias.sizes.length + d
      words[position++] = at < 0 || bias.sizes[at] === 1 ? 0 : bias.steps[at]
    }
  }
  position = writeMatrix(words, position, out, batch, out.sizes.length === 1)
  words[1] = position
  ;(bias === null ? [a, b, out] : [a, b, bias, out]).forEach((operand, i) => {
    words[offsetWord(i) - 1] = operand.code
    words[offsetWord(i)] = operand.byteOffset
  })
  if (bias === null) launch(scratch, never, 3, a.storage, b.storage, out.storage)
  else launch(scratch, never, 4, a.storage, b.storage, bias.storage, out.storage)
}

const torchDtype = (x: Tensor): string => torchTypeName(x.code)

/** Checks that two operands have one dtype that has a kernel; `sentence` says what PyTorch says. */
function checkDtypes(a: Tensor, b: Tensor, kernel: string, sentence: (a: string, b: string) => string): void {
  if (a.code !== b.code) throw new TypeError(sentence(torchDtype(a), torchDtype(b)) + dtypeAdvice(a.code, b.code))
  checkKernel(a, kernel)
}

const SENTENCES = {
  mm: (a: string, b: string) =>
    `expected m1 and m2 to have the same dtype, but got: ${a.toLowerCase()} != ${b.toLowerCase()}`,
  mv: (a: string, b: string) => `addmv input tensors must have the same dtype, but got ${b}, ${a}, and ${b}`,
  bmm: (a: string, b: string) => `expected scalar type ${a} but found ${b}`,
  dot: (a: string, b: string) => `dot : expected both vectors to have same dtype, but found ${a} and ${b}`
}

/** Throws where there is no kernel of a dtype. */
export function checkKernel(x: Tensor, kernel: string): void {
  const { code } = x
  if ((matmulDtypes & (1 << computeCode(code))) === 0) throw notImplemented(kernel, code)
}

const by = (shape: Shape): string => shape.slice(-2).join('x')

/** Throws unless the columns of one matrix are as many as the rows of the other. */
export function checkInner(a: Shape, b: Shape): void {
  if (a[a.length - 1] === b[b.length - 2]) return
  throw new RangeError(
    `mat1 and mat2 shapes cannot be multiplied (${by(a)} and ${by(b)}); matmul: cannot multiply ${shapeText(a)} by ` +
      `${shapeText(b)}: inner sizes ${a[a.length - 1]} and ${b[b.length - 2]} differ`
  )
}

/** PyTorch's sentence for batches of matrices, both expanded to the common batch. */
function checkBatches(batches: number, a: Shape, b: Shape): void {
  const k = a[a.length - 1]
  const rows = b[b.length - 2]
  if (k === rows) return
  throw new RangeError(
    `Expected size for first two dimensions of batch2 tensor to be: [${batches}, ${k}] but got: [${batches}, ${rows}].`
  )
}

// ---- two matrices ----

const isColumnMajor = ({ sizes: shape, steps: strides }: Tensor): boolean => strides[0] === 1 && strides[1] === shape[0]

/** Which factors are column-major. */
export interface Layouts {
  readonly first: boolean
  readonly second: boolean
}

export const layoutsOf = (first: Tensor, second: Tensor): Layouts => ({
  first: isColumnMajor(first),
  second: isColumnMajor(second)
})

/** Of two factors those that the gradient of the other reads: what is frozen keeps nothing alive. */
export const factors = (first: Tensor, second: Tensor): (Tensor | null)[] => [
  isTracked(second) ? first : null,
  isTracked(first) ? second : null
]

// The gradient of a factor is laid out as the factor is, like PyTorch's: a weight is used transposed, and the transpose
// of its gradient is then row-major without a copy.

export const firstGradient = (g: Tensor, other: Tensor, { first }: Layouts): Tensor =>
  first ? t(mm(other, t(g))) : mm(g, t(other))

export const secondGradient = (g: Tensor, self: Tensor, { second }: Layouts): Tensor =>
  second ? t(mm(t(g), self)) : mm(t(self), g)

const mmRule = rule<Layouts>(
  'MmBackward0',
  (g, [, other], layouts) => firstGradient(g, other!, layouts),
  (g, [self], layouts) => secondGradient(g, self!, layouts)
)

/** Product of two matrices, [m, k] and [k, n], of one dtype; bool throws. */
export const mm = declare('mm(input: Tensor, mat2: Tensor)', (input, mat2): Tensor => {
  if (input.sizes.length !== 2)
    throw new RangeError(`self must be a matrix; mm: its shape is ${shapeText(input.sizes)}`)
  if (mat2.sizes.length !== 2) throw new RangeError(`mat2 must be a matrix; mm: its shape is ${shapeText(mat2.sizes)}`)
  checkDtypes(input, mat2, 'addmm_impl_cpu_', SENTENCES.mm)
  checkInner(input.sizes, mat2.sizes)
  const [m, k] = input.sizes
  const n = mat2.sizes[1]
  const result = emptyResult([m, n], input.code)
  launchMatmul([], [m, n, k], input, mat2, null, result)
  return record({
    outputs: result,
    rule: mmRule,
    inputs: [input, mat2],
    parameters: layoutsOf(input, mat2),
    save: factors(input, mat2)
  })
})

// ---- vectors ----

function checkVector(m: number, k: number, size: number): void {
  if (k !== size) throw new RangeError(`size mismatch, got input (${m}), mat (${m}x${k}), vec (${size})`)
}

const mvRule = rule<null>(
  'MvBackward0',
  (g, [, vector]) => mul(unsqueeze(g, 1), unsqueeze(vector!, 0)),
  (g, [self]) => mv(t(self!), g)
)

/** Product of a matrix [m, k] and a vector [k] of one dtype. */
export const mv = declare('mv(input: Tensor, vec: Tensor)', (input, vec): Tensor => {
  if (input.sizes.length !== 2 || vec.sizes.length !== 1) {
    throw new RangeError(
      `vector + matrix @ vector expected, got 1, ${input.sizes.length}, ${vec.sizes.length}; mv: shapes are ` +
        `${shapeText(input.sizes)} and ${shapeText(vec.sizes)}`
    )
  }
  checkDtypes(input, vec, 'addmv_impl_cpu', SENTENCES.mv)
  const [m, k] = input.sizes
  checkVector(m, k, vec.sizes[0])
  const result = emptyResult([m], input.code)
  launchMatmul([], [m, 1, k], input, vec, null, result)
  return record({ outputs: result, rule: mvRule, inputs: [input, vec], parameters: null, save: factors(input, vec) })
})

const dotFormulas: readonly RuleFormula<null>[] = [(g, [, other]) => mul(g, other!), (g, [self]) => mul(g, self!)]
const dotRule = rule<null>('DotBackward0', ...dotFormulas)
const vdotRule = rule<null>('VdotBackward0', ...dotFormulas)

function scalarProduct(self: Tensor, other: Tensor, nodeRule: typeof dotRule): Tensor {
  if (self.sizes.length !== 1 || other.sizes.length !== 1) {
    throw new RangeError(
      `1D tensors expected, but got ${self.sizes.length}D and ${other.sizes.length}D tensors; dot: use matmul`
    )
  }
  if (self.sizes[0] !== other.sizes[0]) {
    throw new RangeError(
      `inconsistent tensor size, expected tensor ${shapeText(self.sizes)} and src ${shapeText(other.sizes)} to have the same ` +
        `number of elements, but got ${self.numelCached} and ${other.numelCached} elements respectively`
    )
  }
  checkDtypes(self, other, 'dot', SENTENCES.dot)
  const k = self.sizes[0]
  const result = emptyResult([], self.code)
  const [row, column] = [self.detach().view(1, k), other.detach().view(k, 1)]
  launchMatmul([], [1, 1, k], row, column, null, result.view(1, 1))
  return record({
    outputs: result,
    rule: nodeRule,
    inputs: [self, other],
    parameters: null,
    save: factors(self, other)
  })
}

/** Inner product of two vectors of one length and dtype, 0-d. */
export const dot = declare('dot(input: Tensor, tensor: Tensor)', (input, tensor) =>
  scalarProduct(input, tensor, dotRule)
)

/** Inner product of two vectors: of real numbers `dot`. */
export const vdot = declare('vdot(input: Tensor, other: Tensor)', (input, other) =>
  scalarProduct(input, other, vdotRule)
)

// ---- batches ----

export const transposed = (x: Tensor): Tensor => transpose(x, -2, -1)

type Shapes = readonly [first: Shape, second: Shape]

const batchFormulas: readonly RuleFormula<Shapes>[] = [
  (g, [, other], [shape]) => sumToShape(batched(g, transposed(other!), bmmRule), shape),
  (g, [self], [, shape]) => sumToShape(batched(transposed(self!), g, bmmRule), shape)
]
const bmmRule = rule<Shapes>('BmmBackward0', ...batchFormulas)
// matmul of batches ends in a view of bmm's result in PyTorch, which names the node.
const batchedRule = rule<Shapes>('UnsafeViewBackward0', ...batchFormulas)

function batched(self: Tensor, other: Tensor, nodeRule: typeof bmmRule): Tensor {
  const batch = broadcastShapes(self.sizes.slice(0, -2), other.sizes.slice(0, -2), 'matmul')
  if (other.sizes.length === 2)
    checkInner([self.numelCached / self.sizes[self.sizes.length - 1], ...self.sizes.slice(-1)], other.sizes)
  else checkBatches(numelOf(batch), self.sizes, other.sizes)
  const [m, k] = self.sizes.slice(-2)
  const n = other.sizes[other.sizes.length - 1]
  const result = emptyResult([...batch, m, n], self.code)
  launchMatmul(batch, [m, n, k], self, other, null, result)
  return record({
    outputs: result,
    rule: nodeRule,
    inputs: [self, other],
    parameters: [self.sizes, other.sizes],
    save: factors(self, other)
  })
}

/** Throws unless both are batches of matrices. */
export function checkAreBatches(...batches: Tensor[]): void {
  batches.forEach(({ sizes }, i) => {
    if (sizes.length !== 3) {
      throw new RangeError(`batch${i + 1} must be a 3D tensor; bmm: it has shape ${shapeText(sizes)}`)
    }
  })
}

/** Throws unless two batches of matrices can be multiplied one by one. */
export function checkBatchSizes(batch1: Tensor, batch2: Tensor): void {
  const [a, b] = [batch1.sizes, batch2.sizes]
  if (a[0] === b[0] && a[2] === b[1]) return
  throw new RangeError(
    `Expected size for first two dimensions of batch2 tensor to be: [${a[0]}, ${a[2]}] but got: [${b[0]}, ${b[1]}].`
  )
}

/** Products of two batches of matrices, [b, m, k] and [b, k, n]. */
export const bmm = declare('bmm(input: Tensor, mat2: Tensor)', (input, mat2): Tensor => {
  checkAreBatches(input, mat2)
  checkDtypes(input, mat2, 'bmm', SENTENCES.bmm)
  checkBatchSizes(input, mat2)
  return batched(input, mat2, bmmRule)
})

// PyTorch squeezes a row in place.
const squeezedRule = rule<Shape>('SqueezeBackward4', (g, _, shape) => reshapeTo(g, shape))

/** Matrix product by rank: vectors, matrices, or batches [..., m, k] and [..., k, n] that broadcast; of one dtype. */
export const matmul = declare('matmul(input: Tensor, other: Tensor)', (input, other): Tensor => {
  const [a, b] = [input.sizes.length, other.sizes.length]
  if (a === 0 || b === 0) {
    throw new RangeError(`both arguments to matmul need to be at least 1D, but they are ${a}D and ${b}D`)
  }
  if (a === 2 && b === 2) return mm(input, other)
  if (a === 1 && b === 1) return dot(input, other)
  if (a === 2 && b === 1) return mv(input, other)
  checkDtypes(input, other, 'bmm', b === 2 ? SENTENCES.mm : b === 1 ? SENTENCES.mv : SENTENCES.bmm)
  if (a === 1) {
    const product = matmul(unsqueeze(input, 0), other)
    return reshaped(
      product,
      product.sizes.filter((_, d) => d !== b - 2),
      b === 2 ? squeezedRule : unsafeViewRule
    )
  }
  if (b === 1) {
    const k = input.sizes[a - 1]
    checkVector(input.numelCached / k, k, other.sizes[0])
    const product = matmul(input, unsqueeze(other, 1))
    return reshaped(product, product.sizes.slice(0, -1), unsafeViewRule)
  }
  return batched(input, other, batchedRule)
})

/** `matmul`. */
export const linalgMatmul = alias('matmul', matmul, ['linalg'])
