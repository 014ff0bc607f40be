// Optimizers.

export { Adagrad, type AdagradOptions, type AdagradState } from './adagrad'
export { Adam, type AdamOptions, type AdamState, AdamW } from './adam'
export type { OptimizerStateDict, ParamGroup, ParamGroupInit, Params } from './groups'
export { Optimizer } from './optimizer'
export type { PyTorchStateDict } from './pytorch-state'
export { RMSprop, type RMSpropOptions, type RMSpropState } from './rmsprop'
export { SGD, type SGDOptions, type SGDState } from './sgd'
