// Calls of public functions: every parameter in its order and by keyword, and a TypeError for what a function does not
// take. The tables come from the declarations and from the signatures of constructors and methods, so that a new
// function is covered.

import * as dyngrad from '../../lib'
import { type DType, Tensor, nn, ones, sum, tensor } from '../../lib'
import { type Declaration, Signature, declarations, declare, overload, way } from '../../lib/declare'
import { isKeywords, members } from '../../lib/signature'
import {
  type Call,
  type Parameter,
  byKeyword,
  chainOf,
  firstKeyword,
  instances,
  keywordsFrom,
  kindIn,
  memberCalled,
  ownSentences,
  sampleOf,
  wrongFor
} from '../helpers/callables'
import { thrown } from '../helpers/check'

const listed = [...declarations] as [string, Declaration][]

const signatures = [
  ...listed.flatMap(([, { signatures }]) => signatures.map((each): [string, Signature] => [each.text, each])),
  ...[...members].map(([name, each]): [string, Signature] => [`${name}: ${each.text}`, each])
]
const single = [
  ...listed
    .filter(([, each]) => each.signatures.length === 1)
    .map(([name, { signatures, call }]): [string, Signature, Call] => [name, signatures[0], call as Call]),
  ...[...members].map(([name, each]): [string, Signature, Call] => [name, each, memberCalled(name)])
]

test('there are declarations', () => {
  expect(listed.length).toBeGreaterThan(10)
})

describe.each(signatures)('%s', (_, signature) => {
  const { parameters, positions } = signature
  const all = parameters.map(sampleOf)

  test('reads the same values in their order and by keyword, from any position on', () => {
    for (let start = firstKeyword(signature); start <= positions; start++) {
      const keywords = keywordsFrom(signature, start)
      const args = [...all.slice(0, start), ...(Object.keys(keywords).length === 0 ? [] : [keywords])]
      expect(signature.read(args)).toEqual(all)
      expect(signature.match(args)).toBe(parameters.length)
    }
  })

  test('takes a keyword that is undefined as absent, and null only where it is a value', () => {
    const start = firstKeyword(signature)
    const named = parameters.slice(start)
    const required = named.filter(({ isRequired, isVariadic }) => isRequired && !isVariadic)
    const absent = Object.fromEntries(named.filter((each) => !each.isRequired).map(({ name }) => [name, undefined]))
    expect(signature.read(byKeyword(signature, absent))).toEqual(
      parameters.map((each, i) => (each.isRequired || i < start ? sampleOf(each) : each.initial))
    )
    for (const { name } of named.filter(({ kind }) => !kind.accepts(null))) {
      expect(thrown(() => signature.read(byKeyword(signature, { [name]: null })))).toMatch(/^TypeError: .*null/)
    }
    for (const { name } of required) {
      expect(thrown(() => signature.read(byKeyword(signature, { ...absent, [name]: undefined })))).toMatch(
        `TypeError: ${signature.name}() missing 1 required argument: '${name}'`
      )
    }
  })

  test('takes undefined in the place of keywords as none', () => {
    const isVariadic = parameters.some((each) => each.isVariadic)
    const isComplete = parameters.slice(positions).every((each) => !each.isRequired)
    if (positions === parameters.length || isVariadic || !isComplete) return
    const values = parameters.map((each, i) => (i < positions ? all[i] : each.initial))
    expect(signature.read([...all.slice(0, positions), undefined])).toEqual(values)
  })

  test('leaves what the caller passed as it was', () => {
    const args = byKeyword(signature, {})
    Object.freeze(args[args.length - 1])
    expect(signature.read(Object.freeze(args))).toEqual(all)
  })
})

describe.each(single)('%s', (_, signature, call) => {
  const { name } = signature
  const { parameters, positions } = signature
  const all = parameters.map(sampleOf)
  const inOrder = all.slice(0, positions)
  const isVariadic = parameters.some((each) => each.isVariadic)

  test('refuses a surplus argument', () => {
    if (isVariadic) return expect(thrown(() => call(...inOrder.slice(0, positions - 1), 'x'))).toMatch(/^TypeError: /)
    const message = thrown(() => call(...inOrder, ones(1)))
    return expect(message).toContain(`TypeError: ${name}() takes ${positions} positional argument`)
  })

  test('refuses an unknown keyword and names the nearest', () => {
    const first = parameters[parameters.length - 1]?.name
    if (first === undefined)
      return expect(thrown(() => call({ axis: 1 }))).toContain("unexpected keyword argument 'axis'")
    const misspelt = `${first}z`
    const message = thrown(() => call(...byKeyword(signature, { [misspelt]: 1 })))
    return expect(message).toContain(
      `TypeError: ${name}() got an unexpected keyword argument '${misspelt}'; did you mean '${first}'?`
    )
  })

  test('refuses a parameter that is given twice', () => {
    if (isVariadic || positions === 0) return
    expect(thrown(() => call(...inOrder, { [parameters[0].name]: all[0] }))).toBe(
      `TypeError: ${name}() got multiple values for argument '${parameters[0].name}'`
    )
  })

  test('refuses a value of the wrong kind, by position and by keyword', () => {
    parameters.forEach((parameter, i) => {
      const wrong = wrongFor(parameter)
      if (wrong === undefined) return
      const sentence = new RegExp(`^(Type|Range)Error: .*${ownSentences[kindIn(parameter)] ?? name}`, 's')
      if (i >= firstKeyword(signature))
        expect(thrown(() => call(...byKeyword(signature, { [parameter.name]: wrong })))).toMatch(sentence)
      if (parameter.isKeywordOnly || parameter.isVariadic) return
      const args = [...inOrder]
      args[i] = wrong
      expect(thrown(() => call(...args))).toMatch(sentence)
    })
  })

  test('refuses to lack a required argument', () => {
    const required = parameters.filter((each) => each.isRequired)
    if (required.length === 0 || required[0].isVariadic) return
    expect(thrown(() => call())).toBe(
      `TypeError: ${name}() missing ${required.length} required argument${required.length === 1 ? '' : 's'}: ` +
        required.map((each) => `'${each.name}'`).join(', ')
    )
  })
})

// ---- results ----

/** What stands for tensors in a call that shall succeed, one after the other until one does. */
const operandsOf: readonly (() => Tensor)[] = [
  () =>
    tensor([
      [0.25, 0.5, 0.75],
      [0.5, 0.25, 0.125],
      [0.1, 0.2, 0.3]
    ]),
  () => tensor([0.25, 0.5, 0.75]),
  () => ones(2, 3, 3).mul(0.5),
  () =>
    tensor(
      [
        [0, 1],
        [1, 0]
      ],
      { dtype: 'int64' }
    ),
  () => tensor([0, 1, 2], { dtype: 'int64' }),
  () => tensor(0.5),
  () => tensor([true, false]),
  () => ones(2, 4).mul(0.5),
  () => ones([2], { dtype: 'float64' })
]

/** What a call is made of. */
interface Sample {
  readonly first: () => Tensor
  readonly other: () => Tensor
  readonly list: readonly number[]
  readonly dtype: DType
}

const lists: readonly number[][] = [[3, 3], [3], [1, 0]]
const dtypes: readonly DType[] = ['float64', 'float32', 'int64']
const allSamples: readonly Sample[] = operandsOf.flatMap((first) =>
  operandsOf.flatMap((other) => lists.flatMap((list) => dtypes.map((dtype) => ({ first, other, list, dtype }))))
)

/** Values for parameters that take few: an index or a mask beside operands of any kind, the name of a reduction. */
const named: Readonly<Record<string, (sample: Sample, parameter: Parameter) => unknown>> = {
  index: ({ list }) => operandsOf[list.length === 2 ? 3 : 4](),
  mask: () => tensor([true, false, true]),
  mat: () => ones(3, 3),
  fweights: () => tensor([1, 2, 3], { dtype: 'int64' }),
  aweights: () => ones(3),
  indexing: () => 'ij',
  vec: () => ones(3),
  bias: ({ first, other }) => (first().dim() === 3 ? ones(2) : other()),
  sorter: ({ first }) => first().argsort(),
  side: () => 'right',
  reduce: (_, { isRequired }) => (isRequired ? 'amax' : 'add')
}

/** A value for a parameter, made anew for each call. */
function fresh(parameter: Parameter, sample: Sample, isFirst: boolean): unknown {
  const { first, other, list, dtype } = sample
  const isClassWeight = parameter.name === 'weight' && !parameter.isRequired
  const make = isFirst ? first : isClassWeight ? operandsOf[1] : other
  const kind = kindIn(parameter)
  const isNamed = Object.hasOwn(named, parameter.name) && kind !== 'int' && kind !== 'deprecated'
  if (isNamed) return named[parameter.name](sample, parameter)
  if (kind === 'int' && parameter.name === 'end' && parameter.initial === null) return 3
  if (kind === 'int' && parameter.name === 'start' && parameter.initial === null) return 0
  if (kind === 'Tensor' || (kind === 'operand' && isFirst)) return make()
  if (kind === 'Tensor[]' || kind === 'Tensor...') return [make(), make()]
  if (kind === 'indices') return [tensor([0, 1, 2], { dtype: 'int64' })]
  if (kind === 'Generator') return new dyngrad.Generator().manualSeed(1)
  // It must be what the other arguments give.
  if (parameter.name === 'outputSize') return null
  if (kind === 'int' && parameter.name === 'N') return 3
  if (kind === 'int') return ['high', 'to'].includes(parameter.name) ? 5 : isFirst ? 2 : (parameter.initial ?? 1)
  if (kind === 'int[]' || kind === 'int...') return list
  if (kind === 'dtype') return dtype
  if (typeof parameter.initial === 'boolean') return !parameter.initial
  return parameter.initial ?? sampleOf(parameter)
}

/** Results as text: dtypes, shapes and elements of tensors; of uninitialised ones no elements. */
function textOf(value: unknown, hasElements: boolean): string {
  if (value instanceof Tensor) {
    const elements = hasElements ? [...value.toTypedArray()].map(String) : []
    return `${value.dtype} ${String(value.requiresGrad)} [${value.shape.join()}] [${elements.join()}]`
  }
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([key, each]) => `${key}: ${textOf(each, hasElements)}`)
    .join('; ')
}

/** The result of a call as text, or its error. */
function outcome({ name }: Signature, call: Call, args: readonly unknown[]): string {
  dyngrad.manualSeed(0)
  try {
    return textOf(call(...args), !/^(empty|newEmpty)/.test(name))
  } catch (error) {
    return String(error)
  }
}

const isError = (text: string): boolean => /^\w*Error: /.test(text)

/** The arguments of a call: the first so many in their order, the others by keyword. */
function passed({ parameters }: Signature, values: readonly unknown[], inOrder: number): unknown[] {
  const keywords = parameters.map((each, i) => [each.name, values[i]] as const).slice(inOrder)
  return [...values.slice(0, inOrder), ...(keywords.length > 0 ? [Object.fromEntries(keywords)] : [])]
}

/** Makes the values of a call, of a sample on which it succeeds where there is one. */
function valuesFor(signature: Signature, call: Call): () => unknown[] {
  const makers = allSamples.map(
    (sample) => (): unknown[] => signature.parameters.map((each, i) => fresh(each, sample, i === 0))
  )
  const { positions } = signature
  return makers.find((make) => !isError(outcome(signature, call, passed(signature, make(), positions)))) ?? makers[0]
}

// Backward has another test: what it does depends on the graphs of its arguments. The hook needs a leaf.
const calls = listed
  .filter(([name, { places }]) => !places.includes('autograd') && !name.endsWith('registerPostAccumulateGradHook'))
  .flatMap(([, { signatures: all, call }]) =>
    all.map((signature): [string, Signature, Call] => [signature.text, signature, call as Call])
  )

test.each(calls)('%s gives the same, however its arguments are passed', (_, signature, call) => {
  const make = valuesFor(signature, call)
  const expected = outcome(signature, call, passed(signature, make(), signature.positions))
  expect(expected).not.toMatch(/^\w*Error: /)
  for (let inOrder = 0; inOrder < signature.positions; inOrder++) {
    expect(outcome(signature, call, passed(signature, make(), inOrder))).toBe(expected)
  }
})

/** Methods that JavaScript calls with arguments of its own, that subclasses write anew, or that are not the user's. */
const conventions = new Set([
  ...['constructor', 'toString', 'toJSON', 'forward', 'extraRepr'],
  ...['aliasWith', 'at', 'elementOffset', 'ensureMeta', 'existingDim', 'show'],
  ...[
    'addGroup',
    'announce',
    'announceNew',
    'announceOptions',
    'announcedGroups',
    'check',
    'checkNames',
    'checkState',
    'childLines',
    'entryOf',
    'keepsState',
    'neutral',
    'neutralOf',
    'newState',
    // Whatever it is called with, it throws.
    'cuda',
    'ownBuffers',
    'ownModules',
    'ownParameters',
    'stateOf',
    'update'
  ]
])

const isOp = (name: string): boolean => listed.some(([, each]) => each.name === name)

/** Methods without parameters, each once. */
const bare = new Map<unknown, [name: string, self: object, method: Call]>()
for (const self of [...Object.values(instances), new nn.Linear(1, 1)]) {
  for (const prototype of chainOf(self)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const full = `${prototype.constructor.name}.${name}`
      if (typeof value !== 'function' || conventions.has(name) || members.has(full) || isOp(name)) continue
      bare.set(value, [full, self, value as Call])
    }
  }
}

test.each([...bare.values()])('%s takes no argument', (name, self, method) => {
  expect(thrown(() => method.call(self, 1))).toBe(
    `TypeError: ${name.split('.')[1]}() takes 0 positional arguments but 1 was given`
  )
})

const methods = listed.filter(([, { places }]) => places.includes('Tensor'))

test.each(methods)('%s is a method, which counts its tensor among the arguments', (_, { name, signatures }) => {
  const method = (Tensor.prototype as unknown as Record<string, Call>)[name]
  expect(method).toBeInstanceOf(Function)
  const twice = { [signatures[0].parameters[0].name]: ones(1) }
  if (signatures.length > 1) return
  expect(thrown(() => method.call(ones(1), ...new Array<unknown>(0), twice))).toBe(
    `TypeError: ${name}() got multiple values for argument '${signatures[0].parameters[0].name}'`
  )
})

test.each(listed.filter(([, { places }]) => places.includes('torch')))('%s is exported', (name, { call }) => {
  expect((dyngrad as unknown as Record<string, unknown>)[name]).toBe(call)
})

describe('what stands for keywords', () => {
  test('is a plain object of any realm', async () => {
    const { runInNewContext } = await import('node:vm')
    const nowhere: unknown = Object.create(null)
    expect([{}, nowhere, runInNewContext('({ dim: 1 })')].map(isKeywords)).toEqual([true, true, true])
  })

  test('is no tensor, list, typed array, map, function, iterable or object of a class', () => {
    class Options {
      dim = 1
    }
    const values = [ones(1), [], new Float32Array(1), new Map(), () => 1, new Options(), new Date(0), null, 1, 'x']
    const iterable = { *[Symbol.iterator]() {} } // eslint-disable-line @typescript-eslint/no-empty-function
    const proxies = [new Proxy(ones(1), {}), Object.create(new Options())] as unknown[]
    for (const value of [...values, iterable, ...proxies]) expect(isKeywords(value)).toBe(false)
  })

  test('is a value where the parameter takes objects, and keywords follow it', () => {
    const signature = new Signature('load(state: object, strict: bool = true)')
    expect(signature.read([{ strict: 1 }])).toEqual([{ strict: 1 }, true])
    expect(signature.read([{ strict: 1 }, { strict: false }])).toEqual([{ strict: 1 }, false])
  })

  test('is read once, in its order', () => {
    const reads: string[] = []
    const keywords = {
      get keepdim() {
        reads.push('keepdim')
        return true
      },
      get dim() {
        reads.push('dim')
        return 0
      }
    }
    expect(sum(ones(2, 2), keywords).shape).toEqual([1, 2])
    expect(reads).toEqual(['keepdim', 'dim'])
  })
})

describe('sentences', () => {
  const x = ones(2, 3)
  const refused = sum as unknown as Call

  test.each<[() => unknown, string]>([
    [() => refused(x, { axis: 1 }), "sum() got an unexpected keyword argument 'axis'; did you mean 'dim'?"],
    [
      () => refused(x, { keepDim: true }),
      "sum() got an unexpected keyword argument 'keepDim'; did you mean 'keepdim'?"
    ],
    [
      () => refused(x, { qqqqqqqq: 1 }),
      "sum() got an unexpected keyword argument 'qqqqqqqq'; it takes input, dim, keepdim, dtype"
    ],
    [
      () => refused(x, 0, true, 'float64'),
      'sum() takes 3 positional arguments but 4 were given; dtype: by keyword only'
    ],
    [() => refused(x, 1, { dim: 1 }), "sum() got multiple values for argument 'dim'"],
    [() => refused({ dim: 1 }), "sum() missing 1 required argument: 'input'"],
    [() => refused(undefined), 'sum: input must be a Tensor, got undefined']
  ])('%#', (call, message) => {
    expect(thrown(call)).toBe(`TypeError: ${message}`)
  })

  test('tell a callback of map() to name its argument', () => {
    const twice = declare('twice(input: Tensor)', (input): Tensor => input.add(input), [])
    expect(thrown(() => [x, x].map(twice as (each: Tensor) => Tensor))).toBe(
      'TypeError: twice() takes 1 positional argument but 3 were given; as a callback of map() and the like write x => twice(x)'
    )
  })

  test('are those of the signature that fits best', () => {
    const choose = overload(
      [],
      way('choose(input: Tensor, other: Tensor)', () => 'tensor'),
      way('choose(input: Tensor, dim: int, keepdim: bool = false)', () => 'dim')
    ) as unknown as Call
    expect([choose(x, x), choose(x, 1), choose(x, 1, { keepdim: true }), choose({ input: x, dim: 1 })]).toEqual([
      'tensor',
      'dim',
      'dim',
      'dim'
    ])
    expect(thrown(() => choose(x, 'dim'))).toBe(
      'TypeError: choose() received an invalid combination of arguments - got (Tensor, string), but expected one of:\n' +
        ' * choose(input: Tensor, other: Tensor)\n * choose(input: Tensor, dim: int, keepdim: bool = false)'
    )
    expect(thrown(() => choose(x, 1, 2))).toBe("TypeError: choose(): argument 'keepdim' must be bool, not number")
    expect(thrown(() => choose(x, { dim: 1, keepdims: true }))).toBe(
      "TypeError: choose() got an unexpected keyword argument 'keepdims'; did you mean 'keepdim'?"
    )
  })
})
