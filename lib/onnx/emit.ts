// What the row of an op writes with: nodes of one call, and values of its arguments in the dtypes that kernels take.

import { type DType, type Shape, type Tensor, tensor } from '../index'
import { onnxTypes } from './dtypes'
import { type Attributes, type Graph, type Value } from './graph'
import { TracedTensor, sizesOf } from './traced'

/** An argument of a call that is a tensor or a number. */
export type Operand = Tensor | number | bigint | boolean

/** The dtype that computes for one of storage: ONNX Runtime has no kernels for others. */
export const computing = (dtype: DType): DType => {
  if (dtype === 'bool' || dtype === 'uint8' || dtype === 'int8' || dtype === 'int16') return 'int32'
  return dtype === 'float16' || dtype === 'bfloat16' ? 'float32' : dtype
}

export class Emit {
  constructor(
    private readonly graph: Graph,
    /** The public name of the call. */
    readonly call: string,
    /** What the call gives for the example: tensors in its own form. */
    private readonly result: unknown,
    /** False where its shape depends on values. */
    private readonly isSized: boolean
  ) {}

  /** All tensors that the call gives, where it gives a list. */
  get list(): readonly Tensor[] {
    sizesOf({ isSized: this.isSized, real: this.first })
    return this.result as readonly Tensor[]
  }

  /** The shape of the first. */
  get shape(): Shape {
    return sizesOf({ isSized: this.isSized, real: this.first })
  }

  /** The first tensor that the call gives. */
  get first(): Tensor {
    const { result } = this
    if (Array.isArray(result)) return result[0] as Tensor
    return typeof result === 'object' && result !== null && 'values' in result
      ? (result.values as Tensor)
      : (result as Tensor)
  }

  /** The dtype of the result. */
  get dtype(): DType {
    return this.first.dtype
  }

  /** The dtype that computes the result. */
  get computes(): DType {
    return computing(this.dtype)
  }

  /** A node of one output. */
  add(type: string, inputs: readonly (Value | null)[], dtype: DType, attributes: Attributes = {}): Value {
    return this.graph.node(type, inputs, [dtype], attributes, this.call)[0]
  }

  /** A node of several outputs. */
  several(
    type: string,
    inputs: readonly (Value | null)[],
    dtypes: readonly DType[],
    attributes: Attributes = {}
  ): readonly Value[] {
    return this.graph.node(type, inputs, dtypes, attributes, this.call)
  }

  /** A value in another dtype. */
  cast(value: Value, dtype: DType): Value {
    if (value.dtype === dtype) return value
    // Narrow integers wrap around, and what is cast to them from a float goes through int32.
    const isNarrow = dtype === 'uint8' || dtype === 'int8' || dtype === 'int16'
    const isFloat = /float/.test(value.dtype)
    const from = isNarrow && isFloat ? this.cast(value, 'int32') : value
    return this.add('Cast', [from], dtype, { to: onnxTypes[dtype] })
  }

  /** The value of an argument, in a dtype if one is named. */
  of(operand: Operand, dtype?: DType): Value {
    if (typeof operand !== 'object') return this.scalar(operand, dtype ?? this.dtype)
    const value =
      (operand as unknown) instanceof TracedTensor
        ? (operand as unknown as TracedTensor).read(this.call)
        : this.graph.constant(operand)
    return dtype === undefined ? value : this.cast(value, dtype)
  }

  /** A constant without dims. */
  scalar(number: number | bigint | boolean, dtype: DType): Value {
    return this.graph.constant(tensor(number, { dtype }))
  }

  /** A constant line of int64. */
  ints(numbers: readonly number[]): Value {
    return this.graph.constant(tensor(BigInt64Array.from(numbers, BigInt)))
  }

  /** A name of ONNX that is new in an opset; throws where the export asks for an older one. */
  since(opset: number, type: string): string {
    if (this.graph.opset >= opset) return type
    throw new Error(
      `onnx.export: ${this.call} needs ONNX's ${type}, which is new in opset ${opset}; pass { opset: ${opset} }`
    )
  }

  /** Some elements of a dim, from `start` to `end` (exclusive). */
  slice(value: Value, dim: number, start: number, end: number, step = 1): Value {
    const lists = [[start], [end], [dim], [step]].map((list) => this.ints(list))
    return this.add('Slice', [value, ...lists], value.dtype)
  }

  /** Dims reduced by one of ONNX's reductions, whose dims became an input in some opset. */
  reduce(type: string, value: Value, dims: readonly number[], keepdim: boolean, dtype = value.dtype): Value {
    const keepdims = keepdim ? 1 : 0
    // No dims would mean all of them, or nothing.
    if (dims.length === 0) return value
    if (this.graph.opset >= 18 || type === 'ReduceSum') {
      return this.add(type, [value, this.ints(dims)], dtype, { keepdims })
    }
    return this.add(type, [value], dtype, { keepdims, axes: dims })
  }

  /** The same values in another shape. */
  reshape(value: Value, shape: readonly number[]): Value {
    return this.add('Reshape', [value, this.ints(shape)], value.dtype, shape.includes(0) ? { allowzero: 1 } : {})
  }
}
