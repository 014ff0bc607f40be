// Groups of parameters with options, as callers give them and as they find them later: types, checks and messages.

import { type Advice, isCallable, isIterable as hasIterator, isList, kindText, usualAdvice, valueText } from '../kinds'
import { torchTypeName } from '../ops/define/result'
import { defineCheck, isKeywords } from '../signature'
import { Tensor, warnOnce } from '../tensor'

/** Options that one group of parameters shares, and the parameters. */
export type ParamGroup<Options> = Options & { params: Tensor[] }

/** A group as given by the caller: options that are left out take the optimizer's. */
export type ParamGroupInit<Options> = Partial<Options> & { readonly params: Tensor | Iterable<Tensor> }

/** What an optimizer is made for: parameters, or groups of them. */
export type Params<Options> = Iterable<Tensor> | Iterable<ParamGroupInit<Options>>

/** State and options as plain data; parameters are numbered over all groups. */
export interface OptimizerStateDict<Options, State> {
  /** By number of the parameter. */
  state: Record<number, State>
  /** The options of each group and the numbers of its parameters. */
  paramGroups: (Options & { params: number[] })[]
}

declare module '../signature/types' {
  interface KindTypes {
    paramGroup: ParamGroupInit<object>
  }
}

/** Defines the parameters, or the groups of them, that an optimizer takes as a kind of argument. */
export function defineParams(kind: string): void {
  defineCheck(kind, 'an iterable of Tensors or groups of them', isIterable, (params) => {
    if (!isIterable(params)) throw noParams(params)
  })
}

const noParams = (params: unknown): TypeError =>
  new TypeError(
    'params argument given to the optimizer should be an iterable of Tensors or dicts, but got ' +
      `${typeName(params)}${paramsAdvice(params)}`
  )

defineCheck('paramGroup', 'a group of parameters', isKeywords, checkGroup, true)

function isIterable(value: unknown): value is Iterable<unknown> {
  return hasIterator(value) && !(value instanceof Tensor)
}

function typeName(value: unknown): string {
  if (value instanceof Tensor) return `torch.${torchTypeName(value.code)}Tensor`
  return kindText(value)
}

/** The way from a value to parameters. */
const paramsAdvice: Advice = (value) => {
  if (value instanceof Tensor) return '; pass an array: [parameter, ...]'
  return isCallable(value, 'parameters') || kindText(value) === 'function'
    ? '; pass net.parameters()'
    : usualAdvice(value)
}

/** The groups that an optimizer is made for. */
export function groupsOf(params: Iterable<unknown>): object[] {
  const groups: object[] = []
  const list: Tensor[] = []
  for (const each of params) {
    if (list.length === 0 && (groups.length > 0 || isKeywords(each))) {
      checkGroup(each)
      groups.push(each)
    } else {
      checkParameter(each)
      list.push(each)
    }
  }
  if (groups.length + list.length === 0) throw new RangeError('optimizer got an empty parameter list')
  return list.length === 0 ? groups : [{ params: list }]
}

// Each is looked at before it is kept: a list of billions of holes ends at the first.

function checkGroup(group: unknown): asserts group is object {
  if (!isKeywords(group)) throw new TypeError(`paramGroup must be a dict, but got ${typeName(group)}`)
}

function checkParameter(parameter: unknown): asserts parameter is Tensor {
  if (!(parameter instanceof Tensor)) {
    throw new TypeError(
      `optimizer can only optimize Tensors, but one of the params is ${typeName(parameter)}${elementAdvice(parameter)}`
    )
  }
}

const elementAdvice: Advice = (value) => (isList(value) ? '; pass net.parameters()' : paramsAdvice(value))

/** The parameters of a group. */
export function parametersOf({ params }: ParamGroupInit<object>): Tensor[] {
  const list: Tensor[] = []
  if (params === undefined) throw new TypeError('paramGroup must have params: { params: net.parameters(), lr: 0.1 }')
  const given: unknown = params instanceof Tensor ? [params] : params
  if (!isIterable(given)) throw noParams(given)
  for (const parameter of given) {
    checkParameter(parameter)
    list.push(parameter)
    if (!parameter.isLeaf && !parameter.retainsGrad) throw new Error("can't optimize a non-leaf Tensor")
  }
  if (new Set(list).size !== list.length) {
    warnOnce(
      'optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; ' +
        'see github.com/pytorch/pytorch/issues/40967 for more information'
    )
  }
  return list
}

/** Throws unless `value` is at least 0. */
export function checkNotNegative(value: number, what: string): void {
  if (!(value >= 0)) throw new RangeError(`Invalid ${what}: ${value}`)
}

// ---- what is read later ----

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !(value instanceof Tensor) && !isList(value)

/** Throws unless groups are still lists of tensors with options: anyone may set them. */
export function checkGroups(groups: unknown): void {
  if (!isList(groups)) throw noGroup('paramGroups', 'an array of groups', groups)
  for (let i = 0; i < groups.length; i++) {
    const group: unknown = groups[i]
    if (!isObject(group)) throw noGroup(`paramGroups[${i}]`, 'a group of parameters', group)
    const { params } = group
    if (!isList(params)) throw noGroup(`params of paramGroups[${i}]`, 'an array of Tensors', params)
    for (let j = 0; j < params.length; j++) if (!(params[j] instanceof Tensor)) checkParameter(params[j])
  }
}

const noGroup = (name: string, what: string, got: unknown): TypeError =>
  new TypeError(`${name} must be ${what}, got ${valueText(got)}${paramsAdvice(got)}`)

/** Throws unless a state dict has what `stateDict()` gives. */
export function checkStateDict(stateDict: object): void {
  if ('stateDict' in stateDict) {
    throw new TypeError(`loadStateDict: stateDict is ${kindText(stateDict)}; pass its stateDict()`)
  }
  const { paramGroups, state } = stateDict as Readonly<Record<string, unknown>>
  if (!isList(paramGroups)) throw notInState('paramGroups', 'an array', paramGroups)
  for (const [i, group] of paramGroups.entries()) {
    const params: unknown = isObject(group) ? group.params : undefined
    if (!isList(params)) throw notInState(`params of paramGroups[${i}]`, 'an array of numbers', params)
  }
  if (!isObject(state)) throw notInState('state', 'an object', state)
}

const notInState = (name: string, what: string, got: unknown): TypeError =>
  new TypeError(
    `loadStateDict: ${got === undefined ? `${name} is missing` : `${name} must be ${what}, got ${valueText(got)}`}; ` +
      'pass what stateDict() gives'
  )
