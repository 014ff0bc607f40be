// class Tensor: storage, geometry, dtype, autograd fields, reading and printing. ops/ installs the mathematics.

import { AutogradMeta, type Hook } from './autograd/meta'
import type { Node } from './autograd/node'
import {
  BOOL,
  type DType,
  type TypedArray,
  dtypeNames,
  isFloating,
  itemSizes,
  typedArray,
  valueOfElement
} from './dtype'
import { NON_LEAF_GRAD, warnOnce } from './errors'
import { formatTensor } from './format'
import { checkArity } from './kinds'
import { forbidInCapture, forbidOutside, guard, recording, setting, wrote } from './recording'
import { type Arguments, type OrKeyword, member } from './signature'
import { type Shape, contiguousStrides, MAX_RANK, numelOf, reachOf, sameShape, shapeText, wrapDim } from './shape'
import { type Storage, type VersionCell, bufferOf, countChange } from './storage'

export { warnOnce } from './errors'
export { AutogradMeta, type Hook, type PendingGradient, type ReadonlyReason, type ViewInfo } from './autograd/meta'

/** Nested array of numbers, as `tolist()` returns. */
export type Nested = number | boolean | Nested[]

/** Filled in by autograd/, which lies above this file. */
export const autogradHooks = {
  /** The current node of a view, made anew after an in-place write. */
  viewNode: (view: Tensor): Node | null => view.node,
  /** Moves a tensor's hooks to its node. */
  registerHook:
    (_tensor: Tensor, _hook: Hook): (() => void) =>
    () =>
      undefined,
  retainGrad: (_tensor: Tensor): void => undefined
}

const signatures = {
  size: member('Tensor.size(dim: int? = null)'),
  stride: member('Tensor.stride(dim: int? = null)'),
  requiresGrad_: member('Tensor.requiresGrad_(requiresGrad: bool = true)'),
  registerHook: member('Tensor.registerHook(hook: function)')
}

/** An n-dimensional array of one dtype, perhaps a node in a graph of operations. */
export class Tensor {
  /** @internal The node that made this tensor; read `gradFn` instead, which knows about views. */
  node: Node | null = null
  /** @internal Which output of `node` this is. */
  outputIndex = 0
  /** @internal Set on leaves by the user. */
  leafRequiresGrad = false
  /** @internal Gradient, hooks and view information, where there are any. */
  meta: AutogradMeta | null = null
  /** What `shape` gave. */
  private shown: Shape | null = null

  /** Not for users: tensors come from `tensor()`, `zeros()` and the like. */
  constructor(...none: [never, never, never, never, never, never, never, never])
  /** @internal */
  constructor(...parts: [Storage, number, Shape, Shape, number, number, boolean, VersionCell])
  constructor(
    /** @internal The bytes, shared with views. */
    readonly storage: Storage,
    /** @internal Absolute byte offset of the first element in the storage's buffer. */
    readonly byteOffset: number,
    /** @internal Sizes of the dims, perhaps an array of other tensors, too: never written. */
    readonly sizes: Shape,
    /** @internal Steps between neighbours along each dim, in elements; shared likewise. */
    readonly steps: Shape,
    /** @internal Dtype code. */
    readonly code: number,
    /** @internal Number of elements. */
    readonly numelCached: number,
    /** @internal True when the elements follow each other in row-major order. */
    readonly dense: boolean,
    /** @internal The version counter; the storage itself except for `.data`. */
    readonly cell: VersionCell
  ) {
    if (recording.recorder !== null) recording.recorder.created(this)
  }

  // ---- geometry ----

  /** Sizes of the dims, frozen. */
  get shape(): Shape {
    // Freezing costs 36 ns, so what nobody asks for is not frozen.
    return (this.shown ??= Object.freeze(this.sizes.slice()))
  }

  /** Steps between neighbours along each dim, in elements, frozen. */
  get strides(): Shape {
    return Object.freeze(this.steps.slice())
  }

  /** Element type. */
  get dtype(): DType {
    return dtypeNames[this.code]
  }

  /** The shape, or the size of one dim. */
  size(dim?: null): Shape
  size(dim: OrKeyword<'dim', number>): number
  size(dim: unknown = null): Shape | number {
    if (!signatures.size.passes(arguments.length, dim)) dim = signatures.size.read(arguments)[0]
    return dim === null ? this.shape : this.sizes[this.existingDim(dim as number)]
  }

  /** Number of elements. */
  numel(): number {
    checkArity('numel', arguments.length, 0)
    return this.numelCached
  }

  /** Number of dims. */
  dim(): number {
    checkArity('dim', arguments.length, 0)
    return this.sizes.length
  }

  /** Strides in elements, or that of one dim. */
  stride(dim?: null): Shape
  stride(dim: OrKeyword<'dim', number>): number
  stride(dim: unknown = null): Shape | number {
    if (!signatures.stride.passes(arguments.length, dim)) dim = signatures.stride.read(arguments)[0]
    return dim === null ? this.strides : this.steps[this.existingDim(dim as number)]
  }

  private existingDim(dim: number): number {
    if (this.sizes.length === 0) throw new RangeError(`Dimension specified as ${dim} but tensor has no dimensions`)
    return wrapDim(dim, this.sizes.length)
  }

  /** Offset of the first element in its storage, in elements. */
  storageOffset(): number {
    checkArity('storageOffset', arguments.length, 0)
    return (this.byteOffset - this.storage.byteOffset) / itemSizes[this.code]
  }

  /** True when the elements follow each other in row-major order. */
  isContiguous(): boolean {
    checkArity('isContiguous', arguments.length, 0)
    return this.dense
  }

  /** True for float32 and float64. */
  isFloatingPoint(): boolean {
    checkArity('isFloatingPoint', arguments.length, 0)
    return isFloating(this.code)
  }

  /** Bytes of one element. */
  elementSize(): number {
    checkArity('elementSize', arguments.length, 0)
    return itemSizes[this.code]
  }

  // ---- autograd ----

  /** Number of in-place writes to these elements so far. */
  get version(): number {
    return this.cell.version
  }

  /** The node of the graph that made this tensor, null for a leaf. */
  get gradFn(): Node | null {
    return this.meta !== null && this.meta.view !== null ? autogradHooks.viewNode(this) : this.node
  }

  /** True for tensors that no recorded operation made. */
  get isLeaf(): boolean {
    return this.gradFn === null
  }

  /** True when operations on this tensor are recorded. */
  get requiresGrad(): boolean {
    return this.leafRequiresGrad || this.gradFn !== null
  }

  set requiresGrad(value: boolean) {
    this.requiresGrad_({ requiresGrad: value })
  }

  /** Sets whether operations on this leaf are recorded; floating dtypes only. */
  requiresGrad_(...args: Arguments<typeof signatures.requiresGrad_>): this {
    const value = args.length === 0 || signatures.requiresGrad_.read(args)[0]
    if (value && !isFloating(this.code)) {
      throw new TypeError(
        `Only Tensors of floating point and complex dtype can require gradients; this one is ${this.dtype}`
      )
    }
    if (this.gradFn !== null) {
      if (value) return this
      throw new Error(
        'you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph ' +
          "that doesn't require differentiation use var_no_grad = var.detach()."
      )
    }
    if (this.leafRequiresGrad === value) return this
    forbidOutside(this, 'requiresGrad_()')
    this.leafRequiresGrad = value
    if (recording.recorder === null) countChange(this.storage)
    return this
  }

  /** The accumulated gradient, null before the first backward. */
  get grad(): Tensor | null {
    const grad = readGrad(this)
    if (grad !== null) this.meta!.ownsGrad = false
    return grad
  }

  set grad(value: Tensor | null) {
    if (value !== null) checkGrad(this, value)
    setting(this, 'grad')
    if (value !== null) this.ensureMeta().grad = value
    else if (this.meta !== null) this.meta.dropGrad()
    wrote(this, 'grad')
  }

  /** Keeps the gradient of this non-leaf in `grad` at backward. */
  retainGrad(): void {
    checkArity('retainGrad', arguments.length, 0)
    if (!this.requiresGrad) throw new Error("can't retain_grad on Tensor that has requires_grad=False")
    autogradHooks.retainGrad(this)
  }

  /** True when this non-leaf keeps its gradient in `grad`. */
  get retainsGrad(): boolean {
    return this.meta !== null && this.meta.retainsGrad
  }

  /** Runs `hook` with this tensor's gradient at each backward; returns a function that removes it. */
  registerHook(hook: OrKeyword<'hook', Hook>): () => void
  registerHook(...args: unknown[]): () => void {
    const [hook] = signatures.registerHook.read(args) as [Hook]
    if (!this.requiresGrad) throw new Error("cannot register a hook on a tensor that doesn't require gradient")
    const remove = autogradHooks.registerHook(this, hook)
    const { recorder } = recording
    if (recorder === null || recorder.isCreated(this)) return remove
    const end = recorder.lasting('it leaves a hook on a tensor from outside; register it before the step')
    return () => {
      remove()
      end()
    }
  }

  /** The same elements outside the graph; in-place writes to either are noticed by saved tensors of both. */
  detach(): Tensor {
    checkArity('detach', arguments.length, 0)
    return this.aliasWith(this.cell)
  }

  /** Takes this tensor out of the graph, so that it is a leaf that needs no gradient. */
  detach_(): this {
    checkArity('detach_', arguments.length, 0)
    if (this.base !== null) throw new Error("Can't detach views in-place. Use detach() instead.")
    this.node = null
    this.outputIndex = 0
    this.leafRequiresGrad = false
    return this
  }

  /** The same elements outside the graph, with a version counter of their own: writes through it go unnoticed. */
  get data(): Tensor {
    return this.aliasWith({ version: 0 })
  }

  /** Shows the elements of `value` from now on, of any shape and dtype; identity, gradient and graph stay. */
  set data(value: Tensor) {
    forbidInCapture(
      'assigning data',
      'gives the tensor other memory, which a replay does not repeat; write with copy_()'
    )
    if (!(value instanceof Tensor)) throw new TypeError(`data must be a Tensor, got ${typeof value}`)
    if (this.requiresGrad && !isFloating(value.code)) {
      throw new TypeError('data set to a tensor that requires gradients must be floating point or complex dtype')
    }
    // A step that updates the bytes which go would do so for nobody.
    if (this.storage.lock !== null) this.storage.lock.write()
    const { storage, byteOffset, sizes, steps, code, numelCached, dense } = value
    countChange(this.storage)
    // The storage would keep its buffer alive as the version cell.
    Object.assign(this, {
      storage,
      byteOffset,
      sizes,
      steps,
      code,
      numelCached,
      dense,
      shown: null,
      cell: { version: this.version }
    })
  }

  /** The tensor whose elements this view shows, null when this is no view. */
  get base(): Tensor | null {
    return this.meta?.view?.base ?? null
  }

  /** @internal The autograd fields, made when there are none. */
  ensureMeta(): AutogradMeta {
    return (this.meta ??= new AutogradMeta())
  }

  private aliasWith(cell: VersionCell): Tensor {
    return new Tensor(
      this.storage,
      this.byteOffset,
      this.sizes,
      this.steps,
      this.code,
      this.numelCached,
      this.dense,
      cell
    )
  }

  // ---- reading ----

  /** The value of a tensor of one element: a number, or a boolean for dtype bool. */
  item<Value extends number | boolean = number>(): Value {
    checkArity('item', arguments.length, 0)
    forbidInCapture('item()')
    if (this.numelCached !== 1) {
      throw new RangeError(
        `a Tensor with ${this.numelCached} elements cannot be converted to Scalar; item() needs exactly one`
      )
    }
    return valueOfElement(typedArrayOf(this)[0], this.code) as Value
  }

  /** Nested arrays of the values. int64 beyond 2^53 throws; use toTypedArray(). */
  tolist<List extends Nested = Nested[]>(): List {
    checkArity('tolist', arguments.length, 0)
    forbidInCapture('tolist()')
    const values = this.toTypedArray()
    const nest = (dim: number, start: number, count: number): Nested => {
      if (dim === this.sizes.length) return valueOfElement(values[start], this.code)
      const step = count / Math.max(this.sizes[dim], 1)
      const list: Nested[] = []
      for (let i = 0; i < this.sizes[dim]; i++) list.push(nest(dim + 1, start + i * step, step))
      return list
    }
    return nest(0, 0, this.numelCached) as List
  }

  /** A row-major copy of the values in the dtype's typed array; BigInt64Array of int64, Uint8Array of bool. */
  toTypedArray(): TypedArray {
    checkArity('toTypedArray', arguments.length, 0)
    forbidInCapture('toTypedArray()')
    if (this.dense) return typedArrayOf(this).slice(0, this.numelCached)
    const source = typedArrayOf(this)
    const copy = new (source.constructor as new (length: number) => TypedArray)(this.numelCached)
    for (let i = 0; i < copy.length; i++) copy[i] = source[this.elementOffset(i)]
    return copy
  }

  private elementOffset(logical: number): number {
    let offset = 0
    for (let d = this.sizes.length - 1; d >= 0; d--) {
      const size = this.sizes[d]
      offset += (logical % size) * this.steps[d]
      logical = Math.floor(logical / size)
    }
    return offset
  }

  /** Prints as PyTorch does. */
  toString(): string {
    forbidInCapture('String(tensor)')
    const values = this.numelCached === 0 ? null : typedArrayOf(this)
    const node = this.gradFn
    const prefix = this.meta !== null && this.meta.isParameter ? 'Parameter containing:\n' : ''
    const text = formatTensor({
      shape: this.sizes,
      dtype: this.dtype,
      item: (logical) => {
        const value = values![this.elementOffset(logical)]
        return this.code === BOOL ? value !== 0 : value
      },
      requiresGrad: this.requiresGrad,
      gradFn: node === null ? null : node.name
    })
    return prefix + text
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** Nested arrays of the values, for `JSON.stringify`. */
  toJSON(): Nested {
    forbidInCapture('JSON')
    return this.tolist()
  }

  /** A tensor of one element converts to its value; others throw, as PyTorch's do. */
  [Symbol.toPrimitive](hint: string): number | string {
    if (hint === 'string') return this.toString()
    forbidInCapture('conversion to a primitive')
    if (this.numelCached !== 1) {
      throw new TypeError(
        `only one element tensors can be converted to Python scalars; got shape ${shapeText(this.sizes)}: ` +
          'use add(), mul(), lt() and the like instead of JavaScript operators'
      )
    }
    return Number(this.item())
  }
}

/** A typed array over the elements' reach in the storage, to read, or to fill what was just made; nobody keeps it. */
export function typedArrayOf(tensor: Tensor): TypedArray {
  const { storage, code, byteOffset, sizes, steps, numelCached } = tensor
  if (storage.lock !== null) storage.lock.read()
  // An empty view may start behind the end of its buffer.
  if (numelCached === 0) return typedArray(code, bufferOf(storage), 0, 0)
  return typedArray(code, bufferOf(storage), byteOffset, reachOf(sizes, steps))
}

/** `tensor.grad` for readers inside the library that keep no reference to it. */
export function readGrad(tensor: Tensor): Tensor | null {
  guard(tensor, 'grad')
  const { meta } = tensor
  if ((meta === null || (!meta.retainsGrad && meta.grad === null)) && tensor.gradFn !== null) warnOnce(NON_LEAF_GRAD)
  if (meta === null) return null
  // What a capture has heard of keeps its bytes.
  if (recording.recorder !== null) meta.ownsGrad = false
  return meta.grad
}

function checkGrad(tensor: Tensor, grad: Tensor): void {
  if (grad === tensor) throw new RangeError("can't assign Variable as its own grad")
  if (!(grad instanceof Tensor)) {
    throw new TypeError(`assigned grad expected to be a Tensor or null but got grad of type ${typeof grad}`)
  }
  if (!sameShape(grad.sizes, tensor.sizes)) {
    throw new RangeError(
      `attempting to assign a gradient of size '${shapeText(grad.sizes)}' to a tensor of size '${shapeText(tensor.sizes)}'. ` +
        'Please ensure that the gradient and the tensor are the same size'
    )
  }
  if (grad.code !== tensor.code) {
    throw new TypeError(
      `attempting to assign a gradient with dtype '${grad.dtype}' to a tensor with dtype '${tensor.dtype}'; convert it first`
    )
  }
}

/** A tensor over all of a storage, row-major. */
export function denseTensor(storage: Storage, shape: Shape, code: number, numel = numelOf(shape)): Tensor {
  return new Tensor(storage, storage.byteOffset, shape, contiguousStrides(shape), code, numel, true, storage)
}

/**
 * A tensor over the same elements with another geometry; `offset` in elements from the first one. No autograd. Throws
 * where that leaves the storage.
 */
export function aliasTensor(of: Tensor, shape: Shape, strides: Shape, offset: number): Tensor {
  const { storage, code } = of
  const itemSize = itemSizes[code]
  // What numelOf(), reachOf() and isContiguous() say, in one pass: a view of few dims takes 65 ns instead of 90.
  let isPlain = shape.length <= MAX_RANK
  let count = 1
  let reach = 1
  let dense = true
  let fits = true
  for (let d = shape.length - 1; d >= 0; d--) {
    const size = shape[d]
    const stride = strides[d]
    isPlain &&= size >>> 0 === size
    fits &&= stride >= 0
    if (size !== 1 && stride !== count) dense = false
    count *= size
    reach += (size - 1) * stride
  }
  // Sizes that are unusual, or wrong; nothing lies at an offset where there is no element, be it behind the end of the
  // storage.
  if (!isPlain || count === 0 || count > Number.MAX_SAFE_INTEGER) {
    if (numelOf(shape) === 0) [reach, dense, offset] = [0, true, 0]
  }
  const byteOffset = of.byteOffset + offset * itemSize
  fits &&= byteOffset >= storage.byteOffset && byteOffset + reach * itemSize <= storage.byteOffset + storage.byteLength
  if (!fits) throw outOfStorage(of, shape, strides, offset)
  return new Tensor(storage, byteOffset, shape, strides, code, count, dense, of.cell)
}

function outOfStorage(of: Tensor, shape: Shape, strides: Shape, offset: number): RangeError {
  const start = of.storageOffset() + offset
  const itemSize = of.elementSize()
  const needed = (start + reachOf(shape, strides)) * itemSize
  return new RangeError(
    `setStorage: sizes ${shapeText(shape)}, strides ${shapeText(strides)}, storage offset ${start}, and itemsize ${itemSize} ` +
      `requiring a storage size of ${needed} are out of bounds for storage of size ${of.storage.byteLength}`
  )
}
