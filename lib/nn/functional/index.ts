// What the layers and losses compute, as functions: with each its row, its checks and its declaration.

export * from './activation'
export * from './class-loss'
export * from './linear'
export * from './loss'
export * from './normalization'
export * from './one-hot'
export * from './pad'
export { sigmoid, tanh } from '../../ops/elementwise'
export { relu_ } from '../../ops/inplace'
export { celu_, hardshrink, prelu, rrelu_, selu_, threshold_ } from '../../ops/rectifiers'
export type { Reduction } from './reduction'
