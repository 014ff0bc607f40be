// class Tensor: storage, geometry, dtype, autograd fields, reading and printing. ops/ installs the mathematics.

import { AutogradMeta, type Hook } from './autograd/meta'
import type { Node } from './autograd/node'
import { type DType, type TypedArray, dtypeNames, isFloating, itemSizes, valueOfElement } from './dtype'
import { formatTensor } from './format'
import { UNCLONEABLE, explainProxies, markClass, uncloneable } from './identity'
import { checkArity } from './kinds'
import { forbidInCapture, forbidOutside, recording, setting, wrote } from './recording'
import { type RemovableHandle, removable } from './removable'
import { type Arguments, type OrKeyword, member } from './signature'
import { type Shape, shapeText, wrapDim } from './shape'
import { type Storage, type VersionCell, countChange } from './storage'
import { checkGrad, readGrad, typedArrayOf } from './tensor/access'
import { type Nested, checkNestable, elementOffset, itemOf, nested, rowMajor, widened } from './tensor/elements'

export { warnOnce } from './errors'
export { readGrad, typedArrayOf } from './tensor/access'
export type { Nested } from './tensor/elements'
export { AutogradMeta, type Hook, type PendingGradient, type ReadonlyReason, type ViewInfo } from './autograd/meta'

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

const REFUSAL = uncloneable(
  'a Tensor',
  'send tensor.toTransferable() instead, which fromTransferable() makes a Tensor again'
)

const notConstructed = (): TypeError =>
  new TypeError('new Tensor() is not for users: make tensors with tensor(), zeros() and the like')

/** An n-dimensional array of one dtype, perhaps a node in a graph of operations. */
export class Tensor {
  // Own properties are what comparisons look at: two tensors that agree in these show the same elements. The rest
  // is private, so that it is neither compared, cloned nor printed.
  /** @internal */
  readonly [UNCLONEABLE]: symbol = REFUSAL
  /** @internal Which storage it is. */
  serial: number
  /** @internal Absolute byte offset of the first element in the storage's buffer. */
  byteOffset: number
  /** @internal Sizes of the dims, perhaps an array of other tensors, too: never written. */
  sizes: Shape
  /** @internal Steps between neighbours along each dim, in elements; shared likewise. */
  steps: Shape
  #storage: Storage
  #code: number
  #numelCached: number
  #dense: boolean
  #cell: VersionCell
  #node: Node | null = null
  #outputIndex = 0
  #leafRequiresGrad = false
  #meta: AutogradMeta | null = null
  /** What `shape` gave. */
  #shown: Shape | null = null

  /** Not for users: tensors come from `tensor()`, `zeros()` and the like. */
  constructor(...none: never[])
  /** @internal */
  constructor(...parts: [Storage, number, Shape, Shape, number, number, boolean, VersionCell])
  constructor(
    storage: Storage,
    byteOffset: number,
    sizes: Shape,
    steps: Shape,
    code: number,
    numelCached: number,
    dense: boolean,
    cell: VersionCell
  ) {
    if (cell === undefined) throw notConstructed()
    this.serial = storage.serial
    this.byteOffset = byteOffset
    this.sizes = sizes
    this.steps = steps
    this.#storage = storage
    this.#code = code
    this.#numelCached = numelCached
    this.#dense = dense
    this.#cell = cell
    if (recording.recorder !== null) recording.recorder.created(this)
  }

  /** @internal */
  static [Symbol.hasInstance](value: unknown): value is Tensor {
    return typeof value === 'object' && value !== null && #meta in value
  }

  // ---- what the library reads ----

  /** @internal The bytes, shared with views. */
  get storage(): Storage {
    return this.#storage
  }
  /** @internal */
  set storage(value: Storage) {
    this.#storage = value
    this.serial = value.serial
  }
  /** @internal Dtype code. */
  get code(): number {
    return this.#code
  }
  /** @internal Number of elements. */
  get numelCached(): number {
    return this.#numelCached
  }
  /** @internal True when the elements follow each other in row-major order. */
  get dense(): boolean {
    return this.#dense
  }
  /** @internal The version counter; the storage itself except for `.data`. */
  get cell(): VersionCell {
    return this.#cell
  }
  /** @internal The node that made this tensor; read `gradFn` instead, which knows about views. */
  get node(): Node | null {
    return this.#node
  }
  /** @internal */
  set node(value: Node | null) {
    this.#node = value
  }
  /** @internal Which output of `node` this is. */
  get outputIndex(): number {
    return this.#outputIndex
  }
  /** @internal */
  set outputIndex(value: number) {
    this.#outputIndex = value
  }
  /** @internal Set on leaves by the user. */
  get leafRequiresGrad(): boolean {
    return this.#leafRequiresGrad
  }
  /** @internal */
  set leafRequiresGrad(value: boolean) {
    this.#leafRequiresGrad = value
  }
  /** @internal Gradient, hooks and view information, where there are any. */
  get meta(): AutogradMeta | null {
    return this.#meta
  }
  /** @internal */
  set meta(value: AutogradMeta | null) {
    this.#meta = value
  }

  // ---- geometry ----

  /** Sizes of the dims, frozen. */
  get shape(): Shape {
    // Freezing costs 36 ns, so what nobody asks for is not frozen.
    return (this.#shown ??= Object.freeze(this.sizes.slice()))
  }

  /** Steps between neighbours along each dim, in elements, frozen. */
  get strides(): Shape {
    return Object.freeze(this.steps.slice())
  }

  /** Element type. */
  get dtype(): DType {
    return dtypeNames[this.#code]
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
    return this.#numelCached
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
    return (this.byteOffset - this.#storage.byteOffset) / itemSizes[this.#code]
  }

  /** True when the elements follow each other in row-major order. */
  isContiguous(): boolean {
    checkArity('isContiguous', arguments.length, 0)
    return this.#dense
  }

  /** True for float32 and float64. */
  isFloatingPoint(): boolean {
    checkArity('isFloatingPoint', arguments.length, 0)
    return isFloating(this.#code)
  }

  /** Bytes of one element. */
  elementSize(): number {
    checkArity('elementSize', arguments.length, 0)
    return itemSizes[this.#code]
  }

  // ---- autograd ----

  /** Number of in-place writes to these elements so far. */
  get version(): number {
    return this.#cell.version
  }

  /** The node of the graph that made this tensor, null for a leaf. */
  get gradFn(): Node | null {
    return this.#meta !== null && this.#meta.view !== null ? autogradHooks.viewNode(this) : this.#node
  }

  /** True for tensors that no recorded operation made. */
  get isLeaf(): boolean {
    return this.gradFn === null
  }

  /** True when operations on this tensor are recorded. */
  get requiresGrad(): boolean {
    return this.#leafRequiresGrad || this.gradFn !== null
  }

  set requiresGrad(value: boolean) {
    this.requiresGrad_({ requiresGrad: value })
  }

  /** Sets whether operations on this leaf are recorded; floating dtypes only. */
  requiresGrad_(...args: Arguments<typeof signatures.requiresGrad_>): this {
    const value = args.length === 0 || signatures.requiresGrad_.read(args)[0]
    if (value && !isFloating(this.#code)) {
      throw new TypeError(
        `Only Tensors of floating point and complex dtype can require gradients; this one is ${this.dtype}`
      )
    }
    if (this.gradFn !== null) {
      if (value) return this
      throw new Error(
        'you can only change requiresGrad flags of leaf variables. If you want to use a computed variable in a subgraph ' +
          "that doesn't require differentiation use varNoGrad = var.detach()."
      )
    }
    if (this.#leafRequiresGrad === value) return this
    forbidOutside(this, 'requiresGrad_()')
    this.#leafRequiresGrad = value
    if (recording.recorder === null) countChange(this.#storage)
    return this
  }

  /** The accumulated gradient, null before the first backward. */
  get grad(): Tensor | null {
    const grad = readGrad(this)
    if (grad !== null) this.#meta!.ownsGrad = false
    return grad
  }

  set grad(value: Tensor | null) {
    if (value !== null && !(value instanceof Tensor))
      throw new TypeError(`assigned grad expected to be a Tensor or null but got grad of type ${typeof value}`)
    if (value !== null) checkGrad(this, value)
    setting(this, 'grad')
    if (value !== null) this.ensureMeta().grad = value
    else if (this.#meta !== null) this.#meta.dropGrad()
    wrote(this, 'grad')
  }

  /** Keeps the gradient of this non-leaf in `grad` at backward. */
  retainGrad(): void {
    checkArity('retainGrad', arguments.length, 0)
    if (!this.requiresGrad) throw new Error("can't retainGrad on Tensor that has requiresGrad = false")
    autogradHooks.retainGrad(this)
  }

  /** True when this non-leaf keeps its gradient in `grad`. */
  get retainsGrad(): boolean {
    return this.#meta !== null && this.#meta.retainsGrad
  }

  /** Runs `hook` with this tensor's gradient at each backward; returns what removes it: a function, or its `remove`. */
  registerHook(hook: OrKeyword<'hook', Hook>): RemovableHandle
  registerHook(...args: unknown[]): RemovableHandle {
    const [hook] = signatures.registerHook.read(args) as [Hook]
    if (!this.requiresGrad) throw new Error("cannot register a hook on a tensor that doesn't require gradient")
    return removable(this, autogradHooks.registerHook(this, hook))
  }

  /** The same elements outside the graph; in-place writes to either are noticed by saved tensors of both. */
  detach(): Tensor {
    checkArity('detach', arguments.length, 0)
    return this.aliasWith(this.#cell)
  }

  /** Takes this tensor out of the graph, so that it is a leaf that needs no gradient. */
  detach_(): this {
    checkArity('detach_', arguments.length, 0)
    if (this.base !== null) throw new Error("Can't detach views in-place. Use detach() instead.")
    this.#node = null
    this.#outputIndex = 0
    this.#leafRequiresGrad = false
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
    if (this.#storage.lock !== null) this.#storage.lock.write()
    countChange(this.#storage)
    this.show(value)
    // The storage would keep its buffer alive as the version cell.
    this.#cell = { version: this.version }
  }

  /** @internal Shows the elements of `value` from now on. */
  show(value: Tensor): void {
    const { storage, byteOffset, sizes, steps } = value
    Object.assign(this, { storage, byteOffset, sizes, steps })
    ;[this.#code, this.#numelCached, this.#dense, this.#shown] = [value.code, value.numelCached, value.dense, null]
  }

  /** The tensor whose elements this view shows, null when this is no view. */
  get base(): Tensor | null {
    return this.#meta?.view?.base ?? null
  }

  /** @internal The autograd fields, made when there are none. */
  ensureMeta(): AutogradMeta {
    return (this.#meta ??= new AutogradMeta())
  }

  private aliasWith(cell: VersionCell): Tensor {
    return new Tensor(
      this.#storage,
      this.byteOffset,
      this.sizes,
      this.steps,
      this.#code,
      this.#numelCached,
      this.#dense,
      cell
    )
  }

  // ---- reading ----

  /** The value of a tensor of one element: a number, or a boolean for dtype bool. */
  item<Value extends number | boolean = number>(): Value {
    checkArity('item', arguments.length, 0)
    forbidInCapture('item()')
    if (this.#numelCached !== 1) {
      throw new RangeError(
        `a Tensor with ${this.#numelCached} elements cannot be converted to Scalar; item() needs exactly one`
      )
    }
    return valueOfElement(typedArrayOf(this)[0], this.#code) as Value
  }

  /** Nested arrays of the values. int64 beyond 2^53 throws; use toTypedArray(). */
  tolist<List extends Nested = Nested[]>(): List {
    checkArity('tolist', arguments.length, 0)
    forbidInCapture('tolist()')
    checkNestable(this.sizes)
    return nested(this.#elements(), this.sizes, (value) => valueOfElement(value, this.#code)) as List
  }

  /**
   * A row-major copy of the values in the dtype's typed array; BigInt64Array of int64, Uint8Array of bool, Float32Array
   * of the half types, whose values it holds.
   */
  toTypedArray(): TypedArray {
    checkArity('toTypedArray', arguments.length, 0)
    forbidInCapture('toTypedArray()')
    return widened(this.#elements(), this.#code)
  }

  #elements(): TypedArray {
    if (this.#dense) return typedArrayOf(this).slice(0, this.#numelCached)
    return rowMajor(typedArrayOf(this), this.sizes, this.steps, this.#numelCached)
  }

  /** Prints as PyTorch does. */
  toString(): string {
    forbidInCapture('String(tensor)')
    return this.#text()
  }

  #text(): string {
    const values = this.#numelCached === 0 ? null : typedArrayOf(this)
    const node = this.gradFn
    const prefix = this.#meta !== null && this.#meta.isParameter ? 'Parameter containing:\n' : ''
    const text = formatTensor({
      shape: this.sizes,
      dtype: this.dtype,
      item: (logical) => {
        return itemOf(values![elementOffset(logical, this.sizes, this.steps)], this.#code)
      },
      requiresGrad: this.requiresGrad,
      gradFn: node === null ? null : node.name
    })
    return prefix + text
  }

  /** @internal The print, for inspectors that look for no custom one, such as that of node:assert. */
  get [Symbol.toStringTag](): string {
    const isReadable = #meta in this && recording.recorder === null && this.#storage.lock === null
    return isReadable ? this.#text() : 'Tensor'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** Nested arrays of the values, for `JSON.stringify`. */
  get toJSON(): () => Nested {
    // Bound, since Jest prints a copy of what it compares that has no more than this.
    return () => {
      forbidInCapture('JSON')
      return this.tolist()
    }
  }

  /** A tensor of one element converts to its value; others throw, as PyTorch's do. */
  [Symbol.toPrimitive](hint: string): number | string {
    if (hint === 'string') return this.toString()
    forbidInCapture('conversion to a primitive')
    if (this.#numelCached !== 1) {
      throw new TypeError(
        `only one element tensors can be converted to Python scalars; got shape ${shapeText(this.sizes)}: ` +
          'use add(), mul(), lt() and the like instead of JavaScript operators'
      )
    }
    return Number(this.item())
  }
}

Object.defineProperty(Tensor.prototype, Symbol.for('@jest/serializableProperties'), { value: ['toJSON'] })
markClass('Tensor', Tensor, (value) => value instanceof Tensor)
explainProxies(
  Tensor.prototype,
  new Set('storage code numelCached dense cell node outputIndex leafRequiresGrad meta ensureMeta show'.split(' '))
)
