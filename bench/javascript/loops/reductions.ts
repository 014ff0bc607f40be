// Reductions and softmax of a matrix, line by line along the dim.

import { sink } from '../../trial'
import { REDUCTION_SHIFT, type Numbers, probe, waves } from '../data'
import { type Twin, matching, reductionNames } from '../twin'

/** The lines of a matrix along a dim: where each starts, and how far apart its elements are. */
interface Lines {
  readonly count: number
  readonly length: number
  readonly start: number
  readonly step: number
}

function sum(x: Numbers, at: number, { length, step }: Lines): number {
  let total = 0
  for (let i = 0; i < length; i++) total += x[at + i * step]
  return total
}

function max(x: Numbers, at: number, { length, step }: Lines): number {
  let most = -Infinity
  for (let i = 0; i < length; i++) most = Math.max(most, x[at + i * step])
  return most
}

const mean = (x: Numbers, at: number, lines: Lines): number => sum(x, at, lines) / lines.length

/** One number per line. */
const reduced = (reduce: (x: Numbers, at: number, lines: Lines) => number) => (x: Numbers, lines: Lines) => {
  const result = new Float32Array(lines.count)
  for (let i = 0; i < lines.count; i++) result[i] = reduce(x, i * lines.start, lines)
  return result
}

function softmax(x: Numbers, lines: Lines): Numbers {
  const { count, length, start, step } = lines
  const result = new Float32Array(x.length)
  for (let i = 0; i < count; i++) {
    const at = i * start
    const most = max(x, at, lines)
    let total = 0
    for (let j = 0; j < length; j++) total += result[at + j * step] = Math.exp(x[at + j * step] - most)
    for (let j = 0; j < length; j++) result[at + j * step] /= total
  }
  return result
}

function logSoftmax(x: Numbers, lines: Lines): Numbers {
  const { count, length, start, step } = lines
  const result = new Float32Array(x.length)
  for (let i = 0; i < count; i++) {
    const at = i * start
    const most = max(x, at, lines)
    let total = 0
    for (let j = 0; j < length; j++) total += Math.exp(x[at + j * step] - most)
    const shift = most + Math.log(total)
    for (let j = 0; j < length; j++) result[at + j * step] = x[at + j * step] - shift
  }
  return result
}

const operations: Record<string, (x: Numbers, lines: Lines) => Numbers> = {
  sum: reduced(sum),
  mean: reduced(mean),
  max: reduced(max),
  softmax,
  logSoftmax
}

/** Along all elements without a dim. */
function linesOf(rows: number, columns: number, dim: string | undefined): Lines {
  if (dim === undefined) return { count: 1, length: rows * columns, start: 0, step: 1 }
  if (dim === '0') return { count: columns, length: rows, start: 1, step: columns }
  return { count: rows, length: columns, start: columns, step: 1 }
}

export const reduction: Twin = matching(reductionNames, (name, rows, columns, dim) => {
  const operation = operations[name]
  if (operation === undefined) return null
  const x = waves(Number(rows) * Number(columns), REDUCTION_SHIFT)
  const lines = linesOf(Number(rows), Number(columns), dim)
  return {
    run(times) {
      for (let i = 0; i < times; i++) sink.value = operation(x, lines)
    },
    values: () => probe(operation(x, lines))
  }
})
