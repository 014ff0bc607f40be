// Where functions are: as PyTorch has them, and as the library exports them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as dyngrad from '../../lib'
import { Tensor } from '../../lib'
import { type Place, declarations } from '../../lib/declare'
import { members } from '../../lib/signature'

interface Names extends Record<Place, string[]> {
  /** A name and its parameter lists, `self dim keepdim * dtype`. */
  readonly schemas: [name: string, ...lists: string[]][]
}

const names = JSON.parse(readFileSync(join(__dirname, '../fixtures/names.json'), 'utf8')) as Names
const places: readonly Place[] = ['torch', 'Tensor', 'nn.functional', 'nn.init', 'linalg', 'special', 'autograd']

/** Where PyTorch has a name and we have not, with the reason. */
const elsewhere: Record<string, Partial<Record<Place, string>>> = {
  binaryCrossEntropyWithLogits: { torch: 'takes no sizeAverage' },
  cosineSimilarity: { torch: 'the same' },
  detach: { Tensor: 'the method of the class' },
  detach_: { Tensor: 'the method of the class' },
  diagonal: { linalg: 'the same of the last two dims' },
  erf: { special: 'the same' },
  exp2: { special: 'the same' },
  expm1: { special: 'the same' },
  eye: { 'nn.init': 'an old name of eye_' },
  klDiv: { torch: 'takes no sizeAverage' },
  isFloatingPoint: { Tensor: 'the method of the class' },
  numel: { Tensor: 'the method of the class' },
  layerNorm: { torch: 'the same' },
  log1p: { special: 'the same' },
  logSoftmax: { special: 'the same' },
  logit: { special: 'the same' },
  logsumexp: { special: 'the same' },
  matmul: { linalg: 'the same' },
  norm: { linalg: 'another function' },
  normal: { 'nn.init': 'an old name of normal_' },
  normal_: { 'nn.init': 'another function' },
  relu: { 'nn.functional': 'has inplace' },
  rmsNorm: { torch: 'the same' },
  round: { special: 'the same' },
  softmax: { special: 'the same' },
  unfold: { 'nn.functional': 'another function' },
  uniform_: { 'nn.init': 'another function' },
  xlogy: { special: 'the same' }
}

/** What JavaScript's syntax needs, `x.setAt(0, 1)` for `x[0] = 1`, what PyTorch keeps private, and equal pointers. */
const own = new Set(['calculateFans', 'setAt', 'sharesStorage'])

/** Functions in place are methods; PyTorch lists some of them in `torch`, too. */
const isLeftOut = (name: string, place: Place): boolean =>
  elsewhere[name]?.[place] !== undefined || (place === 'torch' && name.endsWith('_'))

const listed = [...declarations.values()]
const byName = new Map(listed.map(({ name }) => [name, listed.filter((each) => each.name === name)]))

test.each([...byName].filter(([name]) => !own.has(name)))('%s is where PyTorch has it', (name, functions) => {
  const methods: Place[] = members.has(`Tensor.${name}`) ? ['Tensor'] : []
  const ours = [...functions.flatMap((each) => each.places), ...methods]
  const theirs = places.filter((place) => names[place].includes(name))
  expect(ours.filter((place) => !theirs.includes(place))).toEqual([])
  expect(theirs.filter((place) => !ours.includes(place) && !isLeftOut(name, place))).toEqual([])
})

/**
 * Where the schemas name the same argument by its kind, the documentation's names; and what the method has in another
 * order.
 */
const documented: Record<string, readonly string[]> = {
  broadcastShapes: ['shapes'],
  norm: ['input', 'p', 'dim', 'keepdim', 'dtype'],
  polygamma: ['input', 'n'],
  split: ['tensor', 'splitSizeOrSections', 'dim'],
  tensorSplit: ['input', 'indicesOrSections', 'dim'],
  tensordot: ['a', 'b', 'dims'],
  where: ['input', 'condition', 'other']
}

const schemas = new Map(names.schemas.map(([name, ...lists]) => [name, lists]))
const inOrder = listed.filter(
  ({ name, places: [place] }) => schemas.has(name) && (place === 'torch' || place === 'Tensor')
)
const signatures = inOrder.flatMap((each) => each.signatures.map((signature) => [signature.text, signature] as const))

test.each(signatures)('%s takes its arguments in PyTorch’s order', (_, { name, parameters }) => {
  const positions = parameters.filter((each) => !each.isKeywordOnly).map((each) => each.name)
  const theirs = schemas.get(name)!.map((list) =>
    list
      .split(' * ')[0]
      .split(' ')
      .map((each) => (each === 'self' ? 'input' : each))
  )
  // What we have not yet stands last with them.
  const lists = theirs.map((list) => list.slice(0, positions.length))
  expect([...lists, documented[name]]).toContainEqual(positions)
})

const namespaces: Partial<Record<Place, object>> = {
  torch: dyngrad,
  Tensor: Tensor.prototype,
  'nn.functional': dyngrad.nn.functional,
  'nn.init': dyngrad.nn.init,
  special: dyngrad.special
}

test.each(places.filter((place) => place in namespaces))('%s has what is declared there', (place) => {
  const namespace = namespaces[place] as Record<string, unknown>
  const wanted = listed.filter((each) => each.places.includes(place)).map(({ name }) => name)
  expect(wanted.filter((name) => typeof namespace[name] !== 'function')).toEqual([])
})
