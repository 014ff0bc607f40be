// Modules, losses, parameters, their initial values, and the functions behind them.

export * from './activation'
export * from './container'
export * from './flatten'
export * from './linear'
export * from './loss'
export {
  type AnyModule,
  type ForwardHook,
  type ForwardPreHook,
  type MemberOptions,
  Module,
  type NamedOptions
} from './module'
export { Parameter, type ParameterOptions } from './parameter'
export type { LoadOptions, LoadResult, StateDict } from './state'
export * as functional from './functional'
export * as init from './init'
