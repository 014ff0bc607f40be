// State dicts: the parameters and persistent buffers of a module tree by dotted name.

import { noGrad } from '../autograd/mode'
import { sameShape } from '../shape'
import { type Advice, isList, usualAdvice } from '../kinds'
import { defineCheck } from '../signature'
import { Tensor } from '../tensor'
import { sizeText, typeName } from './describe'
import type { AnyModule } from './module'
import { setField } from './tree'

/** Tensors by dotted name; parameters before buffers, submodules after both. */
export type StateDict = Record<string, Tensor>

declare module '../signature/types' {
  interface KindTypes {
    stateDict: Readonly<StateDict>
  }
}

/** Lists, maps and promises have other things than names. */
const isRecord = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && stateAdvice(value) === '' && !isList(value)

/** The way from a value to a state dict. */
export const stateAdvice: Advice = (value) => {
  if (value instanceof Map) return '; use Object.fromEntries(map)'
  const isOwner = typeof value === 'object' && value !== null && 'stateDict' in value
  return isOwner && typeof value.stateDict === 'function' ? '; pass its stateDict()' : usualAdvice(value)
}

defineCheck(
  'stateDict',
  'an object',
  isRecord,
  (value) => {
    if (!isRecord(value))
      throw new TypeError(`Expected stateDict to be dict-like, got ${typeName(value)}${stateAdvice(value) || '.'}`)
  },
  true
)

/** Keys that did not match; both empty when strict. */
export interface LoadResult {
  /** Names of the module that the state dict lacks. */
  readonly missingKeys: string[]
  /** Names of the state dict that the module lacks. */
  readonly unexpectedKeys: string[]
}

const ownState = (module: AnyModule): [name: string, value: Tensor][] => [
  ...module.ownParameters(),
  ...module.ownBuffers({ persistentOnly: true })
]

/** The state of a module tree; what is shared stands under each of its names. */
export function collectState(root: AnyModule, prefix: string): StateDict {
  const state: StateDict = {}
  const visit = (module: AnyModule, path: string): void => {
    for (const [name, value] of ownState(module)) setField(state, path + name, value.detach())
    for (const [name, child] of module.ownModules()) visit(child, `${path}${name}.`)
  }
  visit(root, prefix)
  return state
}

/** Copies a state dict into a module tree; where something does not fit, one error lists it and nothing changes. */
export function loadState(root: AnyModule, stateDict: Readonly<StateDict>, strict: boolean): LoadResult {
  const missingKeys: string[] = []
  const unexpectedKeys: string[] = []
  const problems: string[] = []
  const copies: [target: Tensor, source: Tensor][] = []

  const visit = (module: AnyModule, path: string): void => {
    const state = ownState(module)
    const children = module.ownModules()
    for (const [name, target] of state) {
      const key = path + name
      if (!Object.hasOwn(stateDict, key)) missingKeys.push(key)
      else {
        const source = stateDict[key]
        const problem = problemOf(key, target, source)
        if (problem === null) copies.push([target, source])
        else problems.push(problem)
      }
    }
    const names = new Set(state.map(([name]) => name))
    const childNames = new Set(children.map(([name]) => name))
    for (const key of Object.keys(stateDict)) {
      if (!key.startsWith(path)) continue
      const [head, ...rest] = key.slice(path.length).split('.')
      if (!(rest.length > 0 ? childNames : names).has(head)) unexpectedKeys.push(key)
    }
    for (const [name, child] of children) visit(child, `${path}${name}.`)
  }
  visit(root, '')

  if (strict) problems.unshift(...keyProblems('Missing', missingKeys), ...keyProblems('Unexpected', unexpectedKeys))
  if (problems.length > 0) {
    throw new RangeError(`Error(s) in loading stateDict for ${root.constructor.name}:\n\t${problems.join('\n\t')}`)
  }
  // Nothing has changed until here, so that a state dict that does not fit leaves all as it was.
  noGrad(() => {
    for (const [target, source] of copies) target.copy_(isOldScalar(target, source) ? source.at(0) : source)
  })
  return { missingKeys, unexpectedKeys }
}

const keyProblems = (kind: string, keys: readonly string[]): string[] =>
  keys.length === 0 ? [] : [`${kind} key(s) in stateDict: ${keys.map((key) => `"${key}"`).join(', ')}. `]

/** Scalars of very old checkpoints have one dim. */
const isOldScalar = (target: Tensor, source: Tensor): boolean => target.sizes.length === 0 && source.sizes.length === 1

/** Why `source` cannot be copied into `target`, if so. */
function problemOf(key: string, target: Tensor, source: unknown): string | null {
  if (!(source instanceof Tensor)) {
    return (
      `While copying the parameter named "${key}", expected Tensor or Tensor-like object from checkpoint but ` +
      `received ${typeName(source)}`
    )
  }
  if (!isOldScalar(target, source) && !sameShape(source.sizes, target.sizes)) {
    return (
      `size mismatch for ${key}: copying a param with shape ${sizeText(source.sizes)} from checkpoint, the shape in ` +
      `current model is ${sizeText(target.sizes)}.`
    )
  }
  return null
}
