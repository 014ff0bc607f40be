// What stands for a tensor while a function is traced: the tensor of the example, and the value of the graph. It has
// the methods of Tensor, which are public calls, and is none itself, so that those calls hear of it.

import { type DType, type Shape, type Tensor, at, declarations } from '../index'
import type { Value } from './graph'

/** Refuses what reads elements: they are those of the example alone. */
const refused = (what: string): Error =>
  new Error(
    `onnx.export: ${what} reads elements of a traced tensor, which are those of the example alone; compute with tensors`
  )

export class TracedTensor {
  readonly requiresGrad = false
  readonly isLeaf = true
  readonly gradFn = null
  readonly grad = null
  #value: Value
  #real: Tensor
  /** What wrote to memory that this tensor shares, so that its value is no longer right. */
  #stale: string | null = null

  constructor(value: Value, real: Tensor) {
    this.#value = value
    this.#real = real
    value.sizes = real.shape
  }

  /** The tensor of the example. */
  get real(): Tensor {
    return this.#real
  }

  /** The value of the graph, which the call `reader` reads. */
  read(reader: string): Value {
    if (this.#stale === null) return this.#value
    throw new Error(
      `onnx.export: ${reader} reads a tensor whose memory ${this.#stale} has written through another one; ` +
        `use ${this.#stale.replace(/_$/, '')} and go on with its result`
    )
  }

  /** Is another value from now on: the result of a call in place. */
  become(value: Value, real: Tensor): void {
    this.#value = value
    this.#real = real
    value.sizes = real.shape
  }

  /** Is what an in-place call `writer` has changed elsewhere. */
  expire(writer: string): void {
    this.#stale = writer
  }

  // ---- what Tensor has besides public calls ----

  get shape(): Shape {
    return this.#real.shape
  }
  /** What bodies of ops read. */
  get sizes(): Shape {
    return this.#real.shape
  }
  get dtype(): DType {
    return this.#real.dtype
  }
  get ndim(): number {
    return this.#real.ndim
  }
  get device(): string {
    return this.#real.device
  }
  get data(): this {
    return this
  }
  get length(): number {
    return this.#real.shape[0]
  }

  size(...args: [dim?: number]): Shape | number {
    return (this.#real.size as (...args: unknown[]) => Shape | number)(...args)
  }
  numel(): number {
    return this.#real.numel()
  }
  dim(): number {
    return this.#real.dim()
  }
  isFloatingPoint(): boolean {
    return this.#real.isFloatingPoint()
  }
  elementSize(): number {
    return this.#real.elementSize()
  }
  isContiguous(): boolean {
    return this.#real.isContiguous()
  }
  detach(): this {
    return this
  }
  detach_(): this {
    return this
  }
  requiresGrad_(): this {
    return this
  }

  at(...subscripts: unknown[]): unknown {
    return (at as (...args: unknown[]) => unknown)(this, ...subscripts)
  }

  *[Symbol.iterator](): Iterator<unknown> {
    yield* (this as unknown as Tensor).unbind(0)
  }

  // ---- what it refuses ----

  item(): never {
    throw refused('item()')
  }
  tolist(): never {
    throw refused('tolist()')
  }
  toTypedArray(): never {
    throw refused('toTypedArray()')
  }
  toJSON(): never {
    throw refused('JSON')
  }
  [Symbol.toPrimitive](): never {
    throw refused('a conversion to a number or a string')
  }
  backward(): never {
    throw new Error('onnx.export: backward() has no counterpart in ONNX; export what is computed forward')
  }
  toString(): string {
    return `traced tensor of shape [${this.shape.join(', ')}], ${this.dtype}`
  }
}

type Call = (...args: unknown[]) => unknown

for (const { name, places, call } of declarations.values()) {
  if (!places.includes('Tensor') || name in TracedTensor.prototype) continue
  const value = function (this: unknown, ...args: unknown[]): unknown {
    return (call as Call)(this, ...args)
  }
  Object.defineProperty(TracedTensor.prototype, name, { value, writable: true, configurable: true })
}

/** Transposes, which are properties. */
const transposes: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  T: (x) => x.permute(x.shape.map((_, d) => x.dim() - 1 - d)),
  mT: (x) => x.transpose(-2, -1),
  mH: (x) => x.transpose(-2, -1),
  H: (x) => x.transpose(-2, -1)
}
for (const [name, of] of Object.entries(transposes)) {
  Object.defineProperty(TracedTensor.prototype, name, {
    get(this: unknown) {
      return of(this as Tensor)
    },
    configurable: true
  })
}
