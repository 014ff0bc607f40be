// Modules, losses, parameters, their initial values, and the functions behind them.

import * as activation from './activation'
import * as bilinear from './bilinear'
import * as distance from './distance'
import { closeClass } from './door'
import * as flatten from './flatten'
import * as linear from './linear'
import * as loss from './loss'
import * as normalization from './normalization'

export * from './activation'
export * from './bilinear'
export * from './container'
export * from './distance'
export * from './flatten'
export * from './linear'
export * from './loss'
export * from './normalization'
export { type AnyModule, type ForwardHook, type ForwardPreHook, Module } from './module'
export { Parameter } from './parameter'
export type { LoadResult, StateDict } from './state'
export * as functional from './functional'
export * as init from './init'

// Containers go through their fields.
for (const file of [activation, bilinear, distance, flatten, linear, loss, normalization])
  Object.values(file).forEach(closeClass)
