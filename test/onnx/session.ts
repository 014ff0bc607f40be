// Runs exported models in ONNX Runtime, and compares what they give.

import * as ort from 'onnxruntime-node'
import { type DType, Tensor } from '../../lib'
import { TracedTensor } from '../../lib/onnx/traced'

/** What ONNX Runtime calls a dtype. */
const types: Partial<Record<DType, ort.Tensor.Type>> = {
  float32: 'float32',
  float64: 'float64',
  int64: 'int64',
  int32: 'int32',
  int16: 'int16',
  int8: 'int8',
  uint8: 'uint8',
  bool: 'bool'
}

export interface Result {
  readonly name: string
  readonly shape: readonly number[]
  readonly type: string
  readonly data: readonly number[]
}

/** A value of ONNX Runtime of a tensor; halves are none of JavaScript's. */
const fed = (x: Tensor): ort.Tensor => {
  const type = types[x.dtype]
  if (type === undefined) throw new Error(`the tests feed no ${x.dtype}`)
  return new ort.Tensor(type, x.detach().toTypedArray() as ort.Tensor.DataTypeMap['float32'], [...x.shape])
}

/** The outputs of a model, a file or its bytes, for inputs in their order. */
export async function run(model: string | Uint8Array, inputs: readonly Tensor[]): Promise<Result[]> {
  const options: ort.InferenceSession.SessionOptions = { logSeverityLevel: 4, intraOpNumThreads: 1 }
  const session = await (typeof model === 'string'
    ? ort.InferenceSession.create(model, options)
    : ort.InferenceSession.create(model, { ...options, graphOptimizationLevel: 'disabled' }))
  try {
    const feeds = Object.fromEntries(session.inputNames.map((name, i) => [name, fed(inputs[i])]))
    const outputs = await session.run(feeds)
    return session.outputNames.map((name) => {
      const { dims, type, data } = outputs[name]
      return { name, shape: [...dims], type, data: Array.from(data as Iterable<number | bigint>, Number) }
    })
  } finally {
    await session.release()
  }
}

/** All tensors of a result, however it holds them. */
export function tensorsOf(value: unknown): Tensor[] {
  if (value instanceof Tensor || value instanceof TracedTensor) return [value as Tensor]
  if (typeof value !== 'object' || value === null) return []
  const list =
    Array.isArray(value) || !(Symbol.iterator in value) ? Object.values(value) : [...(value as Iterable<unknown>)]
  return list.flatMap(tensorsOf)
}

/** Where results differ by more than 1e-5, of what is above 1 relatively; null where they agree. */
export function difference(results: readonly Result[], expected: readonly Tensor[]): string | null {
  if (results.length !== expected.length) return `${results.length} results instead of ${expected.length}`
  for (const [i, want] of expected.entries()) {
    const { shape, data, type } = results[i]
    if (String(shape) !== String(want.shape))
      return `result ${i} has shape [${shape.join(', ')}], not [${want.shape.join(', ')}]`
    if (types[want.dtype] !== undefined && type !== types[want.dtype])
      return `result ${i} is ${type}, not ${want.dtype}`
    const values = Array.from(want.detach().toTypedArray() as ArrayLike<number | bigint>, Number)
    const at = values.findIndex((value, k) => !isClose(data[k], value))
    if (at >= 0) return `element ${at} of result ${i} is ${data[at]}, not ${values[at]}`
  }
  return null
}

const isClose = (got: number, want: number): boolean =>
  got === want || Object.is(got, want) || Math.abs(got - want) <= 1e-5 * Math.max(1, Math.abs(want))
