// Batches from samples: tensors get a dim of the batch in front, and what holds tensors keeps its form.

import { type Tensor, stack, tensor } from '../index'
import { isList, kindText } from '../kinds'
import { isKeywords } from '../signature'
import { isTensor } from './dataset'

type Scalar = number | bigint | boolean
type NumberArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | BigUint64Array

/** What `defaultCollate` makes of samples of a type. */
export type Collated<Item> = [Item] extends [Tensor | Scalar | NumberArray]
  ? Tensor
  : [Item] extends [string]
    ? string[]
    : Item extends Map<infer Key, infer Value>
      ? Map<Key, Collated<Value>>
      : Item extends object
        ? { -readonly [Key in keyof Item]: Collated<Item[Key]> }
        : unknown

/** What `defaultConvert` makes of a sample of a type. */
export type Converted<Item> = Item extends Tensor | Scalar | string | null | undefined
  ? Item
  : Item extends NumberArray
    ? Tensor
    : Item extends Map<infer Key, infer Value>
      ? Map<Key, Converted<Value>>
      : Item extends object
        ? { -readonly [Key in keyof Item]: Converted<Item[Key]> }
        : Item

const isNumbers = (value: unknown): value is NumberArray => ArrayBuffer.isView(value) && !(value instanceof DataView)
const isScalar = (value: unknown): value is Scalar => ['number', 'bigint', 'boolean'].includes(typeof value)
const isMap = (value: unknown): value is Map<unknown, unknown> => value instanceof Map

/** Throws where not all samples are what the first is. */
function checkAll(samples: readonly unknown[], isOne: (sample: unknown) => boolean): void {
  const other = samples.findIndex((sample) => !isOne(sample))
  if (other < 0) return
  throw new TypeError(
    `defaultCollate: samples must be of one kind, got ${kindText(samples[0])} at entry 0 and ` +
      `${kindText(samples[other])} at entry ${other}`
  )
}

/** Typed arrays of one class and length, copied into one tensor. */
function stackNumbers(samples: readonly NumberArray[]): Tensor {
  const [first] = samples
  checkAll(samples, (sample) => isNumbers(sample) && kindText(sample) === kindText(first))
  const { length } = first
  const other = samples.findIndex((sample) => sample.length !== length)
  if (other > 0) {
    throw new RangeError(
      `stack expects each tensor to be equal size, but got [${length}] at entry 0 and [${samples[other].length}] ` +
        `at entry ${other}`
    )
  }
  const all = new (first.constructor as new (length: number) => Float32Array)(length * samples.length)
  samples.forEach((sample, i) => all.set(sample as Float32Array, i * length))
  return tensor(all).view(samples.length, length)
}

function collateLists(samples: readonly unknown[][]): unknown[] {
  checkAll(samples, isList)
  const { length } = samples[0]
  if (samples.some((sample) => sample.length !== length)) {
    throw new RangeError('each element in list of batch should be of equal size')
  }
  return samples[0].map((_, at) => collate(samples.map((sample) => sample[at])))
}

function collateMaps(samples: readonly Map<unknown, unknown>[]): Map<unknown, unknown> {
  checkAll(samples, isMap)
  const values = (key: unknown): unknown[] =>
    samples.map((sample, i) => {
      if (sample.has(key)) return sample.get(key)
      throw new RangeError(`defaultCollate: the Map at entry ${i} has no key ${String(key)}`)
    })
  return new Map([...samples[0].keys()].map((key) => [key, collate(values(key))]))
}

function collateRecords(samples: readonly Record<string, unknown>[]): Record<string, unknown> {
  checkAll(samples, (sample) => isKeywords(sample))
  const values = (key: string): unknown[] =>
    samples.map((sample, i) => {
      if (Object.hasOwn(sample, key)) return sample[key]
      throw new RangeError(`defaultCollate: the object at entry ${i} has no key '${key}'`)
    })
  return Object.fromEntries(Object.keys(samples[0]).map((key) => [key, collate(values(key))]))
}

function collate(samples: readonly unknown[]): unknown {
  const [first] = samples
  if (isTensor(first)) {
    checkAll(samples, isTensor)
    return stack(samples as readonly Tensor[], 0)
  }
  if (isScalar(first)) {
    checkAll(samples, (sample) => typeof sample === typeof first)
    return tensor(samples as number[])
  }
  if (typeof first === 'string') {
    checkAll(samples, (sample) => typeof sample === 'string')
    return [...samples]
  }
  if (isNumbers(first)) return stackNumbers(samples as NumberArray[])
  if (isList(first)) return collateLists(samples as unknown[][])
  if (isMap(first)) return collateMaps(samples as Map<unknown, unknown>[])
  if (isKeywords(first)) return collateRecords(samples as Record<string, unknown>[])
  throw new TypeError(
    'defaultCollate: batch must contain tensors, typed arrays, numbers, strings, objects or arrays; ' +
      `found ${kindText(first)}; give the loader a collateFn for it`
  )
}

/**
 * The batch of samples: tensors and typed arrays are stacked, numbers make a float32 tensor, BigInts int64, booleans
 * bool; strings stay a list; arrays, Maps and plain objects, which have the keys of the first, keep their form.
 */
export function defaultCollate<Item>(batch: readonly Item[]): Collated<Item> {
  if (!isList(batch)) throw new TypeError(`defaultCollate: batch must be an array, got ${kindText(batch)}`)
  if (batch.length === 0) throw new RangeError('defaultCollate: batch must have at least one sample')
  return collate(batch) as Collated<Item>
}

/** A sample with tensors in place of its typed arrays; all else stays as it is. */
export function defaultConvert<Item>(data: Item): Converted<Item>
export function defaultConvert(data: unknown): unknown {
  if (isTensor(data)) return data
  if (isNumbers(data)) return tensor(data as Float32Array)
  if (isList(data)) return data.map((each) => defaultConvert(each))
  if (isMap(data)) return new Map([...data].map(([key, value]) => [key, defaultConvert(value)]))
  if (!isKeywords(data)) return data
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, defaultConvert(value)]))
}
