// Methods of Tensor from the free functions, by name: `x.add(y)` is `add(x, y)`. Symbols of expressions get the pointwise ones.

import { Expr } from '../expression'
import { Tensor } from '../tensor'
import * as elementwise from './elementwise'
import * as indexing from './indexing'
import * as inplace from './inplace'
import * as linalg from './linalg'
import * as movement from './movement'
import * as random from './random'
import * as reduce from './reduce'
import * as softmax from './softmax'
import * as subscript from './subscript'
import { where } from './elementwise'
import { pointwiseOps } from './define/pointwise'
import { BOOL, FLOAT32, FLOAT64, INT32, INT64, UINT8 } from '../dtype'

// The functions of each file whose first argument becomes `this`.
const tensorMethods = {
  ...elementwise,
  ...inplace,
  gather: indexing.gather,
  indexSelect: indexing.indexSelect,
  indexPut_: indexing.indexPut_,
  mm: linalg.mm,
  bmm: linalg.bmm,
  mv: linalg.mv,
  dot: linalg.dot,
  matmul: linalg.matmul,
  addmm: linalg.addmm,
  clone: movement.clone,
  contiguous: movement.contiguous,
  copy_: movement.copy_,
  fill_: movement.fill_,
  zero_: movement.zero_,
  view: movement.view,
  reshape: movement.reshape,
  flatten: movement.flatten,
  permute: movement.permute,
  transpose: movement.transpose,
  t: movement.t,
  unsqueeze: movement.unsqueeze,
  squeeze: movement.squeeze,
  expand: movement.expand,
  expandAs: movement.expandAs,
  select: movement.select,
  narrow: movement.narrow,
  unbind: movement.unbind,
  split: movement.split,
  chunk: movement.chunk,
  diagonal: movement.diagonal,
  asStrided: movement.asStrided,
  to: movement.to,
  uniform_: random.uniform_,
  normal_: random.normal_,
  bernoulli_: random.bernoulli_,
  sum: reduce.sum,
  mean: reduce.mean,
  prod: reduce.prod,
  amax: reduce.amax,
  amin: reduce.amin,
  max: reduce.max,
  min: reduce.min,
  argmax: reduce.argmax,
  argmin: reduce.argmin,
  any: reduce.any,
  all: reduce.all,
  softmax: softmax.softmax,
  logSoftmax: softmax.logSoftmax,
  at: subscript.at,
  setAt: subscript.setAt
}

// These take the condition or a check first; their methods are spelled out below.
type Excluded = 'where' | 'checkUnit'

type Method<F> = F extends (self: never, ...args: infer Args) => infer Result ? (...args: Args) => Result : never

type Methods = { [Name in Exclude<keyof typeof tensorMethods, Excluded | 'max' | 'min'>]: Method<(typeof tensorMethods)[Name]> }

declare module '../tensor' {
  interface Tensor extends Methods {
    /** This where the condition holds, else `other`. */
    where(condition: Tensor, other: Tensor | number): Tensor
    max(): Tensor
    max(dim: number, options?: reduce.ReduceOptions): reduce.Extremes
    max(options: reduce.ReduceOptions & { readonly dim: number }): reduce.Extremes
    max(other: Tensor): Tensor
    min(): Tensor
    min(dim: number, options?: reduce.ReduceOptions): reduce.Extremes
    min(options: reduce.ReduceOptions & { readonly dim: number }): reduce.Extremes
    min(other: Tensor): Tensor
    /** The same value; throws when an element is outside [0, 1]. */
    checkUnit(): Tensor
    float(): Tensor
    double(): Tensor
    int(): Tensor
    long(): Tensor
    byte(): Tensor
    bool(): Tensor
    /** The last two dims exchanged. */
    readonly mT: Tensor
    [Symbol.iterator](): Iterator<Tensor>
  }
}

type AnyFunction = (...args: unknown[]) => unknown

function install(target: object, name: string, value: AnyFunction): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false })
}

for (const [name, op] of Object.entries(tensorMethods)) {
  const free = op as AnyFunction
  install(Tensor.prototype, name, function (this: Tensor, ...args: unknown[]) {
    return free(this, ...args)
  })
}

install(Tensor.prototype, 'where', function (this: Tensor, condition: unknown, other: unknown) {
  return where(condition as Tensor, this, other as Tensor)
})

const casts = { float: FLOAT32, double: FLOAT64, int: INT32, long: INT64, byte: UINT8, bool: BOOL }
for (const [name, code] of Object.entries(casts)) {
  install(Tensor.prototype, name, function (this: Tensor) {
    return movement.cast(this, code)
  })
}

Object.defineProperty(Tensor.prototype, 'mT', {
  get(this: Tensor) {
    return movement.transpose(this, -2, -1)
  },
  configurable: true
})

install(Tensor.prototype, Symbol.iterator as unknown as string, function (this: Tensor) {
  if (this.shape.length === 0) throw new TypeError('iteration over a 0-d tensor')
  return movement.unbind(this)[Symbol.iterator]()
})

for (const [name, op] of pointwiseOps) {
  install(Expr.prototype, name, function (this: Expr, ...args: unknown[]) {
    return op.emit([this, ...(args as Expr[])])
  })
}

install(Expr.prototype, 'where', function (this: Expr, condition: unknown, other: unknown) {
  return where(condition as Tensor, this as unknown as Tensor, other as Tensor)
})
