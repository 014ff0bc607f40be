// What must be as it was when a step was recorded, so that its program may run in its place.

export { ArgumentGuard, DefaultDtypeGuard, GradModeGuard, HooksGuard, SeparateGuard } from './arguments'
export { type Guard, type OwnerPlace, conjunctionOf, ownerAt } from './guard'
export { FixedGuard, MemoryGuard } from './memory'
export { EntriesGuard, KeysGuard, TensorGuard, ValueGuard, nameOf } from './properties'
export { TensorType } from './tensor-type'
