// State dicts of PyTorch's optimizers, as files of torch.save have them: the same content under names in snake_case.

import { isList } from '../kinds'
import { Tensor } from '../tensor'

/** What `state_dict()` of a PyTorch optimizer gives, read into JavaScript's objects. */
export interface PyTorchStateDict {
  /** By number of the parameter: `exp_avg`, `momentum_buffer`, ... */
  readonly state: Readonly<Record<number, Readonly<Record<string, unknown>>>>
  /** The options of each group, such as `weight_decay`, and the numbers of its parameters. */
  readonly param_groups: readonly Readonly<Record<string, unknown>>[]
}

/** How PyTorch computes a step; the step is the same. */
const implementations = new Set(['foreach', 'fused', 'capturable', 'differentiable'])

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** PyTorch's rates may be tensors. */
const optionOf = (value: unknown): unknown => (value instanceof Tensor && value.dim() === 0 ? value.item() : value)

const renamed = (record: unknown, valueOf: (value: unknown) => unknown): unknown =>
  typeof record !== 'object' || record === null || isList(record) || record instanceof Tensor
    ? record
    : Object.fromEntries(
        Object.entries(record)
          .filter(([name]) => !implementations.has(name))
          .map(([name, value]) => [camelCase(name), valueOf(value)])
      )

/** A state dict with the names that are used here; one that has them already stays. */
export function withOwnNames(stateDict: object): object {
  if (!('param_groups' in stateDict)) return stateDict
  const { state, param_groups: groups } = stateDict as Readonly<Record<string, unknown>>
  const isRecord = typeof state === 'object' && state !== null && !isList(state)
  return {
    state: isRecord
      ? Object.fromEntries(Object.entries(state).map(([key, each]) => [key, renamed(each, (value) => value)]))
      : state,
    paramGroups: isList(groups) ? groups.map((group) => renamed(group, optionOf)) : groups
  }
}
