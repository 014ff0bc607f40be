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
export function lanes(x: Values, dim: number): number[][] {
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

/** Replaces the values along `dim` by a function of them. */
export function along(x: Values, dim: number, of: (values: readonly number[]) => number[]): number[] {
  const results = lanes(x, dim).map(of)
  const others = indicesOf(x.shape.map((size, i) => (i === dim ? 1 : size))).map((index) => index.join())
  return indicesOf(x.shape).map((index) => results[others.indexOf(index.with(dim, 0).join())][index[dim]])
}

export function floorDivision(a: number, b: number): number {
  if (b === 0) return a / b
  const rest = a % b
  const quotient = (a - rest) / b - (rest !== 0 && b < 0 !== rest < 0 ? 1 : 0)
  if (quotient === 0) return a / b < 0 || Object.is(a / b, -0) ? -0 : 0
  const floored = Math.floor(quotient)
  return quotient - floored > 0.5 ? floored + 1 : floored
}

export function pythonRemainder(a: number, b: number): number {
  const rest = a % b
  return rest !== 0 && b < 0 !== rest < 0 ? rest + b : rest
}

/** C's pow: JavaScript's gives NaN for 1 ** NaN and (-1) ** Infinity. */
export function cPow(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b
}

export function halfEven(a: number): number {
  const floored = Math.floor(a)
  const rest = a - floored
  const rounded = rest > 0.5 || (rest === 0.5 && floored % 2 !== 0) ? floored + 1 : floored
  return rounded === 0 && (a < 0 || Object.is(a, -0)) ? -0 : rounded
}

export function lower(a: number, low: number): number {
  return a !== a || low !== low ? NaN : Math.max(a, low)
}

export function upper(a: number, high: number): number {
  return a !== a || high !== high ? NaN : Math.min(a, high)
}

/** The series of positive terms for the error function. */
export function erfSeries(x: number): number {
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
