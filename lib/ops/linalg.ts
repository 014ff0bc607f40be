// Matrix products: one kernel family, PyTorch's rank rules.

import { bodyWord, FAMILY, launch, matmulDtypes, never, offsetWord, scratch } from '../launch'
import { isFloating } from '../dtype'
import { type Shape, broadcastShapes, numelOf, shapeText } from '../shape'
import type { Tensor } from '../tensor'
import { record, rule } from './define/operation'
import { sumToShape } from './core/broadcast'
import { noGrad } from '../autograd/mode'
import { checkTensor, emptyResult, torchTypeName } from './define/result'
import { add, mul } from './elementwise'
import { reshape, squeeze, t, transpose, unsqueeze } from './movement'

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
function launchMatmul(batch: Shape, sizes: Shape, a: Tensor, b: Tensor, bias: Tensor | null, out: Tensor): void {
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
  if (a.code !== b.code)
    throw new TypeError(`${sentence(torchDtype(a), torchDtype(b))}; matrix products do not promote dtypes`)
  checkKernel(a, kernel)
}

const SENTENCES = {
  mm: (a: string, b: string) =>
    `expected m1 and m2 to have the same dtype, but got: ${a.toLowerCase()} != ${b.toLowerCase()}`,
  mv: (a: string, b: string) => `addmv input tensors must have the same dtype, but got ${b}, ${a}, and ${b}`,
  bmm: (a: string, b: string) => `expected scalar type ${a} but found ${b}`,
  dot: (a: string, b: string) => `dot : expected both vectors to have same dtype, but found ${a} and ${b}`
}

function checkKernel({ code }: Tensor, kernel: string): void {
  if ((matmulDtypes & (1 << code)) === 0)
    throw new TypeError(`"${kernel}" not implemented for '${torchTypeName(code)}'`)
}

const by = (shape: Shape): string => shape.slice(-2).join('x')

function checkInner(a: Shape, b: Shape): void {
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

// The gradient of a factor is laid out as the factor is, like PyTorch's: a weight is used transposed, and the transpose of its
// gradient is then row-major without a copy.

const firstGradient = (g: Tensor, self: Tensor, other: Tensor): Tensor =>
  isColumnMajor(self) ? t(mm(other, t(g))) : mm(g, t(other))

const secondGradient = (g: Tensor, self: Tensor, other: Tensor): Tensor =>
  isColumnMajor(other) ? t(mm(t(g), self)) : mm(t(self), g)

const mmRule = rule<null>(
  'MmBackward0',
  (g, [self, other]) => firstGradient(g, self!, other!),
  (g, [self, other]) => secondGradient(g, self!, other!)
)

const savePair = (self: Tensor, other: Tensor) => () => [self, other]

/** Product of two matrices, [m, k] and [k, n], of one dtype; bool throws. */
export function mm(self: Tensor, other: Tensor): Tensor {
  checkTensor(self, 'mm', 'self')
  checkTensor(other, 'mm', 'mat2')
  if (self.sizes.length !== 2)
    throw new RangeError(`self must be a matrix; mm: self has shape ${shapeText(self.sizes)}`)
  if (other.sizes.length !== 2)
    throw new RangeError(`mat2 must be a matrix; mm: mat2 has shape ${shapeText(other.sizes)}`)
  checkDtypes(self, other, 'addmm_impl_cpu_', SENTENCES.mm)
  checkInner(self.sizes, other.sizes)
  const [m, k] = self.sizes
  const n = other.sizes[1]
  const result = emptyResult([m, n], self.code)
  launchMatmul([], [m, n, k], self, other, null, result)
  return record(result, mmRule, [self, other], null, savePair(self, other))
}

interface AddmmParameters {
  readonly shape: Shape
  readonly beta: number
  readonly alpha: number
}

const times = (x: Tensor, factor: number): Tensor => (factor === 1 ? x : mul(x, factor))

const addmmRule = rule<AddmmParameters>(
  'AddmmBackward0',
  (g, _, { shape, beta }) => times(sumToShape(g, shape), beta),
  (g, [, self, other], { alpha }) => times(firstGradient(g, self!, other!), alpha),
  (g, [, self, other], { alpha }) => times(secondGradient(g, self!, other!), alpha)
)

/** Factors of `addmm`. */
export interface AddmmOptions {
  /** Multiplies `input`, whose values are ignored at 0. */
  readonly beta?: number
  /** Multiplies the product. */
  readonly alpha?: number
}

/** `beta * input + alpha * mat1 @ mat2`, in one kernel where both are 1; `input` broadcasts. */
export function addmm(input: Tensor, mat1: Tensor, mat2: Tensor, { beta = 1, alpha = 1 }: AddmmOptions = {}): Tensor {
  checkTensor(input, 'addmm', 'input')
  checkTensor(mat1, 'addmm', 'mat1')
  checkTensor(mat2, 'addmm', 'mat2')
  checkSameDtype(input, mat2, 'self')
  checkSameDtype(mat1, mat2, 'mat1')
  checkMatrix(mat1, 'mat1')
  checkMatrix(mat2, 'mat2')
  checkInner(mat1.sizes, mat2.sizes)
  const size = [mat1.sizes[0], mat2.sizes[1]]
  checkExpands(input.sizes, size)
  checkKernel(mat1, 'addmm_impl_cpu_')
  const result =
    beta === 1 && alpha === 1 ? addedProduct(input, mat1, mat2) : scaledAddmm(input, mat1, mat2, beta, alpha)
  return record(result, addmmRule, [input, mat1, mat2], { shape: input.sizes, beta, alpha }, () => [null, mat1, mat2])
}

/** `input + mat1 @ mat2` in one launch. No autograd. */
function addedProduct(input: Tensor, mat1: Tensor, mat2: Tensor): Tensor {
  const [m, k] = mat1.sizes
  const n = mat2.sizes[1]
  const result = emptyResult([m, n], mat1.code)
  launchMatmul([], [m, n, k], mat1, mat2, input, result)
  return result
}

function scaledAddmm(input: Tensor, mat1: Tensor, mat2: Tensor, beta: number, alpha: number): Tensor {
  // Integers take the integral part of a factor.
  const factor = (value: number): number => (isFloating(mat1.code) ? value : Math.trunc(value))
  return noGrad(() => {
    const product = mul(mm(mat1, mat2), factor(alpha))
    return factor(beta) === 0 ? product : add(mul(input, factor(beta)), product)
  })
}

function checkSameDtype(a: Tensor, b: Tensor, name: string): void {
  if (a.code === b.code) return
  throw new TypeError(
    `${name} and mat2 must have the same dtype, but got ${torchTypeName(a.code)} and ${torchTypeName(b.code)}`
  )
}

function checkMatrix({ sizes: shape }: Tensor, name: string): void {
  if (shape.length !== 2) throw new RangeError(`${name} must be a matrix, got ${shape.length}-D tensor`)
}

function checkExpands(from: Shape, to: Shape): void {
  const extra = to.length - from.length
  if (extra < 0) {
    throw new RangeError(
      `expand(${shapeText(from)}, size=${shapeText(to)}): the number of sizes provided (${to.length}) must be greater or equal ` +
        `to the number of dimensions in the tensor (${from.length})`
    )
  }
  from.forEach((size, d) => {
    if (size === 1 || size === to[d + extra]) return
    throw new RangeError(
      `The expanded size of the tensor (${to[d + extra]}) must match the existing size (${size}) at non-singleton dimension ` +
        `${d + extra}.  Target sizes: ${shapeText(to)}.  Tensor sizes: ${shapeText(from)}`
    )
  })
}

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
export function mv(self: Tensor, vector: Tensor): Tensor {
  checkTensor(self, 'mv', 'self')
  checkTensor(vector, 'mv', 'vec')
  if (self.sizes.length !== 2 || vector.sizes.length !== 1) {
    throw new RangeError(
      `vector + matrix @ vector expected, got 1, ${self.sizes.length}, ${vector.sizes.length}; mv: shapes are ` +
        `${shapeText(self.sizes)} and ${shapeText(vector.sizes)}`
    )
  }
  checkDtypes(self, vector, 'addmv_impl_cpu', SENTENCES.mv)
  const [m, k] = self.sizes
  checkVector(m, k, vector.sizes[0])
  const result = emptyResult([m], self.code)
  launchMatmul([], [m, 1, k], self, vector, null, result)
  return record(result, mvRule, [self, vector], null, savePair(self, vector))
}

const dotRule = rule<null>(
  'DotBackward0',
  (g, [, other]) => mul(g, other!),
  (g, [self]) => mul(g, self!)
)

/** Inner product of two vectors of one length and dtype, 0-d. */
export function dot(self: Tensor, other: Tensor): Tensor {
  checkTensor(self, 'dot', 'self')
  checkTensor(other, 'dot', 'tensor')
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
  return record(result, dotRule, [self, other], null, savePair(self, other))
}

// ---- batches ----

const transposed = (x: Tensor): Tensor => transpose(x, -2, -1)

const batchFormulas = [
  (g: Tensor, [self, other]: readonly (Tensor | null)[]): Tensor =>
    sumToShape(batched(g, transposed(other!), bmmRule), self!.sizes),
  (g: Tensor, [self, other]: readonly (Tensor | null)[]): Tensor =>
    sumToShape(batched(transposed(self!), g, bmmRule), other!.sizes)
]
const bmmRule = rule<null>('BmmBackward0', ...batchFormulas)
// matmul of batches ends in a view of bmm's result in PyTorch, which names the node.
const batchedRule = rule<null>('UnsafeViewBackward0', ...batchFormulas)

function batched(self: Tensor, other: Tensor, nodeRule: typeof bmmRule): Tensor {
  const batch = broadcastShapes(self.sizes.slice(0, -2), other.sizes.slice(0, -2), 'matmul')
  if (other.sizes.length === 2)
    checkInner([self.numelCached / self.sizes[self.sizes.length - 1], ...self.sizes.slice(-1)], other.sizes)
  else checkBatches(numelOf(batch), self.sizes, other.sizes)
  const [m, k] = self.sizes.slice(-2)
  const n = other.sizes[other.sizes.length - 1]
  const result = emptyResult([...batch, m, n], self.code)
  launchMatmul(batch, [m, n, k], self, other, null, result)
  return record(result, nodeRule, [self, other], null, savePair(self, other))
}

/** Products of two batches of matrices, [b, m, k] and [b, k, n]. */
export function bmm(self: Tensor, other: Tensor): Tensor {
  checkTensor(self, 'bmm', 'self')
  checkTensor(other, 'bmm', 'mat2')
  ;[self, other].forEach(({ sizes: shape }, i) => {
    if (shape.length !== 3)
      throw new RangeError(`batch${i + 1} must be a 3D tensor; bmm: it has shape ${shapeText(shape)}`)
  })
  checkDtypes(self, other, 'bmm', SENTENCES.bmm)
  if (self.sizes[0] !== other.sizes[0] || self.sizes[2] !== other.sizes[1]) {
    throw new RangeError(
      `Expected size for first two dimensions of batch2 tensor to be: [${self.sizes[0]}, ${self.sizes[2]}] but got: ` +
        `[${other.sizes[0]}, ${other.sizes[1]}].`
    )
  }
  return batched(self, other, bmmRule)
}

/** Matrix product by rank: vectors, matrices, or batches [..., m, k] and [..., k, n] that broadcast; of one dtype. */
export function matmul(self: Tensor, other: Tensor): Tensor {
  checkTensor(self, 'matmul', 'self')
  checkTensor(other, 'matmul', 'other')
  const [a, b] = [self.sizes.length, other.sizes.length]
  if (a === 0 || b === 0) {
    throw new RangeError(`both arguments to matmul need to be at least 1D, but they are ${a}D and ${b}D`)
  }
  if (a === 2 && b === 2) return mm(self, other)
  if (a === 1 && b === 1) return dot(self, other)
  if (a === 2 && b === 1) return mv(self, other)
  checkDtypes(self, other, 'bmm', b === 2 ? SENTENCES.mm : b === 1 ? SENTENCES.mv : SENTENCES.bmm)
  if (a === 1) return squeeze(matmul(unsqueeze(self, 0), other), -2)
  if (b === 1) {
    const k = self.sizes[a - 1]
    checkVector(self.numelCached / k, k, other.sizes[0])
    return squeeze(matmul(self, unsqueeze(other, 1)), -1)
  }
  return batched(self, other, batchedRule)
}

/** `input @ weight^T + bias` for input [..., in], weight [out, in], bias [out]. */
export function linear(input: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  checkTensor(input, 'linear', 'input')
  checkTensor(weight, 'linear', 'weight')
  const transposedWeight = weight.sizes.length === 1 ? weight : t(weight)
  if (bias === null) return matmul(input, transposedWeight)
  if (input.sizes.length === 2) return addmm(bias, input, transposedWeight)
  if (weight.sizes.length === 1) return add(matmul(input, transposedWeight), bias)
  const features = input.sizes[input.sizes.length - 1]
  const rows = input.numelCached / Math.max(features, 1)
  const flat = addmm(bias, reshape(input, [rows, features]), transposedWeight)
  return reshape(flat, [...input.sizes.slice(0, -1), weight.sizes[0]])
}
