// Hears public calls while a function is traced, and writes down what they are in ONNX.

import { Tensor, declarations, noGrad, sharesStorage, tracing } from '../index'
import type { Signature } from '../signature'
import { Emit } from './emit'
import { type Graph, Value } from './graph'
import { type Row, missing, rows } from './ops'
import { TracedTensor, sizesOf } from './traced'

type Body = (...values: unknown[]) => unknown
type Call = (...args: unknown[]) => unknown
type Args = Readonly<Record<string, unknown>>

/** Names of calls by their signatures. */
const names = new Map<Signature, string>()

function nameOf(signature: Signature): string {
  if (names.size < declarations.size) {
    for (const [name, { signatures }] of declarations) for (const each of signatures) names.set(each, name)
  }
  return names.get(signature) ?? signature.name
}

const isTraced = (value: unknown): value is TracedTensor => value instanceof TracedTensor

/** True for a traced tensor, and a list with one. */
const holdsTraced = (value: unknown): boolean => isTraced(value) || (Array.isArray(value) && value.some(holdsTraced))

/** True for one whose size depends on values. */
const holdsUnsized = (value: unknown): boolean =>
  isTraced(value) ? !value.isSized : Array.isArray(value) && value.some(holdsUnsized)

/** An argument as the example has it. */
const realOf = (value: unknown): unknown => {
  if (isTraced(value)) return value.real
  return Array.isArray(value) && holdsTraced(value) ? value.map(realOf) : value
}

/** Every tensor of a result in its own form, as `of` makes it. */
function mapTensors(result: unknown, of: (tensor: Tensor) => unknown): unknown {
  if (result instanceof Tensor || isTraced(result)) return of(result as Tensor)
  if (Array.isArray(result)) return result.map((each) => mapTensors(each, of))
  if (typeof result !== 'object' || result === null) return result
  const entries = Reflect.ownKeys(result).map((key) => [key, (result as Record<symbol | string, unknown>)[key]])
  return Object.fromEntries(entries.map(([key, value]) => [key, mapTensors(value, of)])) as unknown
}

function tensorsOf(result: unknown): Tensor[] {
  const list: Tensor[] = []
  mapTensors(result, (tensor) => list.push(tensor))
  return list
}

const withoutCounterpart = (name: string, row: Row | undefined): Error =>
  missing(name, row !== undefined && 'reason' in row ? row.reason : 'this exporter does not know it')

export class GraphTracer {
  /** All traced tensors, for calls in place. */
  readonly #all: WeakRef<TracedTensor>[] = []

  constructor(readonly graph: Graph) {}

  traces(value: unknown): boolean {
    return isTraced(value)
  }

  /** A traced tensor of the graph. */
  wrap(value: Value, real: Tensor, isSized = true): TracedTensor {
    const traced = new TracedTensor(value, real, isSized)
    this.#all.push(new WeakRef(traced))
    return traced
  }

  call(signature: Signature, values: readonly unknown[], body: Body): unknown {
    if (!values.some(holdsTraced)) return body(...values)
    const name = nameOf(signature)
    const { parameters } = signature
    const row = rows.get(name)
    if (signature.name.endsWith('_') || (row !== undefined && 'isWrite' in row))
      return this.#inPlace(name, signature, values, body)
    const written = parameters.findIndex((each) => each.name === 'inplace')
    if (written < 0 || values[written] !== true) return this.#apply(name, signature, values, body)
    const others = values.map((value, i) => (i === written ? false : value))
    return this.#write(name, values[0], this.#apply(name, signature, others, body))
  }

  #apply(name: string, signature: Signature, values: readonly unknown[], body: Body): unknown {
    const row = rows.get(name)
    if (row === undefined || 'reason' in row || 'isConstant' in row) throw withoutCounterpart(name, row)
    const result = noGrad(() => body(...values.map(realOf)))
    if ('isQuery' in row) {
      const unsized = values.find(holdsUnsized)
      if (isTraced(unsized)) sizesOf(unsized)
      return result
    }
    // The very same tensor, as of `contiguous()`.
    const same = values.find((value) => isTraced(value) && value.real === result)
    if (same !== undefined) return same
    const args: Args = Object.fromEntries(signature.parameters.map((each, i) => [each.name, values[i]]))
    const isUnsized = ('emit' in row && row.isUnsized === true) || values.some(holdsUnsized)
    const emit = new Emit(this.graph, signature.name, result, !isUnsized)
    const made = 'code' in row ? row.code(args as never) : row.emit(emit, args as never)
    const found = ('code' in row ? tensorsOf(made) : [made].flat()) as (Value | Tensor)[]
    let count = 0
    const wrapped = mapTensors(result, (real) => {
      const one = found[count++]
      if (one === undefined) throw new Error(`internal: onnx has too few results of ${name}`)
      const value = one instanceof Value ? one : emit.of(one)
      const isSized = !isUnsized && !holdsUnsized(one)
      return this.wrap(emit.cast(value, real.dtype), real, isSized || real.dim() === 0)
    })
    return wrapped
  }

  /** A call in place: the target is another value from now on. */
  #inPlace(name: string, signature: Signature, values: readonly unknown[], body: Body): unknown {
    const [target, ...others] = values
    if (!isTraced(target)) {
      throw new Error(
        `onnx.export: ${signature.name} writes to a tensor of the model, which ONNX cannot; ` +
          'export in evaluation mode, or compute a new tensor'
      )
    }
    if (rows.has(name)) {
      // The example's own bytes stay as they are.
      const onCopy: Body = (first, ...rest) => body((first as Tensor).clone(), ...rest)
      return this.#write(signature.name, target, this.#apply(name, signature, values, onCopy))
    }
    const plain = name.replace(/^Tensor\./, '').slice(0, -1)
    const key = [plain, `Tensor.${plain}`].find((each) => declarations.has(each))
    const row = key === undefined ? undefined : rows.get(key)
    const declaration = key === undefined ? undefined : declarations.get(key)
    if (declaration === undefined || row === undefined || 'reason' in row) throw withoutCounterpart(name, row)
    noGrad(() => body(target.real.clone(), ...others.map(realOf)))
    const keywords = Object.fromEntries(signature.parameters.slice(1).map((each, i) => [each.name, others[i]]))
    return this.#write(signature.name, target, (declaration.call as Call)(target, keywords))
  }

  #write(writer: string, target: unknown, result: unknown): unknown {
    const [to, from] = [target as TracedTensor, result as TracedTensor]
    const emit = new Emit(this.graph, writer, from.real, true)
    const value = emit.cast(from.read(writer), to.dtype)
    for (const each of this.#all) {
      const other = each.deref()
      if (other !== undefined && other !== to && sharesStorage(other.real, to.real)) other.expire(writer)
    }
    to.become(value, from.real.to(to.dtype))
    return to
  }
}

/** Runs `body` while `tracer` hears public calls. */
export function traced<Result>(tracer: GraphTracer, body: () => Result): Result {
  const before = tracing.tracer
  tracing.tracer = tracer
  try {
    return noGrad(body as () => unknown) as Result
  } finally {
    tracing.tracer = before
  }
}
