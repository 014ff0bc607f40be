// The public surface of dyngrad.

// First: V8 makes better code of ops that load before the engine (an add of 4 elements with a graph takes 110 ns, else
// 180).
export * from './surface'
export * as autograd from './autograd'
export * as linalg from './linalg'
export * as nn from './nn'
export * as optim from './optim'
export * as special from './special'
export { enableGrad, isGradEnabled, noGrad, setGradEnabled } from './autograd/mode'
export type { Node } from './autograd/node'
export { type Compiled, type CompiledProgram, type CompileOptions, compile } from './compile'
export type { DType, TypedArray } from './dtype'
export {
  bfloat16,
  bool,
  double,
  float,
  float16,
  float32,
  float64,
  half,
  int,
  int16,
  int32,
  int64,
  int8,
  long,
  short,
  uint8
} from './dtype'
export {
  type FInfo,
  type IInfo,
  canCast,
  finfo,
  getDefaultDtype,
  iinfo,
  isTensor,
  promoteTypes,
  resultType,
  setDefaultDtype
} from './dtype-info'
export { deepcopy } from './deepcopy'
export type { RemovableHandle } from './removable'
export { CompileError } from './errors'
export type { Shape } from './shape'
export { type Hook, type Nested, Tensor } from './tensor'
export { type Transferable, type Transferred, fromTransferable } from './transfer'
export { setPrintOptions } from './printing'
export { getNumThreads, setNumThreads } from './threads'
export type { TensorData } from './ops/core/data'
export { Generator, forkRng, getRngState, initialSeed, manualSeed, seed, setRngState } from './ops/core/generator'
/** @internal */
export { declarations } from './declare'
/** @internal */
export { tracing } from './tracing'
export { type MinMax } from './ops/aminmax'
export { type IndexedValues } from './ops/core/indexed-values'
export { Slice, type Subscript, at, slice } from './ops/subscript'
