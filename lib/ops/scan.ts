// Scans: each element of a line along a dim from all up to it. Their derivatives are scans from the other end.

import { declare } from '../declare'
import { type DType, BOOL, INT64, computeCode, dtypeCode, isFloating, isOfStorage } from '../dtype'
import { callKernel, type Kernel, kernel, linesOf } from '../kernel'
import { wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { cast } from './core/copy'
import { computed, converted, writeComputed } from './define/convert'
import { record, type Rule, rule } from './define/operation'
import { sumCode } from './define/reduce'
import { checkDistinct, emptyResult, notImplemented } from './define/result'
import { beforeWrite, formOf, recordInPlace } from './define/write'
import { where } from './elementwise'
import { type IndexedValues, choiceRule, recordChoice } from './core/indexed-values'
import { cat } from './join'
import { narrow } from './selection'

interface Along {
  readonly dim: number
  /** True from the end to the beginning. */
  readonly isReversed: boolean
  /** Of the input. */
  readonly code: number
}

/** The scan of `self`, cast to `code`. No autograd. */
function scanned(row: Kernel, self: Tensor, dim: number, code: number, isReversed: boolean): Tensor {
  if (isOfStorage(code)) return converted(scanned(row, self, dim, computeCode(code), isReversed), code)
  const input = self.code === code ? self : cast(self.detach(), code)
  const result = emptyResult(self.sizes, code)
  callKernel(row, [linesOf(result, dim, isReversed)], [linesOf(input, dim, isReversed)])
  return result
}

const sizeOf = (self: Tensor, dim: number): number => self.sizes[dim] ?? 1
const withoutFirst = (self: Tensor, dim: number): Tensor => narrow(self, dim, 1, self.sizes[dim] - 1)
const withoutLast = (self: Tensor, dim: number): Tensor => narrow(self, dim, 0, self.sizes[dim] - 1)

// ---- recurrences ----

const recurrenceRow = kernel('recurrence')
// The adjoint runs the other way, over the same factors.
const recurrenceRule = rule<Along>(
  'RecurrenceBackward0',
  (g, [factors], { dim, isReversed }) => recurrence(g, factors!, dim, !isReversed),
  (g, [factors, output], { dim, isReversed }) => {
    const terms = recurrence(g, factors!, dim, !isReversed)
    return isReversed
      ? withoutLast(terms, dim).mul(withoutFirst(output!, dim))
      : withoutFirst(terms, dim).mul(withoutLast(output!, dim))
  }
)

/** `y[0] = terms[0]`, `y[i] = terms[i] + factors[i - 1] y[i - 1]`; reversed `y[i] = terms[i] + factors[i] y[i + 1]`. */
function recurrence(terms: Tensor, factors: Tensor, dim: number, isReversed: boolean): Tensor {
  const result = emptyResult(terms.sizes, terms.code)
  const inputs = [linesOf(computed(terms), dim, isReversed), linesOf(computed(factors), dim, isReversed)]
  writeComputed(result, false, (to) => callKernel(recurrenceRow, [linesOf(to, dim, isReversed)], inputs))
  const parameters = { dim, isReversed, code: terms.code }
  return record({
    outputs: result,
    rule: recurrenceRule,
    inputs: [terms, factors],
    parameters,
    save: [factors, result]
  })
}

// ---- sums and products ----

interface Fold {
  readonly name: string
  readonly row: Kernel
  readonly rule: Rule<Along>
  /** True when the rule reads the input and the output. */
  readonly readsValues: boolean
}

function foldAlong(
  { row, rule, readsValues }: Fold,
  self: Tensor,
  dim: number,
  code: number,
  isReversed: boolean
): Tensor {
  const result = scanned(row, self, dim, code, isReversed)
  return record({
    outputs: result,
    rule,
    inputs: [self],
    parameters: { dim, isReversed, code: self.code },
    save: readsValues ? [self, result] : []
  })
}

const sums: Fold = {
  name: 'cumsum',
  row: kernel('cumsum'),
  rule: rule('CumsumBackward0', (g, _, { dim, isReversed, code }) =>
    cast(foldAlong(sums, g, dim, g.code, !isReversed), code)
  ),
  readsValues: false
}

// The derivative of y_i = x_0..x_i by x_k, summed with g: y_(k-1) times r_k = g_k + x_(k+1) r_(k+1). Exact beside
// zeros, since nothing is divided.
const products: Fold = {
  name: 'cumprod',
  row: kernel('cumprod'),
  rule: rule('CumprodBackward0', (g, [self, output], { dim, code }) => {
    if (sizeOf(g, dim) < 2 || g.sizes.length === 0) return cast(g, code)
    const sums = recurrence(g, withoutFirst(cast(self!, g.code), dim), dim, true)
    const later = withoutFirst(sums, dim).mul(withoutLast(output!, dim))
    return cast(cat([narrow(sums, dim, 0, 1), later], dim), code)
  }),
  readsValues: true
}

function checkFold(fold: Fold, code: number): void {
  if (code === BOOL) throw notImplemented(`${fold.name}_out_cpu`, code)
}

function foldOf(fold: Fold, self: Tensor, dim: number, dtype: DType | null): Tensor {
  const code = dtype === null ? sumCode(self.code) : dtypeCode(dtype)
  const at = wrapDim(dim, self.sizes.length)
  checkFold(fold, code)
  return foldAlong(fold, self, at, code, false)
}

/** Sums of the elements up to each one along a dim; integers and bool give int64. */
export const cumsum = declare('cumsum(input: Tensor, dim: int, *, dtype: dtype? = null)', (input, dim, dtype) =>
  foldOf(sums, input, dim, dtype)
)
/**
 * Products of the elements up to each one along a dim; integers and bool give int64. The gradient is exact beside
 * zeros.
 */
export const cumprod = declare('cumprod(input: Tensor, dim: int, *, dtype: dtype? = null)', (input, dim, dtype) =>
  foldOf(products, input, dim, dtype)
)

const cppTypes = [
  'float',
  'double',
  'int',
  'long int',
  'unsigned char',
  'bool',
  'signed char',
  'short int',
  'c10::Half',
  'c10::BFloat16'
]

function foldInPlace(fold: Fold) {
  const form = formOf<Along>(
    fold.rule,
    (self, _, { dim }) => {
      checkDistinct(self)
      writeComputed(self, true, (to) => {
        const lines = linesOf(to, dim)
        callKernel(fold.row, [lines], [lines])
      })
    },
    (self) => (fold.readsValues ? [beforeWrite(self, true), self] : [])
  )
  return (self: Tensor, dim: number, dtype: DType | null): Tensor => {
    const at = wrapDim(dim, self.sizes.length)
    if (dtype !== null && dtypeCode(dtype) !== self.code) {
      throw new TypeError(
        `Bad in-place call: input tensor dtype ${cppTypes[self.code]} and output tensor dtype ` +
          `${cppTypes[dtypeCode(dtype)]} should match`
      )
    }
    checkFold(fold, self.code)
    return recordInPlace(form, self, [], { dim: at, isReversed: false, code: self.code })
  }
}

/** Sums of the elements up to each one along a dim, in place. */
export const cumsum_ = declare('cumsum_(input: Tensor, dim: int, *, dtype: dtype? = null)', foldInPlace(sums))
/** Products of the elements up to each one along a dim, in place. */
export const cumprod_ = declare('cumprod_(input: Tensor, dim: int, *, dtype: dtype? = null)', foldInPlace(products))

// ---- largest and smallest ----

function extremeOp(name: 'cummax' | 'cummin', nodeName: string) {
  const row = kernel(name)
  const nodeRule = choiceRule(nodeName)
  return (self: Tensor, dim: number): IndexedValues => {
    const rank = self.sizes.length
    if (rank === 0 && dim !== 0 && dim !== -1)
      throw new RangeError(`${name}(): Expected reduction dim -1 or 0 for scalar but got ${dim}`)
    const at = wrapDim(dim, rank)
    const input = computed(self)
    const values = emptyResult(self.sizes, input.code)
    const indices = emptyResult(self.sizes, INT64)
    callKernel(row, [linesOf(values, at), linesOf(indices, at)], [linesOf(input, at)])
    return recordChoice(nodeRule, self, [converted(values, self.code), indices], at, true)
  }
}

/**
 * Largest of the elements up to each one along a dim, and the index of its last occurrence, which gets the gradient.
 */
export const cummax = declare('cummax(input: Tensor, dim: int)', extremeOp('cummax', 'CummaxBackward0'))
/**
 * Smallest of the elements up to each one along a dim, and the index of its last occurrence, which gets the gradient.
 */
export const cummin = declare('cummin(input: Tensor, dim: int)', extremeOp('cummin', 'CumminBackward0'))

// ---- logarithms of sums of exponentials ----

/** `exp(from - to)` for results that do not fall; 1 between equal infinities. */
function decay(from: Tensor, to: Tensor): Tensor {
  const isSame = from.isinf().logicalAnd(from.eq(to))
  return where(isSame, 0, from.sub(to)).exp()
}

const logcumsumexpRow = kernel('logcumsumexp')
// The derivative of y_i by x_k is exp(x_k - y_i) = exp(x_k - y_k) exp(y_k - y_i), whose factors are at most 1: y never
// falls.
const logcumsumexpRule = rule<Along>('LogcumsumexpBackward0', (g, [self, output], { dim }) => {
  const y = output!
  const isLine = g.sizes.length > 0 && g.sizes[dim] > 1
  const sums = isLine ? recurrence(g, decay(withoutLast(y, dim), withoutFirst(y, dim)), dim, true) : g
  return sums.mul(self!.sub(y).exp())
})

/** `log(sum exp)` of the elements up to each one along a dim, without overflow; floating dtypes only. */
export const logcumsumexp = declare('logcumsumexp(input: Tensor, dim: int)', (input, dim): Tensor => {
  const at = wrapDim(dim, input.sizes.length)
  if (!isFloating(input.code)) throw notImplemented('logcumsumexp_out_cpu', input.code)
  const result = scanned(logcumsumexpRow, input, at, input.code, false)
  const parameters = { dim: at, isReversed: false, code: input.code }
  return record({ outputs: result, rule: logcumsumexpRule, inputs: [input], parameters, save: [input, result] })
})
