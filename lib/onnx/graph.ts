// A graph of ONNX while it is traced: values, the nodes that make them, and constants. Knows nothing of files.

import type { DType, Shape, Tensor } from '../index'

/** An attribute that is a float; plain numbers are integers. */
export class Real {
  constructor(readonly value: number) {}
}

export type Attribute = number | string | Real | readonly number[]

export type Attributes = Readonly<Record<string, Attribute>>

/** What a node reads or makes. */
export class Value {
  /** The name that a user sees: of inputs, outputs, parameters. */
  name: string | null = null
  /** The shape in this trace, where it is known and depends on no values. */
  sizes: Shape | null = null

  constructor(
    readonly dtype: DType,
    /** Where it comes from: a node, a tensor that is there before, or null for an input. */
    readonly source: Node | Tensor | null
  ) {}
}

export interface Node {
  readonly type: string
  /** Null for an optional one that is left out. */
  readonly inputs: (Value | null)[]
  readonly attributes: Attributes
  readonly outputs: Value[]
  /** The public call that it was made for. */
  readonly call: string
}

/** The nodes of one trace in their order. */
export class Graph {
  readonly inputs: Value[] = []
  outputs: Value[] = []
  readonly nodes: Node[] = []
  /** Values of tensors that were there before, each with the version that it had. */
  readonly #known = new Map<Tensor, { readonly value: Value; readonly version: number }>()

  constructor(
    /** Those of a module's parameters and buffers. */
    readonly names: ReadonlyMap<Tensor, string>,
    readonly opset: number
  ) {}

  input(dtype: DType, sizes: Shape): Value {
    const value = new Value(dtype, null)
    value.sizes = sizes
    this.inputs.push(value)
    return value
  }

  /** The outputs of a new node, one for each dtype. */
  node(
    type: string,
    inputs: readonly (Value | null)[],
    dtypes: readonly DType[],
    attributes: Attributes,
    call: string
  ): readonly Value[] {
    const node: Node = { type, inputs: [...inputs], attributes, outputs: [], call }
    node.outputs.push(...dtypes.map((dtype) => new Value(dtype, node)))
    this.nodes.push(node)
    return node.outputs
  }

  /** The value of a tensor that is no traced one: a parameter, or a constant. */
  constant(tensor: Tensor): Value {
    const known = this.#known.get(tensor)
    if (known !== undefined) return known.value
    const value = new Value(tensor.dtype, tensor)
    value.name = this.names.get(tensor) ?? null
    value.sizes = tensor.shape
    this.#known.set(tensor, { value, version: tensor.version })
    return value
  }

  /** The name or shape of a constant that was written to after it was read; null where there is none. */
  changedConstant(): string | null {
    for (const [tensor, { value, version }] of this.#known) {
      if (tensor.version !== version) return value.name ?? `a tensor of shape [${tensor.shape.join(', ')}]`
    }
    return null
  }
}
