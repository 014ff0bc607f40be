// What ops compute, in plain JavaScript over plain arrays.

type Shape = readonly number[]

/** A plain array of values in row-major order. */
export interface Values {
  readonly shape: Shape
  readonly data: readonly number[]
}

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

export function over(x: Values, dim: number, of: (values: readonly number[]) => number): number[] {
  return lanes(x, dim).map(of)
}

/** The values that reducing `dims`, in falling order, takes into one. */
export function grouped(x: Values, dims: readonly number[]): number[][] {
  const groups = new Map<string, number[]>()
  for (const index of indicesOf(x.shape)) {
    const key = index.filter((_, d) => !dims.includes(d)).join()
    groups.set(key, [...(groups.get(key) ?? []), at(x, index)])
  }
  return [...groups.values()]
}

/** C's pow: JavaScript's gives NaN for 1 ** NaN and (-1) ** Infinity. */
export function cPow(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b
}

export function lower(a: number, low: number): number {
  return a !== a || low !== low ? NaN : Math.max(a, low)
}

export function upper(a: number, high: number): number {
  return a !== a || high !== high ? NaN : Math.min(a, high)
}
