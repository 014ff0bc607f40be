// onnx.export: a module or a function of tensors as a file of ONNX.

import { basename } from 'node:path'
import { writeFileSync } from 'node:fs'
import { Tensor, equal, getRngState, indexSelect, nn, setRngState, tensor } from '../index'
import { isList, kindText, wrongKind } from '../kinds'
import { Signature, isKeywords } from '../signature'
import { type Trace, merge, sizesOf } from './dynamic'
import { Graph } from './graph'
import { type Dims, write } from './model'
import { TracedTensor } from './traced'
import { GraphTracer, traced } from './tracer'

/** A module, or a function of tensors that is not asynchronous. */
export type Exportable = nn.AnyModule | ((...inputs: never[]) => unknown)

/** Names of dims by their numbers, or the numbers of dims, of inputs and outputs by their names. */
export type DynamicAxes = Readonly<Record<string, readonly number[] | Readonly<Record<number, string>>>>

export interface ExportOptions {
  /** Names of the inputs in their order: 'input', or 'input_0' and so on, unless told otherwise. */
  readonly inputNames?: readonly string[] | null
  /** Names of the outputs in their order: 'output', or 'output_0' and so on, unless told otherwise. */
  readonly outputNames?: readonly string[] | null
  /** Dims whose sizes may differ from the example's: `{ input: { 0: 'batch' } }`. Dims of one name are equal. */
  readonly dynamicAxes?: DynamicAxes | null
  /** The version of ONNX's operators, from 17 to 23: 18 unless told otherwise. */
  readonly opset?: number
  /** Whether the values of parameters are in the file; without, they are inputs. */
  readonly exportParams?: boolean
  /** Whether parameters are inputs, too, so that a session may be given others. */
  readonly keepInitializersAsInputs?: boolean
  /** Whether tensors of 1024 bytes and more stand in a second file, `file.data`; needed from 2 GiB on. */
  readonly externalData?: boolean
  /** The mode in which a module is traced: 'eval' unless told otherwise; 'preserve' leaves it as it is. */
  readonly training?: 'eval' | 'train' | 'preserve'
  /** What the model says about itself. */
  readonly docString?: string
  /** Names and values that the model carries. */
  readonly metadata?: Readonly<Record<string, string>>
}

const signature = new Signature(
  'export(model: any, args: any, file: str? = null, *, inputNames: object? = null, outputNames: object? = null, ' +
    'dynamicAxes: object? = null, opset: int = 18, exportParams: bool = true, keepInitializersAsInputs: bool = false, ' +
    "externalData: bool = false, training: str = 'eval', docString: str = '', metadata: object? = null)"
)

const [FIRST_OPSET, LAST_OPSET] = [17, 23]

/**
 * Writes a module or a function as a model of ONNX, and returns its bytes. `args` is an example of the inputs: a
 * tensor, or a list of what the function takes. The function runs with it, and every public call that it makes of
 * tensors is written down; numbers, conditions and loops are those of the example. `file` null writes no file.
 */
export function exportModel(
  model: Exportable,
  args: Tensor | readonly unknown[],
  file?: string | null,
  options?: ExportOptions
): Uint8Array
export function exportModel(...given: readonly unknown[]): Uint8Array {
  const values: readonly unknown[] = signature.read(given)
  const [model, args, file] = values as [unknown, unknown, string | null]
  const settings = settingsOf(values)
  const run = runnerOf(model)
  const inputs = flat(isList(args) ? args : [args], 'args')
  if (inputs.length === 0) throw new TypeError('onnx.export: args hold no Tensor; pass an example of the inputs')
  const inputNames = namesOf(settings.inputNames, inputs.length, 'input')
  const symbols = symbolsOf(settings.dynamicAxes, inputNames, inputs)
  const result = inMode(model, settings.training, () => traceAll(run, args, inputs, symbols, model, settings.opset))
  return written(result, { ...settings, inputNames, symbols, inputs, file, model })
}

// ---- settings ----

interface Settings {
  readonly inputNames: readonly string[] | null
  readonly outputNames: readonly string[] | null
  readonly dynamicAxes: Readonly<Record<string, unknown>>
  readonly opset: number
  readonly exportParams: boolean
  readonly keepInitializersAsInputs: boolean
  readonly externalData: boolean
  readonly training: string
  readonly docString: string
  readonly metadata: Readonly<Record<string, string>>
}

function settingsOf(values: readonly unknown[]): Settings {
  const record = Object.fromEntries(signature.parameters.map(({ name }, i) => [name, values[i]]))
  const { file, inputNames, outputNames, dynamicAxes, opset, externalData, training, metadata } = record
  for (const [name, list] of Object.entries({ inputNames, outputNames })) {
    if (list === null || (isList(list) && list.every((each) => typeof each === 'string'))) continue
    throw wrongKind('onnx.export', name, 'an array of strings', list)
  }
  for (const [name, each] of Object.entries({ dynamicAxes, metadata })) {
    if (each !== null && !isKeywords(each)) throw wrongKind('onnx.export', name, 'an object', each)
  }
  for (const [key, value] of Object.entries(metadata ?? {})) {
    if (typeof value !== 'string') throw wrongKind('onnx.export', `metadata.${key}`, 'a string', value)
  }
  if ((opset as number) < FIRST_OPSET || (opset as number) > LAST_OPSET) {
    throw new RangeError(`onnx.export: opset must be from ${FIRST_OPSET} to ${LAST_OPSET}, got ${String(opset)}`)
  }
  if (!['eval', 'train', 'preserve'].includes(training as string)) {
    throw new RangeError(`onnx.export: training must be 'eval', 'train' or 'preserve', got '${String(training)}'`)
  }
  if (externalData === true && file === null) {
    throw new TypeError('onnx.export: externalData needs a file, beside which the data stand')
  }
  return { ...record, dynamicAxes: dynamicAxes ?? {}, metadata: metadata ?? {} } as unknown as Settings
}

type Run = (...args: readonly unknown[]) => unknown

function runnerOf(model: unknown): Run {
  if (model instanceof nn.Module) return (...args) => (model.forward as Run)(...args)
  if (typeof model === 'function') return model as Run
  throw wrongKind('onnx.export', 'model', 'a Module or a function', model)
}

/** Runs `body` with all of a module in a mode, and leaves each part in the one that it had. */
function inMode<Result>(model: unknown, mode: string, body: () => Result): Result {
  if (!(model instanceof nn.Module) || mode === 'preserve') return body()
  const before = [...model.modules()].map((each) => [each, each.training] as const)
  model.train(mode === 'train')
  try {
    return body()
  } finally {
    for (const [each, training] of before) if (each.training !== training) setMode(each, training, before)
  }
}

/** `train` reaches all below, whose modes are put back after it. */
function setMode(module: nn.Module, training: boolean, all: readonly (readonly [nn.Module, boolean])[]): void {
  const below = new Set<nn.Module>(module.modules())
  const kept = all
    .filter(([each]) => each !== module && below.has(each))
    .map(([each]) => [each, each.training] as const)
  module.train(training)
  for (const [each, was] of kept.reverse()) if (each.training !== was) each.train(was)
}

function namesOf(given: readonly string[] | null, count: number, kind: 'input' | 'output'): string[] {
  const names = given ?? Array.from({ length: count }, (_, i) => (count === 1 ? kind : `${kind}_${i}`))
  if (names.length !== count) {
    throw new RangeError(`onnx.export: ${kind}Names has ${names.length} names, but there are ${count} ${kind}s`)
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new RangeError(`onnx.export: ${kind}Names has '${twice}' twice`)
  return [...names]
}

// ---- structures of tensors ----

const isTensor = (value: unknown): value is Tensor => value instanceof Tensor

/** All tensors of a structure in their order. */
function flat(value: unknown, what: string): Tensor[] {
  if (isTensor(value)) return [value]
  if (isList(value)) return value.flatMap((each) => flat(each, what))
  if (isKeywords(value)) return Object.values(value).flatMap((each) => flat(each, what))
  return []
}

/** A structure with other tensors in place of its own. */
function replaced(value: unknown, next: () => unknown): unknown {
  if (isTensor(value)) return next()
  if (isList(value)) return value.map((each) => replaced(each, next))
  if (!isKeywords(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replaced(each, next)]))
}

interface Output {
  /** Where it stands in what the function gives: its key where that is an object. */
  readonly key: string | null
  readonly value: Tensor | TracedTensor
}

function outputsOf(value: unknown, key: string | null = null): Output[] {
  if (isTensor(value) || value instanceof TracedTensor) return [{ key, value }]
  if (isList(value)) return value.flatMap((each) => outputsOf(each))
  if (isKeywords(value) || (typeof value === 'object' && value !== null && Symbol.iterator in value)) {
    return Object.entries(value as object).flatMap(([name, each]) => outputsOf(each, name))
  }
  throw new TypeError(
    `onnx.export: the function gives ${kindText(value)}; it must give Tensors, or arrays and objects of them`
  )
}

// ---- sizes that may differ ----

/** A dim, or dims that are equal, whose size may differ. */
interface DynamicSize {
  readonly name: string
  readonly size: number
  readonly at: { readonly input: number; readonly dim: number }[]
}

function symbolsOf(
  axes: Readonly<Record<string, unknown>>,
  names: readonly string[],
  inputs: readonly Tensor[]
): DynamicSize[] {
  const symbols = new Map<string, DynamicSize>()
  for (const [name, dims] of Object.entries(axes)) {
    const input = names.indexOf(name)
    if (input < 0) continue
    for (const [dim, symbol] of dimsOf(dims, name)) {
      const { shape } = inputs[input]
      const d = dim < 0 ? dim + shape.length : dim
      if (d < 0 || d >= shape.length) {
        throw new RangeError(
          `onnx.export: dynamicAxes names dim ${dim} of '${name}', which has shape [${shape.join(', ')}]`
        )
      }
      const known = symbols.get(symbol) ?? { name: symbol, size: shape[d], at: [] }
      if (known.size !== shape[d]) {
        throw new RangeError(
          `onnx.export: dynamicAxes calls dims of sizes ${known.size} and ${shape[d]} '${symbol}'; dims of one name are equal`
        )
      }
      known.at.push({ input, dim: d })
      symbols.set(symbol, known)
    }
  }
  return [...symbols.values()]
}

/** Dims and their names, as PyTorch takes them: a list of dims makes names. */
function dimsOf(dims: unknown, name: string): (readonly [number, string])[] {
  if (isList(dims)) {
    return dims.map((dim) => {
      if (!Number.isInteger(dim)) throw wrongKind('onnx.export', `dynamicAxes.${name}`, 'an array of integers', dims)
      return [dim as number, `${name}_dim_${String(dim)}`] as const
    })
  }
  if (!isKeywords(dims)) throw wrongKind('onnx.export', `dynamicAxes.${name}`, 'an array or an object', dims)
  return Object.entries(dims).map(([dim, symbol]) => {
    if (!Number.isInteger(Number(dim)) || typeof symbol !== 'string') {
      throw new TypeError(
        `onnx.export: dynamicAxes.${name} must have numbers of dims and their names, as { 0: 'batch' }`
      )
    }
    return [Number(dim), symbol] as const
  })
}

/** The inputs with another size: rows of the example, repeated. */
function resized(inputs: readonly Tensor[], { at, size }: DynamicSize, other: number): Tensor[] {
  const rows = tensor(BigInt64Array.from({ length: other }, (_, i) => BigInt(i % size)))
  const next = [...inputs]
  for (const { input, dim } of at) next[input] = indexSelect(next[input].detach(), dim, rows)
  return next
}

// ---- traces ----

interface Traced {
  readonly traces: readonly Trace[]
  /** The keys of the outputs. */
  readonly keys: readonly (string | null)[]
}

function traceAll(
  run: Run,
  args: unknown,
  inputs: readonly Tensor[],
  symbols: readonly DynamicSize[],
  model: unknown,
  opset: number
): Traced {
  const names = parameterNames(model)
  let keys: readonly (string | null)[] = []
  const trace = (tensors: readonly Tensor[], text: string): Trace => {
    const graph = new Graph(names, opset)
    const found = traceOnce(run, args, tensors, graph)
    if (text === '') keys = found
    return { graph, text }
  }
  const random = getRngState()
  const traces = [trace(inputs, '')]
  if (!equal(random, getRngState())) {
    setRngState(random)
    throw new Error(
      'onnx.export: the function draws random numbers, which would be those of the example; export in evaluation mode'
    )
  }
  for (const symbol of symbols) traces.push(...tracesOf(symbol, inputs, trace))
  merge(traces.map((each, i) => (i === 0 ? { ...each, text: 'the sizes are those of the example' } : each)))
  return { traces, keys }
}

/** The traces with two other sizes: without a common factor if that runs, so that roundings show. */
function tracesOf(
  symbol: DynamicSize,
  inputs: readonly Tensor[],
  trace: (tensors: readonly Tensor[], text: string) => Trace
): Trace[] {
  const { name, size } = symbol
  if (size === 0) throw new RangeError(`onnx.export: dim '${name}' is dynamic, but has size 0 in the example`)
  const textOf = (other: number): string => `dim '${name}' is ${other} in place of ${size}`
  const traceAt = (other: number): Trace => trace(resized(inputs, symbol, other), textOf(other))
  try {
    return [size + 1, 2 * size + 1].map(traceAt)
  } catch (error) {
    try {
      return [2 * size, 3 * size].map(traceAt)
    } catch {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(
        `onnx.export: the function does not run where ${textOf(size + 1)}: ${reason}; ` +
          'give dims that must be equal one name in dynamicAxes',
        { cause: error }
      )
    }
  }
}

function parameterNames(model: unknown): Map<Tensor, string> {
  const names = new Map<Tensor, string>()
  if (!(model instanceof nn.Module)) return names
  for (const [name, each] of [...model.namedParameters(), ...model.namedBuffers()]) names.set(each, name)
  return names
}

/** In place of a size that depends on values. */
const UNKNOWN = -1

/** One run of the function; returns the keys of its outputs. */
function traceOnce(run: Run, args: unknown, inputs: readonly Tensor[], graph: Graph): (string | null)[] {
  const tracer = new GraphTracer(graph)
  const tensors = inputs.map((input) => tracer.wrap(graph.input(input.dtype, input.shape), input.detach()))
  let next = 0
  const given = replaced(isList(args) ? args : [args], () => tensors[next++]) as readonly unknown[]
  const result = traced(tracer, () => run(...given))
  const outputs = outputsOf(result)
  if (outputs.length === 0) throw new TypeError('onnx.export: the function gives no Tensor')
  const taken = new Set(graph.inputs)
  graph.outputs = outputs.map(({ value }) => {
    const real = value instanceof TracedTensor ? value.real : value
    const read = value instanceof TracedTensor ? value.read('the output') : graph.constant(value)
    // An output has a name of its own.
    const isOwn = read.source !== null && 'inputs' in read.source && !taken.has(read)
    const own = isOwn ? read : graph.node('Identity', [read], [read.dtype], {}, 'output')[0]
    const isSized = !(value instanceof TracedTensor) || value.isSized
    own.sizes = isSized ? real.shape : real.shape.map(() => UNKNOWN)
    taken.add(own)
    return own
  })
  const changed = graph.changedConstant()
  if (changed !== null) {
    throw new Error(
      `onnx.export: the function writes to ${changed} after reading it, which ONNX cannot; compute a new tensor`
    )
  }
  return outputs.map(({ key }) => key)
}

// ---- the file ----

interface Finished extends Settings {
  readonly inputNames: readonly string[]
  readonly symbols: readonly DynamicSize[]
  readonly inputs: readonly Tensor[]
  readonly file: string | null
  readonly model: unknown
}

function written({ traces, keys }: Traced, finished: Finished): Uint8Array {
  const [{ graph }] = traces
  const { inputs, inputNames, symbols, file, externalData } = finished
  const isKeyed = keys.every((key, i) => key !== null && keys.indexOf(key) === i)
  const outputNames = namesOf(finished.outputNames ?? (isKeyed ? (keys as string[]) : null), keys.length, 'output')
  const clash = outputNames.find((name) => inputNames.includes(name))
  if (clash !== undefined) throw new RangeError(`onnx.export: '${clash}' names an input and an output`)
  checkAxes(finished.dynamicAxes, [...inputNames, ...outputNames])
  const { model, data } = write(graph, {
    ...finished,
    inputs: inputs.map(({ shape }, i) => ({ name: inputNames[i], dims: inputDims(shape, i, symbols) })),
    outputs: outputNames.map((name, i) => ({ name, dims: outputDims(traces, i, finished, name) })),
    graphName: finished.model instanceof nn.Module ? finished.model.constructor.name : 'function',
    dataFile: externalData ? `${basename(file!)}.data` : null
  })
  if (file !== null) {
    writeFileSync(file, model)
    if (externalData) writeFileSync(`${file}.data`, Buffer.concat(data))
  }
  return model
}

function checkAxes(axes: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const unknown = Object.keys(axes).find((name) => !names.includes(name))
  if (unknown === undefined) return
  throw new RangeError(`onnx.export: dynamicAxes names '${unknown}', which is none of ${names.join(', ')}`)
}

const inputDims = (shape: readonly number[], input: number, symbols: readonly DynamicSize[]): Dims =>
  shape.map(
    (size, dim) => symbols.find(({ at }) => at.some((each) => each.input === input && each.dim === dim))?.name ?? size
  )

/** Sizes that differ between traces get the name of what they are equal to, or one of their own. */
function outputDims(traces: readonly Trace[], output: number, finished: Finished, name: string): Dims {
  const sizes = sizesOf(traces, output)
  const given = new Map(name in finished.dynamicAxes ? dimsOf(finished.dynamicAxes[name], name) : [])
  return sizes[0].map((size, dim) => {
    const isSame = size !== UNKNOWN && sizes.every((each) => each[dim] === size)
    if (isSame) return size
    const own = given.get(dim) ?? given.get(dim - sizes[0].length)
    if (own !== undefined) return own
    const same = finished.symbols.find(({ at: [{ input, dim: d }] }) =>
      traces.every(({ graph }, t) => graph.inputs[input].sizes![d] === sizes[t][dim])
    )
    return same?.name ?? `${name}_dim_${dim}`
  })
}
