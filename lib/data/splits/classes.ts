// Labels of samples as the numbers of their classes or groups.

import type { Tensor } from '../../index'
import { isList, kindText } from '../../kinds'
import { isTensor } from '../dataset'

/** One label for each sample. */
export type Labels = Tensor | ArrayLike<unknown>

export interface Classes {
  /** Of each sample: the number of its class. */
  readonly codes: readonly number[]
  readonly counts: readonly number[]
}

/** How many samples data have: a tensor along its first dim, a list, a dataset, or their number itself. */
export function countOf(data: unknown, op: string): number {
  if (typeof data === 'number' && Number.isSafeInteger(data) && data >= 0) return data
  if (isTensor(data) && data.dim() > 0) return data.size(0)
  if (typeof data === 'object' && data !== null && !isTensor(data)) {
    const { length } = data as { readonly length?: unknown }
    if (Number.isSafeInteger(length)) return length as number
  }
  throw new TypeError(`${op}: data must be a tensor, an array, a dataset or a number of samples, got ${kindText(data)}`)
}

function valuesOf(labels: Labels, op: string, name: string): unknown[] {
  if (isTensor(labels)) {
    if (labels.dim() === 1) return [...labels.toTypedArray()]
    throw new RangeError(`${op}: ${name} must have one dim, got [${labels.shape.join(', ')}]`)
  }
  if (isList(labels) || ArrayBuffer.isView(labels)) return Array.from(labels as ArrayLike<unknown>)
  throw new TypeError(`${op}: ${name} must be a tensor or an array, got ${kindText(labels)}`)
}

/** Classes in the order of their first samples. */
export function classesOf(labels: Labels | undefined, count: number, op: string, name: string): Classes {
  if (labels === undefined) throw new TypeError(`${op}: The '${name}' parameter should not be undefined`)
  const values = valuesOf(labels, op, name)
  if (values.length !== count) {
    throw new RangeError(
      `Found input variables with inconsistent numbers of samples: [${count}, ${values.length}]; ${op}: ${name} has ` +
        'one label for each sample'
    )
  }
  const numbers = new Map<unknown, number>()
  const counts: number[] = []
  const codes = values.map((value) => {
    const code = numbers.get(value) ?? numbers.size
    numbers.set(value, code)
    counts[code] = (counts[code] ?? 0) + 1
    return code
  })
  return { codes, counts }
}

type Sortable = number | bigint | string

const ascending = (a: Sortable, b: Sortable): number => (a < b ? -1 : a > b ? 1 : 0)

/** Groups in the order of their values. */
export function sortedClassesOf(labels: Labels, count: number, op: string, name: string): Classes {
  const { codes, counts } = classesOf(labels, count, op, name)
  const values = valuesOf(labels, op, name) as Sortable[]
  const first = counts.map((_, code) => values[codes.indexOf(code)])
  const order = [...first.keys()].sort((a, b) => ascending(first[a], first[b]))
  const rank = new Array<number>(order.length)
  order.forEach((code, i) => (rank[code] = i))
  return { codes: codes.map((code) => rank[code]), counts: order.map((code) => counts[code]) }
}

/** The places of each value of `codes`. */
export function placesOf(codes: readonly number[], count: number): number[][] {
  const places = Array.from({ length: count }, (): number[] => [])
  codes.forEach((code, place) => places[code].push(place))
  return places
}
