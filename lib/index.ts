// The public surface of dyngrad.

import './ops'

export * as autograd from './autograd'
export * as nn from './nn'
export * as optim from './optim'
export { enableGrad, isGradEnabled, noGrad, setGradEnabled } from './autograd/mode'
export type { Node } from './autograd/node'
export { type Compiled, type CompiledProgram, type CompileOptions, compile } from './compile'
export type { DType, TypedArray } from './dtype'
export { CompileError } from './errors'
export type { Shape } from './shape'
export * from './surface'
export { type Hook, type Nested, Tensor } from './tensor'
export { getNumThreads, setNumThreads } from './threads'
export type { TensorData } from './ops/creation'
export {
  abs,
  acos,
  add,
  asin,
  atan,
  atan2,
  bitwiseAnd,
  bitwiseNot,
  bitwiseOr,
  bitwiseXor,
  ceil,
  clamp,
  cos,
  cosh,
  div,
  eq,
  erf,
  exp,
  exp2,
  expm1,
  floor,
  floorDivide,
  fmax,
  fmin,
  fmod,
  ge,
  gt,
  isfinite,
  isinf,
  isnan,
  le,
  log,
  log10,
  log1p,
  log2,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  maximum,
  minimum,
  mul,
  ne,
  neg,
  pow,
  reciprocal,
  relu,
  remainder,
  round,
  rsqrt,
  sigmoid,
  sign,
  sin,
  sinh,
  sqrt,
  square,
  sub,
  tan,
  tanh,
  trunc,
  where
} from './ops/elementwise'
export { Generator, manualSeed } from './ops/random'
export { logSoftmax, softmax } from './ops/softmax'
export { type IndexedValues } from './ops/indexed-values'
export { Slice, type Subscript, at, slice } from './ops/subscript'
