// A product as three loops, the innermost along the rows of b and c wherever b has rows.

import { sink } from '../../trial'
import { type Numbers, probe, waves } from '../data'
import { type Twin, matching, productNames } from '../twin'

// A second or so; larger products say nothing new.
const MOST = 1 << 29

/** How far apart in memory are the rows of an operand, and the elements of a row. */
interface Strides {
  readonly row: number
  readonly column: number
}

const stridesOf = (rows: number, columns: number, transposed: boolean): Strides =>
  transposed ? { row: 1, column: rows } : { row: columns, column: 1 }

function multiply(a: Numbers, of: Strides, b: Numbers, by: Strides, c: Numbers, m: number, k: number, n: number): void {
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const factor = a[i * of.row + p * of.column]
      let from = p * by.row
      for (let to = i * n; to < i * n + n; to++, from += by.column) c[to] += factor * b[from]
    }
  }
}

export const product = (ArrayType: new (length: number) => Numbers): Twin =>
  matching(productNames, (...groups) => {
    const [m, k, n] = groups.map(Number)
    const [aTransposed, bTransposed] = groups.slice(3).map((t) => t !== '')
    if (2 * m * k * n > MOST) return null
    const a = waves(m * k, 0, ArrayType)
    const b = waves(k * n, 0, ArrayType)
    const once = (): Numbers => {
      const c = new ArrayType(m * n)
      multiply(a, stridesOf(m, k, aTransposed), b, stridesOf(k, n, bTransposed), c, m, k, n)
      return c
    }
    return {
      run(times) {
        for (let i = 0; i < times; i++) sink.value = once()
      },
      values: () => probe(once())
    }
  })
