// assertClose: torch.testing.assert_close, with its messages.

import { AssertionError } from 'node:assert'
import { type DType, Tensor } from '../index'
import { type Numbers, type Tolerances, differenceOf } from './difference'

/** What assertClose compares: tensors, numbers, booleans and BigInts, and arrays, Maps and plain objects of these. */
export type Comparable =
  | Tensor
  | number
  | bigint
  | boolean
  | readonly Comparable[]
  | ReadonlyMap<unknown, Comparable>
  | { readonly [key: string]: Comparable }

/** Options of `assertClose`. */
export interface AssertCloseOptions {
  /** Relative tolerance; by dtype where neither it nor `atol` is given. */
  readonly rtol?: number | null
  /** Absolute tolerance. */
  readonly atol?: number | null
  /** True where NaN equals NaN. */
  readonly equalNan?: boolean
  /** False where dtypes may differ. */
  readonly checkDtype?: boolean
  /** True where strides must be the same. */
  readonly checkStride?: boolean
  /** A message in place of the usual one, or made from it. */
  readonly msg?: string | ((message: string) => string) | null
}

const none = { rtol: 0, atol: 0 }
const tolerancesOf: Readonly<Partial<Record<DType, Tolerances>>> = {
  float32: { rtol: 1.3e-6, atol: 1e-5 },
  float64: { rtol: 1e-7, atol: 1e-7 }
}

/** The larger tolerances of several dtypes. */
function defaultsOf(dtypes: readonly DType[]): Tolerances {
  const all = dtypes.map((dtype) => tolerancesOf[dtype] ?? none)
  return { rtol: Math.max(...all.map(({ rtol }) => rtol)), atol: Math.max(...all.map(({ atol }) => atol)) }
}

type Settled = Required<AssertCloseOptions>
const usual: Settled = { rtol: null, atol: null, equalNan: false, checkDtype: true, checkStride: false, msg: null }

function settled(options: AssertCloseOptions): Settled {
  for (const name of Object.keys(options)) {
    if (!(name in usual)) throw new TypeError(`assertClose() got an unexpected keyword argument '${name}'`)
  }
  const all = { ...usual, ...options }
  if ((all.rtol === null) !== (all.atol === null)) {
    const missing = all.rtol === null ? 'rtol' : 'atol'
    throw new RangeError(`Both 'rtol' and 'atol' must be either specified or omitted, but got no ${missing}.`)
  }
  for (const name of ['rtol', 'atol'] as const) {
    const value = all[name]
    if (value !== null && !(value >= 0)) throw new RangeError(`${name} must be at least 0, got ${value}`)
  }
  return all
}

type Path = readonly unknown[]

/** Says what differs. */
class Comparison {
  constructor(readonly options: Settled) {}

  compare(actual: unknown, expected: unknown, path: Path): void {
    if (actual instanceof Tensor && expected instanceof Tensor) return this.#tensors(actual, expected, path)
    if (isScalar(actual) && isScalar(expected)) return this.#scalars(actual, expected, path)
    if (Array.isArray(actual) && Array.isArray(expected)) return this.#sequences(actual, expected, path)
    if (isMapping(actual) && isMapping(expected)) return this.#mappings(entriesOf(actual), entriesOf(expected), path)
    const kinds = [actual, expected].map(kindOf)
    throw new TypeError(
      `No comparison pair was able to handle inputs of type ${kinds[0]} and ${kinds[1]}.${itemText(path)}`
    )
  }

  #fail(message: string, path: Path): never {
    const { msg } = this.options
    const text = `${message}${itemText(path)}`
    throw new AssertionError({ message: msg === null ? text : typeof msg === 'string' ? msg : msg(text) })
  }

  #attribute(name: string, actual: string, expected: string, path: Path): void {
    if (actual === expected) return
    this.#fail(`The values for attribute '${name}' do not match: ${actual} != ${expected}.`, path)
  }

  #tolerances(dtypes: readonly DType[]): Tolerances {
    const { rtol, atol } = this.options
    return rtol === null || atol === null ? defaultsOf(dtypes) : { rtol, atol }
  }

  #tensors(actual: Tensor, expected: Tensor, path: Path): void {
    const { checkDtype, checkStride, equalNan } = this.options
    this.#attribute('shape', sizeText(actual), sizeText(expected), path)
    if (checkDtype) this.#attribute('dtype', `torch.${actual.dtype}`, `torch.${expected.dtype}`, path)
    if (checkStride) {
      const [a, b] = [actual, expected].map((each) => `(${each.stride().join(', ')})`)
      this.#attribute('stride()', a, b, path)
    }
    const message = differenceOf(
      { values: actual.toTypedArray(), shape: actual.shape, dtype: actual.dtype },
      { values: expected.toTypedArray(), shape: expected.shape, dtype: expected.dtype },
      { ...this.#tolerances([actual.dtype, expected.dtype]), equalNan }
    )
    if (message !== null) this.#fail(message, path)
  }

  #scalars(actual: Scalar, expected: Scalar, path: Path): void {
    if (typeof actual === 'boolean' && typeof expected === 'boolean') {
      if (actual !== expected) this.#fail(`Booleans mismatch: ${actual} is not ${expected}`, path)
      return
    }
    const dtypes = [actual, expected].map((each): DType => (isInteger(each) ? 'int64' : 'float64'))
    const dtype: DType = dtypes.includes('float64') ? 'float64' : 'int64'
    const { equalNan } = this.options
    const one = (value: Scalar): Numbers => ({ values: [Number(value)], shape: [], dtype })
    const message = differenceOf(one(actual), one(expected), { ...this.#tolerances(dtypes), equalNan })
    if (message !== null) this.#fail(message, path)
  }

  #sequences(actual: readonly unknown[], expected: readonly unknown[], path: Path): void {
    if (actual.length !== expected.length)
      this.#fail(`The length of the sequences mismatch: ${actual.length} != ${expected.length}`, path)
    actual.forEach((each, i) => this.compare(each, expected[i], [...path, i]))
  }

  #mappings(actual: ReadonlyMap<unknown, unknown>, expected: ReadonlyMap<unknown, unknown>, path: Path): void {
    const missing = [...expected.keys()].filter((key) => !actual.has(key))
    const additional = [...actual.keys()].filter((key) => !expected.has(key))
    if (missing.length + additional.length > 0) {
      const parts = [
        ...(missing.length > 0 ? [`Missing keys in the actual mapping: ${listText(missing)}`] : []),
        ...(additional.length > 0 ? [`Additional keys in the actual mapping: ${listText(additional)}`] : [])
      ]
      this.#fail(`The keys of the mappings do not match:\n${parts.join('\n')}`, path)
    }
    for (const [key, each] of actual) this.compare(each, expected.get(key), [...path, key])
  }
}

type Scalar = number | bigint | boolean

const isScalar = (value: unknown): value is Scalar => ['number', 'bigint', 'boolean'].includes(typeof value)
const isInteger = (value: Scalar): boolean => typeof value !== 'number' || Number.isInteger(value)

function isMapping(value: unknown): value is ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return value instanceof Map || prototype === null || prototype === Object.prototype
}

const entriesOf = (value: ReadonlyMap<unknown, unknown> | object): ReadonlyMap<unknown, unknown> =>
  value instanceof Map ? value : new Map<unknown, unknown>(Object.entries(value))

const keyText = (key: unknown): string => (typeof key === 'string' ? `'${key}'` : String(key))
const listText = (keys: readonly unknown[]): string => `[${keys.map(keyText).join(', ')}]`
const itemText = (path: Path): string =>
  path.length === 0 ? '' : `\n\nThe failure occurred for item ${path.map((key) => `[${keyText(key)}]`).join('')}`
const sizeText = ({ shape }: Tensor): string => `torch.Size([${shape.join(', ')}])`

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  return (value.constructor as { name?: string } | undefined)?.name ?? 'object'
}

/**
 * Throws unless `actual` is as `expected` up to `atol + rtol * |expected|`: tensors of one shape and dtype, numbers, or
 * arrays, Maps and plain objects of these. The tolerances are by dtype where none are given: 1.3e-6 and 1e-5 for
 * float32, 1e-7 both for float64 and numbers, none for integers. The message says how many elements differ, and where
 * the greatest differences are.
 */
export function assertClose(actual: Comparable, expected: Comparable, options: AssertCloseOptions = {}): void {
  new Comparison(settled(options)).compare(actual, expected, [])
}
