// Sizes that may differ from the example's. The function is traced with other sizes, too; what is a constant in one
// trace and another in the next is computed from the sizes of the graph's values, by a rule that holds in all traces.

import { type DType, type Tensor, equal, sharesStorage, tensor } from '../index'
import { onnxTypes } from './dtypes'
import { type Graph, type Node, Value } from './graph'

/** A trace, and what it was made with. */
export interface Trace {
  readonly graph: Graph
  /** Says what differs from the example, for messages: "dim 'batch' is 5 in place of 4". */
  readonly text: string
}

/** `times * size * other + plus`, or `times / size`, of dims of values. */
interface Rule {
  readonly of: readonly (readonly [value: Value, dim: number])[]
  readonly times: number
  readonly over: number
  readonly plus: number
  readonly isReciprocal: boolean
}

const refused = (what: string): Error =>
  new Error(`onnx.export: ${what}; leave that dim out of dynamicAxes, or write it without its size`)

/** Lets the first trace's graph hold for all sizes. Sizes of outputs are in `outputSizes`: null where they differ. */
export function merge(traces: readonly Trace[]): void {
  if (traces.length < 2) return
  new Merge(traces).run()
}

/** The sizes of an output in each trace. */
export const sizesOf = (traces: readonly Trace[], output: number): (readonly number[])[] =>
  traces.map(({ graph }) => graph.outputs[output].sizes!)

class Merge {
  readonly #graph: Graph
  /** The value of each trace for a value of the first. */
  readonly #twins = new Map<Value, readonly Value[]>()
  readonly #nodes: Node[] = []
  readonly #computed = new Map<string, Value>()
  #call = ''

  constructor(readonly traces: readonly Trace[]) {
    this.#graph = traces[0].graph
    this.#graph.inputs.forEach((input, i) => this.#pair(input, (graph) => graph.inputs[i]))
  }

  #pair(value: Value, of: (graph: Graph) => Value): void {
    this.#twins.set(
      value,
      this.traces.map(({ graph }) => of(graph))
    )
  }

  run(): void {
    const { nodes } = this.#graph
    const counts = this.traces.map(({ graph }) => graph.nodes.length)
    for (const [i, node] of nodes.entries()) {
      const twins = this.traces.map(({ graph }) => graph.nodes[i])
      twins.forEach((twin, t) => this.#compare(node, twin, t))
      this.#call = node.call
      node.inputs.forEach((input, k) => {
        if (input === null) return
        const values = twins.map((twin) => twin.inputs[k])
        node.inputs[k] = this.#merged(node, k, values as Value[])
      })
      node.outputs.forEach((output, k) => this.#pair(output, (graph) => graph.nodes[i].outputs[k]))
      this.#nodes.push(node)
    }
    const odd = counts.findIndex((count) => count !== counts[0])
    if (odd >= 0) throw this.#differs(odd, 'more or fewer')
    this.#graph.outputs = this.#graph.outputs.map((output, k) => {
      if (output.source !== null && !('inputs' in output.source)) return output
      return this.#sameEverywhere(
        output,
        this.traces.map(({ graph }) => graph.outputs[k])
      )
    })
    nodes.splice(0, nodes.length, ...this.#nodes)
  }

  #differs(trace: number, what: string): Error {
    return refused(
      `where ${this.traces[trace].text}, the function makes ${what} calls, so a condition or a loop reads that size`
    )
  }

  #compare(node: Node, twin: Node | undefined, trace: number): void {
    if (twin === undefined || twin.type !== node.type || twin.inputs.length !== node.inputs.length) {
      throw this.#differs(trace, 'other')
    }
    if (JSON.stringify(twin.attributes) === JSON.stringify(node.attributes)) return
    throw refused(`where ${this.traces[trace].text}, ${node.call} needs another attribute of ONNX's ${node.type}`)
  }

  #sameEverywhere(value: Value, values: readonly Value[]): Value {
    const twins = this.#twins.get(value)
    values.forEach((each, t) => {
      if (twins?.[t] !== each) throw this.#differs(t, 'other')
    })
    return value
  }

  /** One value for those that an input of a node has in the traces. */
  #merged(node: Node, index: number, values: readonly Value[]): Value {
    const [first, ...others] = values
    const tensors = values.map(({ source }) => source)
    if (first.source === null || 'inputs' in first.source) return this.#sameEverywhere(first, values)
    others.forEach((each, t) => {
      if (each.source === null || 'inputs' in each.source) throw this.#differs(t + 1, 'other')
    })
    const constants = tensors as Tensor[]
    if (constants.every((each) => sameTensor(each, constants[0]))) return first
    const ofNode = node.inputs.filter((each): each is Value => each !== null && this.#twins.has(each))
    return this.#computedFrom(constants, ofNode, node.type === 'Reshape' && index === 1)
  }

  #computedFrom(constants: readonly Tensor[], near: readonly Value[], isTarget: boolean): Value {
    const [first] = constants
    const isOneShape = constants.every((each) => String(each.shape) === String(first.shape))
    if (isOneShape && first.numel() <= 64) return this.#numbers(constants, near, isTarget)
    const part = this.#part(constants, near)
    if (part !== null) return part
    const lists = constants.map((each) => numbersOf(each))
    const shape = this.#shapeOf(constants, near)
    const [start] = lists[0]
    if (lists.every((list) => list.every((each) => Object.is(each, start)))) {
      const one = this.#graph.constant(first.reshape(-1).narrow(0, 0, 1).reshape([]).clone())
      return this.#node('Expand', [one, shape], first.dtype)
    }
    const step = lists[0][1] - start
    if (lists.every((list) => list.every((each, i) => each === start + i * step))) {
      const counts = this.#number(
        constants.map((each) => start + each.numel() * step),
        near,
        'int64'
      )
      const bounds = [this.#scalar(start, 'int64'), this.#reshape(counts, []), this.#scalar(step, 'int64')]
      const range = this.#cast(this.#node('Range', bounds, 'int64'), first.dtype)
      return this.#node('Reshape', [range, shape], first.dtype)
    }
    throw refused(
      `${this.#call} takes a constant whose elements depend on a dynamic size, and which is neither a range nor the same ` +
        'number everywhere'
    )
  }

  /** The first elements of each dim of a parameter or a buffer. */
  #part(constants: readonly Tensor[], near: readonly Value[]): Value | null {
    for (const [whole, name] of this.#graph.names) {
      if (!sharesStorage(whole, constants[0]) || whole.dim() !== constants[0].dim()) continue
      const isPart = constants.every((each) => {
        const fits = each.shape.every((size, d) => size <= whole.shape[d])
        return fits && sameTensor(firstOf(whole, each.shape), each)
      })
      if (!isPart || name === '') continue
      const zeros = this.#ints(constants[0].shape.map(() => 0))
      return this.#node('Slice', [this.#graph.constant(whole), zeros, this.#shapeOf(constants, near)], whole.dtype)
    }
    return null
  }

  #shapeOf(constants: readonly Tensor[], near: readonly Value[]): Value {
    const sizes = constants[0].shape.map((_, d) =>
      this.#number(
        constants.map((each) => each.shape[d]),
        near,
        'int64'
      )
    )
    if (sizes.length === 0) return this.#ints([])
    return sizes.length === 1 ? sizes[0] : this.#node('Concat', sizes, 'int64', { axis: 0 })
  }

  #numbers(constants: readonly Tensor[], near: readonly Value[], isTarget: boolean): Value {
    const [first] = constants
    const lists = constants.map(numbersOf)
    const varies = lists[0].map((each, i) => lists.some((list) => list[i] !== each))
    if (isTarget && varies.filter(Boolean).length === 1 && lists[0].every((each) => each !== 0)) {
      return this.#ints(lists[0].map((each, i) => (varies[i] ? -1 : each)))
    }
    const elements = lists[0].map((_, i) =>
      this.#number(
        lists.map((list) => list[i]),
        near,
        first.dtype
      )
    )
    const line = elements.length === 1 ? elements[0] : this.#node('Concat', elements, first.dtype, { axis: 0 })
    return first.dim() === 1 ? line : this.#reshape(line, first.shape)
  }

  /** A line of one element: a number that holds in all traces, or what it is computed from. */
  #number(series: readonly number[], near: readonly Value[], dtype: DType): Value {
    if (series.every((each) => each === series[0])) return this.#graph.constant(tensor([series[0]], { dtype }))
    const isReal = /float/.test(dtype)
    const rule = this.#ruleOf(series, near, isReal)
    if (rule === null) {
      throw refused(
        `${this.#call} takes a number that depends on a dynamic size (${series.join(', ')} where ` +
          `${this.traces.map(({ text }) => text).join('; ')}), and no simple rule gives it`
      )
    }
    const key = JSON.stringify([rule.of.map(([value, dim]) => [this.#numberOf(value), dim]), rule, dtype])
    const known = this.#computed.get(key)
    if (known !== undefined) return known
    const value = this.#computedBy(rule, dtype, isReal)
    this.#computed.set(key, value)
    return value
  }

  /** Tells values apart in a key. */
  #numberOf(value: Value): number {
    return [...this.#twins.keys()].indexOf(value)
  }

  #computedBy({ of, times, over, plus, isReciprocal }: Rule, dtype: DType, isReal: boolean): Value {
    const sizes = of.map(([value, dim]) => this.#node('Shape', [value], 'int64', { start: dim, end: dim + 1 }))
    const product = sizes.reduce((a, b) => this.#node('Mul', [a, b], 'int64'))
    const work: DType = isReal ? 'float64' : 'int64'
    let value = this.#cast(product, work)
    const apply = (type: string, number: number, neutral: number): void => {
      if (number !== neutral) value = this.#node(type, [value, this.#line(number, work)], work)
    }
    if (isReciprocal) value = this.#node('Div', [this.#line(times, work), value], work)
    else apply('Mul', times, 1)
    apply('Div', over, 1)
    apply('Add', plus, 0)
    return this.#cast(value, dtype)
  }

  #ruleOf(series: readonly number[], near: readonly Value[], isReal: boolean): Rule | null {
    const inputs = this.#dimsOf(this.#graph.inputs)
    const own = this.#dimsOf(near)
    const plain = (dims: readonly Dim[]): readonly Dim[][] => dims.map((dim) => [dim])
    const pairs = inputs.flatMap((a, i) => inputs.slice(i + 1).map((b) => [a, b]))
    const candidates = [...plain(inputs), ...plain(own), ...pairs]
    for (const fits of [exactly, scaled, shifted, ...(isReal ? [reciprocal] : [])]) {
      for (const dims of candidates) {
        const rule = fits(series, productOf(dims), dims)
        if (rule !== null) return rule
      }
    }
    for (const dim of this.#dimsOf([...this.#twins.keys()])) {
      const rule = exactly(series, dim.sizes, [dim])
      if (rule !== null) return rule
    }
    return null
  }

  /** The dims of values whose sizes differ between traces. */
  #dimsOf(values: readonly Value[]): Dim[] {
    return values.flatMap((value) => {
      const shapes = this.#twins.get(value)?.map(({ sizes }) => sizes)
      if (shapes === undefined || shapes.some((sizes) => sizes === null)) return []
      const all = shapes as (readonly number[])[]
      return all[0]
        .map((_, dim) => ({ value, dim, sizes: all.map((sizes) => sizes[dim]) }))
        .filter(({ sizes }) => sizes.some((size) => size !== sizes[0]))
    })
  }

  // ---- nodes before the one that is looked at ----

  #node(type: string, inputs: readonly Value[], dtype: DType, attributes = {}): Value {
    const node: Node = { type, inputs: [...inputs], attributes, outputs: [], call: this.#call }
    const value = new Value(dtype, node)
    node.outputs.push(value)
    this.#nodes.push(node)
    return value
  }

  #cast(value: Value, dtype: DType): Value {
    return value.dtype === dtype ? value : this.#node('Cast', [value], dtype, { to: onnxTypes[dtype] })
  }

  #reshape(value: Value, shape: readonly number[]): Value {
    return this.#node('Reshape', [value, this.#ints(shape)], value.dtype)
  }

  #ints(numbers: readonly number[]): Value {
    return this.#graph.constant(tensor(BigInt64Array.from(numbers, BigInt)))
  }

  #line(number: number, dtype: DType): Value {
    return this.#graph.constant(tensor([number], { dtype }))
  }

  #scalar(number: number, dtype: DType): Value {
    return this.#graph.constant(tensor(number, { dtype }))
  }
}

interface Dim {
  readonly value: Value
  readonly dim: number
  readonly sizes: readonly number[]
}

const productOf = (dims: readonly Dim[]): number[] =>
  dims[0].sizes.map((_, t) => dims.reduce((product, { sizes }) => product * sizes[t], 1))

type Fit = (series: readonly number[], sizes: readonly number[], dims: readonly Dim[]) => Rule | null

const ruleFor = (dims: readonly Dim[], about: Partial<Rule>): Rule => ({
  of: dims.map(({ value, dim }) => [value, dim]),
  times: 1,
  over: 1,
  plus: 0,
  isReciprocal: false,
  ...about
})

const exactly: Fit = (series, sizes, dims) => (series.every((each, t) => each === sizes[t]) ? ruleFor(dims, {}) : null)

/** A share of a dim has a denominator up to this. */
const MOST_PARTS = 64

const scaled: Fit = (series, sizes, dims) => {
  const times = series[0] / sizes[0]
  if (Number.isInteger(times))
    return series.every((each, t) => each === times * sizes[t]) ? ruleFor(dims, { times }) : null
  for (let over = 2; over <= MOST_PARTS; over++) {
    if (series.every((each, t) => each === sizes[t] / over)) return ruleFor(dims, { over })
  }
  return null
}

const shifted: Fit = (series, sizes, dims) => {
  const other = sizes.findIndex((size) => size !== sizes[0])
  if (other < 0) return null
  const times = (series[other] - series[0]) / (sizes[other] - sizes[0])
  const plus = series[0] - times * sizes[0]
  if (!Number.isInteger(times) || times === 0 || !Number.isInteger(plus)) return null
  return series.every((each, t) => each === times * sizes[t] + plus) ? ruleFor(dims, { times, plus }) : null
}

const reciprocal: Fit = (series, sizes, dims) => {
  const times = Math.round(series[0] * sizes[0] * 2 ** 20) / 2 ** 20
  const isNear = (each: number, t: number): boolean => Math.abs(each * sizes[t] - times) <= 1e-6 * Math.abs(times)
  return series.every(isNear) ? ruleFor(dims, { times, isReciprocal: true }) : null
}

const numbersOf = (x: Tensor): number[] => Array.from(x.toTypedArray() as ArrayLike<number | bigint>, Number)

const sameTensor = (a: Tensor, b: Tensor): boolean => {
  if (a === b) return true
  if (a.dtype !== b.dtype || String(a.shape) !== String(b.shape)) return false
  // NaN equals NaN here.
  return (
    equal(a, b) ||
    a
      .eq(b)
      .logicalOr(a.ne(a).logicalAnd(b.ne(b)))
      .all()
      .item<boolean>()
  )
}

const firstOf = (whole: Tensor, shape: readonly number[]): Tensor =>
  shape.reduce((part, size, d) => part.narrow(d, 0, size), whole)
