// Expressions over a few float32 elements, evaluated in JavaScript: a call into native code takes longer than their
// arithmetic. Only with operations whose results IEEE 754 defines to the last bit, so that these are the kernels' own:
// the float64 sum, difference, product, quotient or root of float32 operands, rounded to float32, is the correctly
// rounded float32 one, since 53 >= 2 * 24 + 2 (Figueroa, When is double rounding innocuous?, 1995).

import { FLOAT32 } from './dtype'
import { pointwiseRows } from './native'
import { floatsOf } from './storage'
import type { Tensor } from './tensor'

/** Most elements that are evaluated here. */
export const FEW = 4

/** Names of kernel rows. */
const operations = [
  'add',
  'sub',
  'mul',
  'div',
  'neg',
  'square',
  'sqrt',
  'addProduct',
  'subProduct',
  'cast.float32'
] as const
type Operation = (typeof operations)[number]

/** Before the rounding to float32 with which the result is stored. */
function apply(operation: Operation, a: number, b: number, c: number): number {
  switch (operation) {
    case 'add':
      return a + b
    case 'sub':
      return a - b
    case 'mul':
      return a * b
    case 'div':
      return a / b
    case 'neg':
      return -a
    case 'square':
      return a * a
    case 'sqrt':
      return Math.sqrt(a)
    case 'addProduct':
      return a + Math.fround(b * c)
    case 'subProduct':
      return a - Math.fround(b * c)
    case 'cast.float32':
      return a
  }
}

interface Step {
  readonly operation: Operation
  /** Registers of the sources: inputs, constants, results. Those that the operation lacks are 0. */
  readonly a: number
  readonly b: number
  readonly c: number
}

/** An expression of one operation whose sources are its inputs as they come, and perhaps a number. */
interface Single {
  readonly operation: Operation
  readonly inputs: number
  readonly isNumberFirst: boolean
  /** The number; null where each run passes it. */
  readonly literal: number | null
}

/** What an evaluator is made of; `tail` is the part of a descriptor after the strides. */
export interface Parts {
  readonly tail: Float64Array
  readonly slotWords: readonly (readonly [position: number, slot: number])[]
  readonly inputCodes: readonly number[]
  readonly codes: readonly number[]
  readonly reduces: boolean
}

const MAX_REGISTERS = 32

/** FEW lanes for each register. One evaluation ends before the next begins, so all share them. */
const lanes = new Float32Array(MAX_REGISTERS * FEW)

/**
 * Does what a launch of one expression over a few elements does. Each form says false, and does nothing, where native
 * code has to.
 */
export class Evaluator {
  private constructor(
    readonly constants: number,
    readonly steps: readonly Step[],
    /** Registers of the outputs. */
    readonly outputs: readonly number[],
    /** Without registers one operation takes 31 ns instead of 72. */
    readonly single: Single | null
  ) {}

  /** Null where something in the expression is not for here. */
  static of({ tail, slotWords, inputCodes, codes, reduces }: Parts): Evaluator | null {
    const inputs = inputCodes.length
    const constants = tail[0]
    const first = 1 + 2 * constants
    const count = tail[first]
    const isConstant = (register: number): boolean => register >= inputs && register < inputs + constants
    const valueAt = (register: number): number => 2 + 2 * (register - inputs)
    const isFloat = (register: number): boolean => !isConstant(register) || tail[valueAt(register) - 1] === FLOAT32
    if (reduces || inputs + constants + count > MAX_REGISTERS) return null
    if ([...inputCodes, ...codes].some((code) => code !== FLOAT32)) return null

    const steps: Step[] = []
    let single: Single | null = null
    for (let i = 0; i < count; i++) {
      const [row, code, ...registers] = tail.subarray(first + 1 + 5 * i, first + 6 + 5 * i)
      const sources = registers.filter((register) => register >= 0)
      const operation = operations.find((name) => name === pointwiseRows[row].name)
      if (operation === undefined || code !== FLOAT32 || !sources.every(isFloat)) return null
      const [a, b = 0, c = 0] = sources
      steps.push({ operation, a, b, c })
      const number = sources.find(isConstant)
      const tensors = sources.filter((source) => source !== number)
      if (sources.length > 2 || tensors.length !== inputs || tensors.some((source, at) => source !== at)) continue
      const isPassed = number === undefined || slotWords.some(([position]) => position === valueAt(number))
      single = { operation, inputs, isNumberFirst: isConstant(a), literal: isPassed ? null : tail[valueAt(number)] }
    }
    const outputs = [...tail.subarray(first + 1 + 5 * count, first + 1 + 5 * count + codes.length)]
    if (!outputs.every(isFloat)) return null
    const isSingle = count === 1 && outputs.length === 1 && outputs[0] === inputs + constants
    return new Evaluator(constants, steps, outputs, isSingle ? single : null)
  }

  /** `out = operation(a)`, perhaps with a number before or after `a`. */
  unary(a: Tensor, stride: number, scalar: number, out: Tensor): boolean {
    const { single } = this
    const from = elementsOf(a)
    const to = elementsOf(out)
    if (single === null || single.inputs !== 1 || from === null || to === null) return false
    const { operation, isNumberFirst } = single
    const number = Math.fround(single.literal ?? scalar)
    const count = out.numelCached
    const start = a.byteOffset >> 2
    const end = out.byteOffset >> 2
    for (let l = 0; l < count; l++) {
      const element = from[start + l * stride]
      to[end + l] = isNumberFirst ? apply(operation, number, element, 0) : apply(operation, element, number, 0)
    }
    return true
  }

  /** `out = operation(a, b)`. */
  binary(a: Tensor, strideA: number, b: Tensor, strideB: number, out: Tensor): boolean {
    const { single } = this
    const fromA = elementsOf(a)
    const fromB = elementsOf(b)
    const to = elementsOf(out)
    if (single === null || single.inputs !== 2 || fromA === null || fromB === null || to === null) return false
    const { operation } = single
    const count = out.numelCached
    const startA = a.byteOffset >> 2
    const startB = b.byteOffset >> 2
    const end = out.byteOffset >> 2
    for (let l = 0; l < count; l++) {
      to[end + l] = apply(operation, fromA[startA + l * strideA], fromB[startB + l * strideB], 0)
    }
    return true
  }

  /** What the words of a dense descriptor say, whose tail begins at `tail`. */
  run(words: Float64Array, tail: number, inputs: readonly Tensor[], outputs: readonly Tensor[]): boolean {
    for (let i = 0; i < inputs.length; i++) if (elementsOf(inputs[i]) === null) return false
    for (let i = 0; i < outputs.length; i++) if (elementsOf(outputs[i]) === null) return false
    const count = outputs[0].numelCached
    const strides = tail - inputs.length - outputs.length
    let register = 0
    for (; register < inputs.length; register++) {
      const input = inputs[register]
      load(register, elementsOf(input)!, input.byteOffset >> 2, words[strides + register], count)
    }
    for (let i = 0; i < this.constants; i++) fill(register++, words[tail + 2 + 2 * i], count)
    for (let i = 0; i < this.steps.length; i++) this.#step(this.steps[i], register++, count)
    for (let i = 0; i < outputs.length; i++) {
      store(this.outputs[i], elementsOf(outputs[i])!, outputs[i].byteOffset >> 2, count)
    }
    return true
  }

  #step({ operation, a, b, c }: Step, result: number, count: number): void {
    for (let l = 0; l < count; l++) {
      lanes[FEW * result + l] = apply(operation, lanes[FEW * a + l], lanes[FEW * b + l], lanes[FEW * c + l])
    }
  }
}

function load(register: number, elements: Float32Array, start: number, stride: number, count: number): void {
  for (let l = 0; l < count; l++) lanes[FEW * register + l] = elements[start + l * stride]
}

function fill(register: number, value: number, count: number): void {
  for (let l = 0; l < count; l++) lanes[FEW * register + l] = value
}

function store(register: number, elements: Float32Array, start: number, count: number): void {
  for (let l = 0; l < count; l++) elements[start + l] = lanes[FEW * register + l]
}

/** The elements around those of a tensor; null where they are in use, or have no view. */
function elementsOf({ storage }: Tensor): Float32Array | null {
  return storage.lock === null ? floatsOf(storage) : null
}
