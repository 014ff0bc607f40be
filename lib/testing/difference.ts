// How far two arrays of numbers are apart, in words of torch.testing.

import type { DType } from '../index'

export interface Tolerances {
  readonly rtol: number
  readonly atol: number
}

/** Elements in row-major order. */
export interface Numbers {
  readonly values: ArrayLike<number | bigint>
  readonly shape: readonly number[]
  readonly dtype: DType
}

/** The greatest of some numbers and where it stands; NaN counts as greatest. */
class Greatest {
  value = 0
  at = 0

  see(value: number, at: number): void {
    if (Number.isNaN(this.value) || !(value > this.value || Number.isNaN(value))) return
    this.value = value
    this.at = at
  }
}

/** A float as Python prints it. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return value.toExponential().replace(/([+-])(\d)$/, '$10$2')
  return Number.isInteger(value) ? value.toFixed(1) : String(value)
}

/** The index of an element as Python prints a tuple. */
function indexText(at: number, shape: readonly number[]): string {
  const index = shape.map(() => 0)
  for (let d = shape.length - 1; d >= 0; d--) {
    index[d] = at % shape[d]
    at = Math.floor(at / shape[d])
  }
  return `(${index.join(', ')}${index.length === 1 ? ',' : ''})`
}

/** What differs, as torch.testing.assert_close says it; null where nothing does. */
export function differenceOf(
  actual: Numbers,
  expected: Numbers,
  { rtol, atol, equalNan }: Tolerances & { readonly equalNan: boolean }
): string | null {
  const isFloat = [actual, expected].some(({ dtype }) => dtype.startsWith('float'))
  const isSingle = [actual, expected].every(({ dtype }) => dtype !== 'float64')
  // Differences of float32 are float32.
  const rounded = isSingle ? Math.fround : (value: number): number => value
  const absolute = new Greatest()
  const relative = new Greatest()
  let mismatches = 0
  for (let i = 0; i < actual.values.length; i++) {
    const a = actual.values[i]
    const b = expected.values[i]
    // BigInts beyond 2^53 are not rounded before they are compared.
    const isSame = typeof a === typeof b ? a === b : Number(a) === Number(b)
    if (isSame || (equalNan && Number.isNaN(a) && Number.isNaN(b))) continue
    const size = Math.abs(Number(b))
    const exact = typeof a === 'bigint' && typeof b === 'bigint' ? Number(a - b) : Number(a) - Number(b)
    const difference = Math.abs(isFloat ? rounded(exact) : exact)
    if (Number.isFinite(difference) && difference <= atol + rtol * size) continue
    mismatches++
    absolute.see(difference, i)
    relative.see(rounded(difference / size), i)
  }
  if (mismatches === 0) return null
  const isExact = rtol === 0 && atol === 0
  const numberText = isFloat ? floatText : String
  const allowed = (tolerance: number): string => (isExact ? '' : ` (up to ${floatText(tolerance)} allowed)`)
  const not = isExact ? 'equal' : 'close'
  if (actual.shape.length === 0) {
    const [a, b] = [actual, expected].map(({ values }) => numberText(Number(values[0])))
    return (
      `Scalars are not ${not}!\n\nExpected ${b} but got ${a}.\n` +
      `Absolute difference: ${numberText(absolute.value)}${allowed(atol)}\n` +
      `Relative difference: ${floatText(relative.value)}${allowed(rtol)}`
    )
  }
  const total = actual.values.length
  const where = ({ at }: Greatest): string => ` at index ${indexText(at, actual.shape)}`
  return (
    `Tensor-likes are not ${not}!\n\nMismatched elements: ${mismatches} / ${total} (${((100 * mismatches) / total).toFixed(1)}%)\n` +
    `Greatest absolute difference: ${numberText(absolute.value)}${where(absolute)}${allowed(atol)}\n` +
    `Greatest relative difference: ${floatText(relative.value)}${where(relative)}${allowed(rtol)}`
  )
}
