// What stands for a tensor while a function is traced: the tensor of the example, and the value of the graph. It has
// the methods of Tensor, which are public calls, and is none itself, so that those calls hear of it.

import { type DType, type Shape, type Tensor, at, declarations } from '../index'
import type { Value } from './graph'

/** Refuses what reads elements: they are those of the example alone. */
const refused = (what: string): Error =>
  new Error(
    `onnx.export: ${what} reads elements of a traced tensor, which are those of the example alone; compute with tensors`
  )

/** The shape of a traced tensor; refused where it depends on values. */
export function sizesOf({ isSized, real }: { readonly isSized: boolean; readonly real: Tensor }): Shape {
  if (isSized) return real.shape
  throw new Error(
    'onnx.export: a call reads the shape of a tensor whose size depends on values, which is that of the example alone'
  )
}

export class TracedTensor {
  readonly requiresGrad = false
  readonly isLeaf = true
  readonly gradFn = null
  readonly grad = null
  #value: Value
  #real: Tensor
  /** What wrote to memory that this tensor shares, so that its value is no longer right. */
  #stale: string | null = null

  constructor(
    value: Value,
    real: Tensor,
    /** False where the shape depends on values, so that it is that of the example alone. */
    readonly isSized: boolean
  ) {
    this.#value = value
    this.#real = real
    value.sizes = isSized ? real.shape : null
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
    value.sizes = this.isSized ? real.shape : null
  }

  /** Is what an in-place call `writer` has changed elsewhere. */
  expire(writer: string): void {
    this.#stale = writer
  }

  // ---- what Tensor has besides public calls ----

  get shape(): Shape {
    return sizesOf(this)
  }
  /** What bodies of ops read. */
  get sizes(): Shape {
    return sizesOf(this)
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
    return sizesOf(this)[0]
  }

  size(...args: [dim?: number]): Shape | number {
    sizesOf(this)
    return (this.#real.size as (...args: unknown[]) => Shape | number)(...args)
  }
  numel(): number {
    sizesOf(this)
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
