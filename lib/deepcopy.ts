// Deep copies, as Python's copy.deepcopy makes them: what is shared in the original is shared in the copy.

import { INTERNALS, UNCLONEABLE } from './identity'
import { kindText } from './kinds'
import { bodyOf } from './nn/door'
import { Module } from './nn/module'
import { Generator, cloneGenerator } from './ops/core/generator'
import { Slice } from './ops/subscript'
import { forbidInCapture } from './recording'
import { type Storage, allocateOwn, bytesOf } from './storage'
import { member } from './signature'
import { Tensor } from './tensor'

const signature = member('deepcopy(x: any)')

/** Objects that JavaScript gives no way to copy. */
const uncopyable = [WeakMap, WeakSet, WeakRef, Promise]
/** What the structured clone algorithm copies as a whole. */
const values = [Date, RegExp, ArrayBuffer, Boolean, Number, String, BigInt]

const prototypeOf = (value: object): object | null => Object.getPrototypeOf(value) as object | null

const notCopied = (what: string): TypeError =>
  new TypeError(`deepcopy: a ${what} cannot be copied; take it out of what is copied`)

function copiedValue(value: object): unknown {
  try {
    return structuredClone(value)
  } catch {
    throw notCopied('detached ArrayBuffer')
  }
}

class Copies {
  /** Copies by original: objects, and the storages of tensors. */
  readonly #memo = new Map<object, unknown>()

  of<Value>(value: Value): Value {
    if (typeof value !== 'object' || value === null) return value
    const known = this.#memo.get(value)
    return (known ?? this.#make(value)) as Value
  }

  #keep<Copy>(value: object, copy: Copy): Copy {
    this.#memo.set(value, copy)
    return copy
  }

  #make(value: object): unknown {
    if (value instanceof Tensor) return this.#tensor(value)
    if (value instanceof Slice) return value
    if (value instanceof Generator) return this.#keep(value, cloneGenerator(value))
    if (Array.isArray(value)) return this.#fields(value, this.#keep(value, emptyLike(value)))
    if (value instanceof Map) return this.#map(value)
    if (value instanceof Set) return this.#set(value)
    if (ArrayBuffer.isView(value)) return this.#view(value)
    if (values.some((each) => value instanceof each)) return this.#keep(value, copiedValue(value))
    if (uncopyable.some((each) => value instanceof each)) throw notCopied(kindText(value))
    return this.#object(value)
  }

  #tensor(tensor: Tensor): Tensor {
    if (tensor.gradFn !== null) {
      throw new Error(
        'Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment; ' +
          'copy its detach().clone() instead'
      )
    }
    const { storage, byteOffset, sizes, steps, code, numelCached, dense, meta } = tensor
    const isParameter = meta !== null && meta.isParameter
    const bytes = isParameter ? copiedStorage(storage) : this.#storage(storage)
    const offset = bytes.byteOffset + byteOffset - storage.byteOffset
    const copy = this.#keep(tensor, new Tensor(bytes, offset, sizes, steps, code, numelCached, dense, bytes))
    if (isParameter) copy.ensureMeta().isParameter = true
    copy.requiresGrad_(tensor.requiresGrad)
    // As in PyTorch, the copy of a Parameter starts without a gradient.
    if (!isParameter && meta !== null && meta.hasGrad) copy.grad = this.of(tensor.grad)
    return copy
  }

  /** Tensors that share memory do so in the copy. */
  #storage(storage: Storage): Storage {
    const known = this.#memo.get(storage) as Storage | undefined
    return known ?? this.#keep(storage, copiedStorage(storage))
  }

  #map(map: ReadonlyMap<unknown, unknown>): unknown {
    const copy = this.#keep(map, new (map.constructor as MapConstructor)<unknown, unknown>())
    for (const [key, each] of map) copy.set(this.of(key), this.of(each))
    return this.#fields(map, copy)
  }

  #set(set: ReadonlySet<unknown>): unknown {
    const copy = this.#keep(set, new (set.constructor as SetConstructor)<unknown>())
    for (const each of set) copy.add(this.of(each))
    return this.#fields(set, copy)
  }

  /** Views of one buffer are views of one in the copy. */
  #view(view: ArrayBufferView): unknown {
    const { buffer, byteOffset, byteLength, constructor } = view
    const View = constructor as new (buffer: ArrayBufferLike, offset: number, length: number) => ArrayBufferView
    const length = (view as Partial<Uint8Array>).length ?? byteLength
    return this.#keep(view, new View(this.of(buffer), byteOffset, length))
  }

  /** An object of a class, or a plain one: its constructor does not run. */
  #object(value: object): object {
    const copy = this.#keep(value, Object.create(prototypeOf(value)) as object)
    // What comes first stops a structured clone.
    if (UNCLONEABLE in value) this.#field(value, copy, UNCLONEABLE)
    const internals = (value as { readonly [INTERNALS]?: Copyable })[INTERNALS]
    const finish = internals?.copyTo(copy)
    this.#fields(value, copy)
    finish?.()
    return copy
  }

  #fields<Copy extends object>(value: object, copy: Copy): Copy {
    for (const key of Reflect.ownKeys(value))
      if (key !== INTERNALS && key !== UNCLONEABLE) this.#field(value, copy, key)
    return copy
  }

  #field(value: object, copy: object, key: string | symbol): void {
    const descriptor = Object.getOwnPropertyDescriptor(value, key)!
    if (key === 'length' && Array.isArray(value)) return
    if (key === 'forward' && value instanceof Module) return copyForward(value, copy)
    if ('value' in descriptor) descriptor.value = this.of(descriptor.value as unknown)
    Object.defineProperty(copy, key, descriptor)
  }
}

/** What an object of the library has under `INTERNALS`. */
interface Copyable {
  /** Gives a copy internals of its own; what is returned runs when it has its fields. */
  copyTo(copy: object): () => void
}

function emptyLike(array: readonly unknown[]): unknown[] {
  const { length } = array
  // A proxy may say anything.
  if (!(Number.isInteger(length) && length >= 0 && length < 2 ** 32))
    throw new RangeError(`deepcopy: an array has the length ${String(length)}`)
  return Object.setPrototypeOf(new Array<unknown>(length), prototypeOf(array)) as unknown[]
}

function copiedStorage(storage: Storage): Storage {
  if (storage.lock !== null) storage.lock.read()
  const copy = allocateOwn(storage.byteLength)
  bytesOf(copy).set(bytesOf(storage))
  return copy
}

/** A forward that is a field: hooks and the door before it are the original's own. */
function copyForward(module: object, copy: object): void {
  const { forward } = module as { forward: unknown }
  const inherited = (prototypeOf(module) as { forward: unknown }).forward
  if (forward === inherited) return
  Object.defineProperty(copy, 'forward', {
    value: bodyOf(forward),
    writable: true,
    configurable: true,
    enumerable: Object.prototype.propertyIsEnumerable.call(module, 'forward')
  })
}

/**
 * A copy of `x` and of all that it holds: modules with their parameters, buffers, mode, hooks and fields, tensors that
 * are leaves, state dicts, optimizers, generators, arrays, plain objects, Maps, Sets and objects of classes. What is
 * shared within `x` is shared within the copy, so `deepcopy({ net, optimizer })` gives an optimizer of the copied
 * parameters. Functions are not copied.
 */
export function deepcopy<Value>(x: Value): Value {
  if (arguments.length !== 1) signature.read(arguments)
  forbidInCapture('deepcopy()', 'makes objects that a replay does not make; call it outside the step')
  return new Copies().of(x)
}
