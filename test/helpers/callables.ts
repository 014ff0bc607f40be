// What there is to call by a signature, and arguments for it.

import * as dyngrad from '../../lib'
import { nn, ones, optim } from '../../lib'
import type { Signature } from '../../lib/declare'

export type Call = (...args: unknown[]) => unknown
export type Parameter = Signature['parameters'][number]

const samples: Record<string, unknown> = {
  3: 3,
  Generator: new dyngrad.Generator(),
  Module: new nn.Tanh(),
  Tensor: ones(2, 3),
  'Tensor...': [ones(2, 3)],
  'Tensor?[]': [null],
  'Tensor[]': [ones(2, 3)],
  any: 1,
  batchReduction: 'batchmean',
  betas: [0.5, 0.75],
  bool: true,
  buffer: ones(1),
  count: 2,
  data: [1],
  deprecated: null,
  device: 'cpu',
  dimPairs: 0,
  equation: '...,...',
  dtype: 'float64',
  false: false,
  fanMode: 'fanOut',
  float: 0.5,
  function: () => undefined,
  indices: [null],
  inputs: [ones(2)],
  int: 0,
  leafHook: () => undefined,
  'int...': [1, 2],
  'int[]': [0],
  limits: [0, 1],
  modules: [new nn.Tanh()],
  nonlinearity: 'tanh',
  null: null,
  object: new Map(),
  operand: 2,
  paramGroup: { params: ones(1) },
  parameter: null,
  params: [{ params: ones(1) }],
  reduction: 'sum',
  scalar: 2,
  'shape...': [[2], [2]],
  stateDict: {},
  str: 'floor',
  subscripts: [0],
  transferable: {},
  true: true,
  typeName: 'torch.FloatTensor'
}

/** Kinds whose refusal is a sentence of PyTorch's that does not name the function. */
export const ownSentences: Record<string, string> = {
  Module: 'is not a Module subclass',
  dtype: 'dtype',
  paramGroup: 'paramGroup must be a dict',
  params: 'params argument given to the optimizer should be an iterable',
  stateDict: 'Expected stateDict to be dict-like'
}

/** The kind of a parameter; each optimizer has one for what it is made for. */
export const kindIn = ({ kindText }: Parameter): string =>
  kindText
    .split('|')[0]
    .replace(/\?$/, '')
    .replace(/^\w+Params$/, 'params')

export const sampleOf = (parameter: Parameter): unknown => {
  const kind = kindIn(parameter)
  if (!(kind in samples)) throw new Error(`no sample of kind ${kind}`)
  return samples[kind]
}

/** Something that is of no kind but any object's. */
export const wrongFor = (parameter: Parameter): unknown =>
  [new Date(0), Symbol('wrong')].find((each) => !parameter.kind.accepts(each))

// ---- arguments ----

/** The first parameter that may be a keyword: an object in the place of a record is its value. */
export const firstKeyword = ({ parameters }: Signature): number =>
  parameters.length > 0 && parameters[0].kind.takesRecords === true ? 1 : 0

/** The samples of the parameters from `start` on as keywords. */
export const keywordsFrom = ({ parameters }: Signature, start: number): Record<string, unknown> =>
  Object.fromEntries(parameters.slice(start).map((parameter) => [parameter.name, sampleOf(parameter)]))

/** Arguments of a call that gives all it can by keyword, some of them changed. */
export function byKeyword(signature: Signature, changes: Record<string, unknown>): unknown[] {
  const start = firstKeyword(signature)
  return [...signature.parameters.slice(0, start).map(sampleOf), { ...keywordsFrom(signature, start), ...changes }]
}

// ---- constructors and methods ----

const doubled = dyngrad.compile((x: dyngrad.Tensor) => x.mul(2))
doubled.prepare(ones(1))

export const instances: Record<string, object> = {
  Bilinear: new nn.Bilinear(2, 2, 2),
  CompiledProgram: doubled.programs[0],
  CosineSimilarity: new nn.CosineSimilarity(),
  Container: new nn.Sequential(),
  Layer: new nn.Tanh(),
  Loss: new nn.MSELoss(),
  Module: new nn.Tanh(),
  ModuleList: new nn.ModuleList(),
  PairwiseDistance: new nn.PairwiseDistance(),
  Tensor: ones(2),
  Optimizer: new optim.SGD([ones(1)])
}

/** The prototypes of an object, those of the language aside. */
export function chainOf(self: object): object[] {
  const prototype = Object.getPrototypeOf(self) as object
  return prototype === Object.prototype ? [] : [prototype, ...chainOf(prototype)]
}

const isClass = (value: unknown): value is new (...args: unknown[]) => object =>
  typeof value === 'function' && /^[A-Z]/.test(value.name)

/** What a name among the signatures of constructors, methods and functions stands for. */
export function memberCalled(name: string): Call {
  const [owner, method] = name.split('.')
  if (method !== undefined) {
    const self = instances[owner] as Record<string, Call>
    return (...args) => self[method](...args)
  }
  const namespaces: object[] = [dyngrad, dyngrad.nn, dyngrad.optim, dyngrad.autograd]
  const found: unknown = Object.assign({}, ...namespaces)[name]
  return isClass(found) ? (...args) => new found(...args) : (found as Call)
}
