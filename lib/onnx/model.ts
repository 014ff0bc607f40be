// A finished graph as the bytes of a file, and of its external data.

import type * as Protobuf from '@bufbuild/protobuf'
import type { DType, Tensor } from '../index'
import { requirePeer } from '../peer'
import { elementBytes } from './bytes'
import { onnxTypes } from './dtypes'
import type * as Messages from './generated/onnx_pb'
import { type Attribute, type Graph, type Node, Real, type Value } from './graph'

/** The name or the size of each dim. */
export type Dims = readonly (string | number)[]

export interface ModelOptions {
  readonly inputs: readonly { readonly name: string; readonly dims: Dims }[]
  readonly outputs: readonly { readonly name: string; readonly dims: Dims }[]
  readonly graphName: string
  readonly docString: string
  readonly metadata: Readonly<Record<string, string>>
  readonly exportParams: boolean
  readonly keepInitializersAsInputs: boolean
  /** The name of the file of external data, null for none. */
  readonly dataFile: string | null
}

/** The version of the format that an opset came with. */
const irVersions: readonly (readonly [opset: number, version: number])[] = [
  [23, 11],
  [21, 10],
  [19, 9],
  [17, 8]
]

/** Smaller tensors stand in the model itself, as PyTorch has it. */
const LEAST_EXTERNAL = 1024
/** Where tensors begin in the file of external data, so that it can be mapped. */
const ALIGNMENT = 4096
/** What a message of protobuf can hold, and some room for all but tensors. */
const MOST_BYTES = 2 ** 31 - 2 ** 20

type Constant = Value & { readonly source: Tensor }

const isConstant = (value: Value): value is Constant => value.source !== null && !('inputs' in value.source)

export interface Written {
  readonly model: Uint8Array
  /** Chunks of the external data in their order, none without. */
  readonly data: readonly Uint8Array[]
}

/** The model of a graph. */
export function write(graph: Graph, options: ModelOptions): Written {
  const protobuf = requirePeer<typeof Protobuf>('@bufbuild/protobuf', 'ONNX export')
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it needs the peer
  const messages = require('./generated/onnx_pb') as typeof Messages
  return new Writer(graph, options, protobuf, messages).write()
}

class Writer {
  readonly #names = new Map<Value, string>()
  readonly #taken = new Set<string>()
  readonly #initializers = new Map<string, Value>()
  readonly #data: Uint8Array[] = []
  #offset = 0

  constructor(
    readonly graph: Graph,
    readonly options: ModelOptions,
    readonly protobuf: typeof Protobuf,
    readonly messages: typeof Messages
  ) {}

  write(): Written {
    const { graph, options, protobuf, messages } = this
    const nodes = reached(graph)
    this.#nameAll(nodes)
    const node = nodes.map((each, i) => this.#node(each, i))
    const { inputs, outputs } = options
    const initializers = [...this.#initializers].map(([, value]) => value as Constant)
    const parameters = initializers.filter((value) => graph.names.has(value.source))
    if (options.dataFile === null) checkSize(initializers)
    const isLeftOut = (value: Constant): boolean => !options.exportParams && graph.names.has(value.source)
    const shown = options.exportParams && !options.keepInitializersAsInputs ? [] : parameters
    const model = protobuf.create(messages.ModelProtoSchema, {
      irVersion: BigInt(irVersions.find(([opset]) => graph.opset >= opset)![1]),
      opsetImport: [{ domain: '', version: BigInt(graph.opset) }],
      producerName: 'dyngrad',
      docString: options.docString,
      metadataProps: Object.entries(options.metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name: options.graphName,
        node,
        initializer: initializers.filter((value) => !isLeftOut(value)).map((value) => this.#tensor(value)),
        input: [
          ...inputs.map(({ name, dims }, i) => this.#info(name, graph.inputs[i].dtype, dims)),
          ...shown.map((value) => this.#info(this.#nameOf(value), value.dtype, value.source.shape))
        ],
        output: outputs.map(({ name, dims }, i) => this.#info(name, graph.outputs[i].dtype, dims))
      }
    })
    return { model: protobuf.toBinary(messages.ModelProtoSchema, model), data: this.#data }
  }

  // ---- names ----

  #nameAll(nodes: readonly Node[]): void {
    const { graph, options } = this
    options.inputs.forEach(({ name }, i) => this.#give(graph.inputs[i], name))
    options.outputs.forEach(({ name }, i) => this.#give(graph.outputs[i], name))
    const counts = new Map<string, number>()
    for (const { type, outputs } of nodes) {
      const count = counts.get(type) ?? 0
      counts.set(type, count + 1)
      outputs.forEach((output, i) => {
        if (!this.#names.has(output)) this.#give(output, this.#free(`${type}_${count}${i === 0 ? '' : `_${i}`}`))
      })
    }
  }

  #give(value: Value, name: string): void {
    this.#taken.add(name)
    this.#names.set(value, name)
  }

  #free(name: string): string {
    let free = name
    for (let i = 1; this.#taken.has(free); i++) free = `${name}.${i}`
    return free
  }

  #nameOf(value: Value): string {
    const known = this.#names.get(value)
    if (known !== undefined) return known
    if (!isConstant(value)) throw new Error('internal: onnx reads a value that nothing makes')
    // Constants of the same elements are one.
    const { source } = value
    const isSmall = value.name === null && source.numel() <= 64
    const key = isSmall
      ? `${value.dtype} ${String(source.shape)} ${Buffer.from(elementBytes(source)).toString('hex')}`
      : ''
    const same = isSmall ? this.#initializers.get(key) : undefined
    if (same !== undefined) return this.#names.get(same)!
    const name = this.#free(value.name ?? `constant_${this.#initializers.size}`)
    this.#give(value, name)
    this.#initializers.set(isSmall ? key : name, value)
    return name
  }

  // ---- messages ----

  #node(node: Node, index: number): Messages.NodeProto {
    const { protobuf, messages } = this
    return protobuf.create(messages.NodeProtoSchema, {
      opType: node.type,
      name: `${node.call}_${index}`,
      input: node.inputs.map((input) => (input === null ? '' : this.#nameOf(input))),
      output: node.outputs.map((output) => this.#nameOf(output)),
      attribute: Object.entries(node.attributes).map(([name, value]) => this.#attribute(name, value))
    })
  }

  #attribute(name: string, value: Attribute): Messages.AttributeProto {
    const { AttributeProtoSchema: schema, AttributeProto_AttributeType: types } = this.messages
    const { create } = this.protobuf
    if (value instanceof Real) return create(schema, { name, type: types.FLOAT, f: value.value })
    if (typeof value === 'string') return create(schema, { name, type: types.STRING, s: Buffer.from(value) })
    if (typeof value === 'number') return create(schema, { name, type: types.INT, i: BigInt(value) })
    return create(schema, { name, type: types.INTS, ints: value.map(BigInt) })
  }

  #info(name: string, dtype: DType, dims: Dims): Messages.ValueInfoProto {
    const dim = dims.map((each) => ({
      value:
        typeof each === 'string'
          ? ({ case: 'dimParam', value: each } as const)
          : ({ case: 'dimValue', value: BigInt(each) } as const)
    }))
    const tensorType = { elemType: onnxTypes[dtype], shape: { dim } }
    return this.protobuf.create(this.messages.ValueInfoProtoSchema, {
      name,
      type: { value: { case: 'tensorType', value: tensorType } }
    })
  }

  #tensor(value: Constant): Messages.TensorProto {
    const { protobuf, messages, options } = this
    const about = {
      name: this.#nameOf(value),
      dataType: onnxTypes[value.dtype],
      dims: value.source.shape.map(BigInt)
    }
    const bytes = elementBytes(value.source)
    if (options.dataFile === null || bytes.byteLength < LEAST_EXTERNAL) {
      return protobuf.create(messages.TensorProtoSchema, { ...about, rawData: bytes })
    }
    const gap = (ALIGNMENT - (this.#offset % ALIGNMENT)) % ALIGNMENT
    if (gap > 0) this.#data.push(new Uint8Array(gap))
    const offset = this.#offset + gap
    this.#data.push(bytes)
    this.#offset = offset + bytes.byteLength
    const entries = { location: options.dataFile, offset, length: bytes.byteLength }
    return protobuf.create(messages.TensorProtoSchema, {
      ...about,
      dataLocation: messages.TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries(entries).map(([key, each]) => ({ key, value: String(each) }))
    })
  }
}

function checkSize(constants: readonly Constant[]): void {
  const bytes = constants.reduce((sum, { source }) => sum + source.numel() * source.elementSize(), 0)
  if (bytes <= MOST_BYTES) return
  throw new RangeError(
    `onnx.export: the tensors take ${bytes} bytes, but a file of ONNX holds less than 2 GiB; pass { externalData: true }`
  )
}

/** The nodes that outputs depend on. */
function reached({ nodes, outputs }: Graph): Node[] {
  const needed = new Set<Value>(outputs)
  const kept: Node[] = []
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue
    kept.push(node)
    for (const input of node.inputs) if (input !== null) needed.add(input)
  }
  return kept.reverse()
}
