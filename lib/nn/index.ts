// Modules, losses, parameters, their initial values, and the functions behind them.

export * from './activation'
export * from './container'
export * from './flatten'
export * from './linear'
export * from './loss'
export * from './normalization'
export { type AnyModule, type ForwardHook, type ForwardPreHook, Module } from './module'
export { Parameter } from './parameter'
export type { LoadResult, StateDict } from './state'
export * as functional from './functional'
export * as init from './init'
