// Batches as messages between threads: the bytes of tensors are moved, all else is cloned.

import { type Tensor, type Transferable, type Transferred, fromTransferable } from '../../index'
import { isList } from '../../kinds'
import { isKeywords } from '../../signature'
import { isTensor } from '../dataset'

type Node =
  | { readonly tensor: Transferred }
  | { readonly list: readonly Node[] }
  | { readonly record: readonly (readonly [string, Node])[] }
  | { readonly map: readonly (readonly [unknown, Node])[] }
  | { readonly value: unknown }

/** A value as it is sent, and the memory that goes with it. */
export interface Packed {
  readonly node: Node
  readonly transferList: ArrayBuffer[]
}

/** A value for `postMessage`; `isFresh` where its tensors may be moved away. */
export function pack(value: unknown, isFresh: boolean): Packed {
  const transferList: ArrayBuffer[] = []
  // A tensor that occurs twice moves once.
  const sent = new Map<Tensor, Transferable>()
  const nodeOf = (each: unknown): Node => {
    if (isTensor(each)) {
      const transferable = sent.get(each) ?? each.toTransferable({ copy: !isFresh })
      if (!sent.has(each)) transferList.push(...transferable.transferList)
      sent.set(each, transferable)
      return { tensor: transferable }
    }
    if (isList(each)) return { list: each.map(nodeOf) }
    if (each instanceof Map) return { map: [...each].map(([key, item]) => [key, nodeOf(item)]) }
    if (!isKeywords(each)) return { value: each }
    return { record: Object.entries(each).map(([key, item]) => [key, nodeOf(item)]) }
  }
  return { node: nodeOf(value), transferList }
}

/** The value that `pack` was given. */
export function unpack(node: Node): unknown {
  const received = new Map<Transferred, Tensor>()
  const valueOf = (each: Node): unknown => {
    if ('tensor' in each) {
      const result = received.get(each.tensor) ?? fromTransferable(each.tensor)
      received.set(each.tensor, result)
      return result
    }
    if ('list' in each) return each.list.map(valueOf)
    if ('map' in each) return new Map(each.map.map(([key, item]) => [key, valueOf(item)]))
    if ('record' in each) return Object.fromEntries(each.record.map(([key, item]) => [key, valueOf(item)]))
    return each.value
  }
  return valueOf(node)
}

export type { Node as PackedNode }

// ---- errors ----

/** An error as it is sent. */
export interface PackedError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
}

export function packError(error: unknown): PackedError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined }
  const { name, message, stack } = error
  return { name: String(name), message: String(message), stack: stack === undefined ? undefined : String(stack) }
}

const classes: Readonly<Record<string, ErrorConstructor>> = { TypeError, RangeError }

/** The error of a worker as the main thread throws it: of the same class, the worker's own as its cause. */
export function workerError({ name, message, stack }: PackedError, worker: number): Error {
  const cause = Object.assign(new Error(message), { name, stack })
  const ErrorClass = Object.hasOwn(classes, name) ? classes[name] : Error
  return new ErrorClass(`Caught ${name} in DataLoader worker process ${worker}: ${message}`, { cause })
}
