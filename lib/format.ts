// How a tensor prints: PyTorch's text under its print options, character for character.
// Knows nothing of tensors or storage: an item is asked for by its logical (row-major) index, and a summarised
// tensor is asked for its visible items only.

import { type DType, defaults, dtypeNames } from './dtype'

type Item = number | bigint | boolean

export interface Printable {
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly requiresGrad: boolean
  /** Name of the node that made the tensor, for example `MulBackward0`. */
  readonly gradFn: string | null
  item(logicalIndex: number): Item
}

/** How the items of one tensor print: `text` pads to `width`, which only NaN and infinities may exceed. */
interface ItemFormat {
  readonly width: number
  text(item: Item): string
}

export interface PrintOptions {
  /** Digits behind the point. */
  precision: number
  /** A tensor of more elements is summarised. */
  threshold: number
  /** How many items each dim shows at its beginning and its end when it is summarised. */
  edgeItems: number
  lineWidth: number
  /** Whether floats print in scientific notation; null where their range decides. */
  isScientific: boolean | null
}

export const usualPrint: Readonly<PrintOptions> = {
  precision: 4,
  threshold: 1000,
  edgeItems: 3,
  lineWidth: 80,
  isScientific: null
}
export const printOptions: PrintOptions = { ...usualPrint }

const prefix = 'tensor('
const isImplied = (dtype: DType): boolean =>
  dtype === dtypeNames[defaults.float] || dtype === 'int64' || dtype === 'bool'

/** The text which `print(t)` gives in PyTorch. */
export function formatTensor(tensor: Printable): string {
  const count = tensor.shape.reduce((product, size) => product * size, 1)
  const body = prefix + (count === 0 ? '[]' : layOut(tensor, count > printOptions.threshold))
  return addSuffixes(body, suffixes(tensor, count === 0))
}

// ---- items ----

/** `printf('%.4f')` for 4 digits: an exact tie rounds to the even digit, where `toFixed` rounds it away from zero. */
export function fixed(value: number): string {
  if (!Number.isFinite(value)) return nonFinite(value)
  const { precision } = printOptions
  // Half a unit of the last decimal is an exact binary fraction only in odd multiples of 2^-(digits + 1).
  const tie = Number.isInteger(value * 2 ** (precision + 1)) && !Number.isInteger(value * 2 ** precision)
  const text = Math.abs(value) < 1e21 ? value.toFixed(precision) : BigInt(value).toString() + zeros(precision)
  return negativeZero(value) ? `-0${zeros(precision)}` : tie ? toEven(text) : text
}

const zeros = (precision: number): string => (precision > 0 ? `.${'0'.repeat(precision)}` : '')

/** `printf('%.4e')`, with the same care for ties and an exponent of at least two digits. */
export function scientific(value: number): string {
  if (!Number.isFinite(value)) return nonFinite(value)
  const { precision } = printOptions
  const text = value.toExponential(precision)
  const [mantissa, exponent] = text.split('e') as [string, string]
  // 40 digits settle it: a double of 53 bits cannot come closer to a tie without being one.
  const tie = /^50*e/.test(value.toExponential(40).split('.')[1].slice(precision))
  const sign = negativeZero(value) ? '-' : ''
  return `${sign}${tie ? toEven(mantissa) : mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
}

/** `printf('%.0f')` of an integral value, with the point that tells it from an integer. */
function integral(value: number): string {
  if (!Number.isFinite(value)) return nonFinite(value)
  return `${negativeZero(value) ? '-' : ''}${BigInt(value)}.`
}

function nonFinite(value: number): string {
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
}

function negativeZero(value: number): boolean {
  return Object.is(value, -0)
}

/** Undoes the rounding up of a tie whose last digit became odd; nothing carries, since an odd digit is no 0. */
function toEven(text: string): string {
  const last = Number(text.at(-1))
  return last % 2 === 0 ? text : text.slice(0, -1) + (last - 1)
}

/** Picks notation and width from the items that will be seen. */
function chooseFormat(items: readonly Item[], dtype: DType): ItemFormat {
  if (dtype === 'bool') return padded(items, (item) => (item ? 'True' : 'False'))
  if (!dtype.includes('float')) return padded(items, String)
  // Zeros and non-finite values take no part: beside `1.` a NaN sticks out.
  const counted = (items as readonly number[]).filter((value) => Number.isFinite(value) && value !== 0)
  return padded(counted, floatText(counted) as (item: Item) => string)
}

function floatText(counted: readonly number[]): (value: number) => string {
  const { isScientific } = printOptions
  if (isScientific !== null) return isScientific ? scientific : counted.every(Number.isInteger) ? integral : fixed
  let least = Infinity
  let greatest = 0
  for (const value of counted) {
    least = Math.min(least, Math.abs(value))
    greatest = Math.max(greatest, Math.abs(value))
  }
  if (counted.length > 0 && (greatest / least > 1000 || greatest > 1e8 || least < 1e-4)) return scientific
  return counted.every(Number.isInteger) ? integral : fixed
}

function padded(counted: readonly Item[], bare: (item: Item) => string): ItemFormat {
  let width = 1
  for (const item of counted) width = Math.max(width, bare(item).length)
  return { width, text: (item) => bare(item).padStart(width) }
}

// ---- layout ----

/** The nested brackets of a tensor that has items. */
function layOut(tensor: Printable, summarise: boolean): string {
  const { shape, dtype } = tensor
  const items = visibleIndices(shape, summarise).map((index) => tensor.item(index))
  const format = chooseFormat(items, dtype)
  let next = 0

  function block(dim: number): string {
    if (dim === shape.length) return format.text(items[next++])
    const last = dim === shape.length - 1
    const parts = visiblePositions(shape[dim], summarise).map(() => block(dim + 1))
    if (hides(shape[dim], summarise)) parts.splice(printOptions.edgeItems, 0, last ? ' ...' : '...')
    const margin = ' '.repeat(prefix.length + dim + 1)
    if (last) return `[${wrap(parts, format.width, margin)}]`
    return `[${parts.join(',' + '\n'.repeat(shape.length - dim - 1) + margin)}]`
  }
  return block(0)
}

/** Breaks a row of items so that it keeps within the line. PyTorch leaves its opening bracket out of the count. */
function wrap(parts: readonly string[], width: number, margin: string): string {
  const perLine = Math.max(1, Math.floor((printOptions.lineWidth - (margin.length - 1)) / (width + 2)))
  const lines: string[] = []
  for (let i = 0; i < parts.length; i += perLine) lines.push(parts.slice(i, i + perLine).join(', '))
  return lines.join(',\n' + margin)
}

function hides(size: number, summarise: boolean): boolean {
  return summarise && size > 2 * printOptions.edgeItems
}

function visiblePositions(size: number, summarise: boolean): number[] {
  if (!hides(size, summarise)) return Array.from({ length: size }, (_, i) => i)
  const { edgeItems } = printOptions
  return Array.from({ length: 2 * edgeItems }, (_, i) => (i < edgeItems ? i : size - 2 * edgeItems + i))
}

/** Logical indices of the items that print, in order. */
function visibleIndices(shape: readonly number[], summarise: boolean): number[] {
  let indices = [0]
  for (const size of shape) {
    const positions = visiblePositions(size, summarise)
    indices = indices.flatMap((index) => positions.map((position) => index * size + position))
  }
  return indices
}

// ---- suffixes ----

function suffixes({ shape, dtype, requiresGrad, gradFn }: Printable, empty: boolean): string[] {
  const found: string[] = []
  if (empty && shape.length !== 1) found.push(`size=(${shape.join(', ')})`)
  // Items show int64 and bool by themselves; where there are none, only the default goes without saying.
  if (empty ? dtype !== dtypeNames[defaults.float] : !isImplied(dtype)) found.push(`dtype=torch.${dtype}`)
  if (gradFn !== null) found.push(`grad_fn=<${gradFn}>`)
  else if (requiresGrad) found.push('requires_grad=True')
  return found
}

/** Appends each suffix to the last line, or to a new one if it does not fit there. */
function addSuffixes(body: string, found: readonly string[]): string {
  let text = body
  // PyTorch counts the line two longer than it is.
  let column = body.length - body.lastIndexOf('\n') + 1
  for (const suffix of found) {
    const fits = column + suffix.length + 2 <= printOptions.lineWidth
    text += fits ? `, ${suffix}` : `,\n${' '.repeat(prefix.length)}${suffix}`
    column = fits ? column + suffix.length + 2 : prefix.length + suffix.length
  }
  return text + ')'
}
