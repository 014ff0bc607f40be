// Tensors through postMessage() and structuredClone(): as plain data whose bytes are moved where nothing else uses
// them.

import { BOOL, type DType, type TypedArray, dtypeCode, dtypeNames, isHalf, itemSizes, typedArray } from './dtype'
import { isList, kindText } from './kinds'
import { MOVED } from './lock'
import { emptyOwned } from './ops/define/result'
import { forbidInCapture } from './recording'
import { type Shape, numelOf } from './shape'
import { type OrKeyword, defineCheck, isKeywords, member, refusing } from './signature'
import { Storage, countChange } from './storage'
import { Tensor, typedArrayOf } from './tensor'
import { denseTensor } from './tensor/geometry'

/** A tensor as plain data, for `postMessage()`, `structuredClone()` and the like. */
export interface Transferable {
  readonly dtype: DType
  readonly shape: number[]
  readonly requiresGrad: boolean
  readonly isParameter: boolean
  /** The elements in row-major order. */
  readonly data: TypedArray
  /** What to give as the transfer list, so that the bytes are moved; is not sent itself. */
  readonly transferList: readonly ArrayBuffer[]
}

/** A Transferable as it arrives. */
export type Transferred = Omit<Transferable, 'transferList'>

declare module './signature/types' {
  interface KindTypes {
    transferable: Transferred
  }
}

const TRANSFERABLE = 'what toTransferable() gave'
defineCheck('transferable', TRANSFERABLE, isKeywords, refusing(isKeywords, TRANSFERABLE), true)

const signatures = {
  toTransferable: member('Tensor.toTransferable(*, copy: bool = false)'),
  fromTransferable: member('fromTransferable(transferable: transferable)')
}

declare module './tensor' {
  interface Tensor {
    /**
     * The tensor as plain data for `postMessage(data, data.transferList)`, which `fromTransferable()` makes a Tensor
     * again. Where the tensor shows all of a memory of its own, this is moved without a copy, and the tensor and its
     * views throw from then on; else, or where `copy` is true, the data are a copy.
     */
    toTransferable(options?: { readonly copy?: boolean }): Transferable
  }
}

/** The memory of a tensor that shows all of it, taken away for good; null where others use it. */
function taken(tensor: Tensor): ArrayBuffer | null {
  const { storage, dense, numelCached, code } = tensor
  if (!dense || numelCached === 0 || numelCached * itemSizes[code] !== storage.byteLength) return null
  if (storage.lock !== null) storage.lock.write()
  const buffer = Storage.take(storage)
  if (buffer === null) return null
  storage.lock = MOVED
  countChange(storage)
  return buffer
}

/** A copy of the elements: the bits of halves, which toTypedArray() gives as the numbers that they are. */
function elementsOf(tensor: Tensor): TypedArray {
  const { code, numelCached: count } = tensor
  if (!isHalf(code)) return tensor.toTypedArray()
  return typedArray(code, tensor.detach().view('int16').toTypedArray().buffer as ArrayBuffer, 0, count)
}

function toTransferable(this: Tensor, ...args: unknown[]): Transferable {
  const [copy] = signatures.toTransferable.read(args)
  if (!(this instanceof Tensor)) throw new TypeError(`toTransferable: this must be a Tensor, got ${kindText(this)}`)
  forbidInCapture('toTransferable()')
  if (this.gradFn !== null) {
    throw new Error(
      'Cowardly refusing to serialize non-leaf tensor which requiresGrad, since autograd does not support crossing ' +
        'process boundaries. If you just want to transfer the data, call detach() on the tensor before serializing ' +
        '(e.g., putting it on the queue).'
    )
  }
  const { dtype, code, numelCached: count, requiresGrad, meta } = this
  const shape = [...this.sizes]
  const moved = copy ? null : taken(this)
  const data = moved === null ? elementsOf(this) : typedArray(code, moved, 0, count)
  const transferable = { dtype, shape, requiresGrad, isParameter: meta?.isParameter ?? false, data }
  // Not enumerable: a clone would hold the buffers twice, and a list that is no list of its own.
  return Object.defineProperty(transferable, 'transferList', { value: [data.buffer] }) as unknown as Transferable
}

Object.defineProperty(Tensor.prototype, 'toTransferable', { value: toTransferable, writable: true, configurable: true })

const wrong = (what: string): TypeError =>
  new TypeError(`fromTransferable: ${what}; pass on what toTransferable() gave`)

/** The shape and the dtype code of a message, which another thread may have made up. */
function readForm({ dtype, shape }: Transferred): { sizes: Shape; code: number; count: number } {
  if (!(dtypeNames as readonly unknown[]).includes(dtype)) throw wrong(`dtype must be a dtype, got ${kindText(dtype)}`)
  if (!isList(shape)) throw wrong(`shape must be an Array, got ${kindText(shape)}`)
  const sizes = [...shape]
  if (!sizes.every((size) => Number.isInteger(size) && size >= 0)) throw wrong('shape must be sizes of dims')
  return { sizes, code: dtypeCode(dtype), count: numelOf(sizes) }
}

/** The bytes of a typed array of any realm. */
function bytesIn(data: unknown, code: number, count: number): Uint8Array {
  if (!ArrayBuffer.isView(data)) throw wrong(`data must be a typed array, got ${kindText(data)}`)
  const expected = typedArray(code, new ArrayBuffer(0), 0, 0)
  if (Object.prototype.toString.call(data) !== Object.prototype.toString.call(expected))
    throw wrong(`data of ${dtypeNames[code]} must be a ${kindText(expected)}, got ${kindText(data)}`)
  const has = data.byteLength / itemSizes[code]
  if (has !== count)
    throw wrong(`data has ${has} elements, not ${count} as its shape has (it is empty when its bytes were moved on)`)
  // A detached buffer has no elements, nor may it have views.
  return has === 0 ? new Uint8Array(0) : new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
}

/** Memory that nobody else has: the whole buffer moved, or a copy of its part. */
function adopted(bytes: Uint8Array, sizes: Shape, code: number): Tensor {
  const { buffer } = bytes
  const isWhole = bytes.length > 0 && buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length
  if (isWhole) return denseTensor(Storage.adopt(structuredClone(buffer, { transfer: [buffer] })), sizes, code)
  const result = emptyOwned(sizes, code)
  const target = typedArrayOf(result)
  new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(bytes)
  return result
}

/**
 * The Tensor of what `toTransferable()` gave, here or on another thread: a leaf, and a Parameter where it was one.
 * Takes the bytes over without a copy, so that `transferable.data` is empty afterwards.
 */
export function fromTransferable(transferable: OrKeyword<'transferable', Transferred>): Tensor
export function fromTransferable(...args: unknown[]): Tensor {
  const [transferable] = signatures.fromTransferable.read(args)
  forbidInCapture('fromTransferable()', 'makes a constant while recording; make it before the step')
  const { sizes, code, count } = readForm(transferable)
  const { requiresGrad, isParameter } = transferable
  for (const [name, flag] of Object.entries({ requiresGrad, isParameter }))
    if (typeof flag !== 'boolean') throw wrong(`${name} must be a boolean, got ${kindText(flag)}`)
  const bytes = bytesIn(transferable.data, code, count)
  if (code === BOOL && bytes.some((byte) => byte > 1)) throw wrong('data of bool must be 0 and 1')
  const result = adopted(bytes, sizes, code)
  if (isParameter) result.ensureMeta().isParameter = true
  return result.requiresGrad_(requiresGrad)
}
