// The arguments of a call: half of the calls make sense, perhaps, and half of them hold something hostile. Kinds that a
// function accepted, or refused for another reason than before, are drawn again, so that calls come far.
import type { Tensor } from '../../../lib'
import type { Chooser } from '../chooser'
import { pattern } from './errors'
import { hostileDrawers } from './hostile'
import { type Kind, drawers, kinds } from './plausible'
import type { Drawn, Scene } from './scene'
import type { Target } from './surface'

const REMEMBERED = 12
/** What most functions take. */
const FREQUENT: readonly Kind[] = ['tensor', 'tensor', 'dim', 'size', 'integers', 'indices', 'options']

/** What a message says that is missing. */
const HINTS: readonly (readonly [RegExp, Kind])[] = [
  [/(array|iterable|list) of (Tensors|params)|empty parameter list/i, 'tensors'],
  [/must be (a |one )?Tensor|is not a Tensor/, 'tensor'],
  [/dtype must be/, 'dtype'],
  [/int64|long/i, 'indices'],
  [/must be an array|must be integers|list of|sizes/, 'integers'],
  [/must be an? integer|an integer|dim/i, 'dim'],
  [/bool/, 'flag'],
  [/must be a number/, 'number'],
  [/function/, 'callback'],
  [/string/, 'name'],
  [/Module/, 'module'],
  [/learning rate/, 'options']
]

/** Lists of kinds that led somewhere, by target. */
export class Known {
  readonly #accepted = new Map<string, Kind[][]>()
  /** Those that were refused with a sentence that none before was refused with: the call came to another check. */
  readonly #nearer = new Map<string, Kind[][]>()
  readonly #sentences = new Set<string>()
  readonly #refusedKeywords = new Map<string, Set<string>>()

  constructor(readonly random: Chooser) {}

  accept(name: string, list: Kind[]): void {
    this.#keep(this.#accepted, name, list)
  }

  refuse(name: string, list: Kind[], message: string): void {
    const keyword = /unexpected keyword argument '(\w+)'/.exec(message)?.[1]
    if (keyword !== undefined) this.refusedKeywords(name).add(keyword)
    const sentence = `${name}: ${pattern(message)}`
    if (this.#sentences.has(sentence)) return
    this.#sentences.add(sentence)
    this.#keep(this.#nearer, name, list)
    const hint = HINTS.find(([wording]) => wording.test(message))?.[1]
    if (hint === undefined) return
    this.#keep(this.#nearer, name, [...list, hint])
    for (let i = 0; i < list.length; i++)
      this.#keep(this.#nearer, name, [...list.slice(0, i), hint, ...list.slice(i + 1)])
  }

  /** Keywords that a target does not know. */
  refusedKeywords(name: string): Set<string> {
    const refused = this.#refusedKeywords.get(name) ?? new Set()
    this.#refusedKeywords.set(name, refused)
    return refused
  }

  #keep(map: Map<string, Kind[][]>, name: string, list: Kind[]): void {
    const lists = map.get(name) ?? []
    map.set(name, lists)
    if (lists.length < REMEMBERED) lists.push(list)
    else lists[this.random.integer(REMEMBERED)] = list
  }

  /** A list to start from, perhaps with one kind changed, added or left out. */
  draw(name: string): Kind[] | null {
    const { random } = this
    const accepted = this.#accepted.get(name)
    const lists = accepted ?? this.#nearer.get(name)
    if (lists === undefined || random.chance(0.3)) return null
    const list = [...random.pick(lists)]
    if (random.chance(accepted === undefined ? 0.5 : 0.2)) {
      list.splice(random.integer(list.length + 1), random.integer(2), ...(random.chance(0.7) ? [anyKind(random)] : []))
    }
    return list
  }
}

const anyKind = (random: Chooser): Kind => random.pick(random.chance(0.5) ? FREQUENT : kinds)

/** What a call is made with; `list` when each of its arguments is of a kind that may make sense. */
export interface Arguments {
  readonly drawn: readonly Drawn[]
  readonly list: Kind[] | null
}

const UNKNOWN: readonly Kind[] = ['word', 'pooled']

/** What a signature's kinds are drawn from, the first that fits. */
const drawnFrom: readonly (readonly [RegExp, readonly Kind[]])[] = [
  [/^(deprecated|null|buffer|parameter)$/, ['nothing']],
  [/^Tensor\[\]|^indices/, ['tensors', 'indexList']],
  [/^(Tensor|operand)/, ['tensor', 'tensor', 'otherTensor', 'indices', 'number']],
  [/^int(\[\]|\.\.\.)/, ['integers', 'permutation']],
  [/^int/, ['dim', 'size']],
  [/^(float|scalar)/, ['number']],
  [/^(bool|true|false)/, ['flag']],
  [/^dtype/, ['dtype']],
  [/^function/, ['callback']],
  [/^Generator/, ['generator']],
  [/^Module/, ['module']],
  [/^str/, ['name', 'word']],
  [/^transferable/, ['transferable']],
  [/[Pp]arams/, ['parameters', 'group']]
]

/**
 * Kinds for the parameters of a signature: those that are required and some of the others, the last by keyword,
 * perhaps.
 */
function kindsOf({ random }: Scene, { signatures }: Target): Kind[] {
  const all = random.pick(signatures)
  const parameters = all.filter(({ isKeywordOnly }) => !isKeywordOnly)
  const required = parameters.filter(({ isRequired }) => isRequired).length
  const count = random.chance(0.5) ? required : random.between(required, parameters.length)
  const list = parameters
    .slice(0, count)
    .map(({ kindText }) => random.pick(drawnFrom.find(([pattern]) => pattern.test(kindText))?.[1] ?? UNKNOWN))
  // Where each parameter is required there is nothing to be given by keyword.
  return random.chance(0.3) && all.some(({ isRequired }) => !isRequired) ? [...list, 'options'] : list
}

/** Kinds for a target, from what led somewhere before or guessed from the number of its parameters. */
function kindsFor(scene: Scene, target: Target, known: Known): Kind[] {
  const { random } = scene
  const { name, how, arity, signatures } = target
  if (how === 'get') return []
  if (signatures.length > 0 && random.chance(0.5)) return kindsOf(scene, target)
  const before = known.draw(name)
  if (before !== null) return before
  // Functions that take options under several names declare no parameters.
  const least = how === 'set' ? 1 : arity > 0 ? arity : random.integer(4)
  const count = random.chance(0.6) ? least : Math.max(0, least + random.between(-1, 2))
  const list = Array.from({ length: count }, () => anyKind(random))
  if (how === 'call' && count > 0 && random.chance(0.4)) list[0] = 'tensor'
  return list
}

/** Puts something hostile in one place or in all of them. */
function spoil(scene: Scene, drawn: Drawn[]): void {
  const { random } = scene
  const everywhere = random.chance(0.2)
  const place = random.integer(drawn.length + 1)
  for (let i = 0; i < Math.max(drawn.length, place + 1); i++) {
    if (everywhere || i === place) drawn[i] = random.pick(hostileDrawers)(scene)
  }
}

export function drawArguments(scene: Scene, target: Target, known: Known, isHostile: boolean): Arguments {
  scene.refusedKeywords = known.refusedKeywords(target.name)
  scene.keywords = target.signatures.flatMap((parameters) =>
    parameters.map(({ name, kindText }) => ({ name, type: kindText }))
  )
  const list = kindsFor(scene, target, known)
  const drawn = list.map((kind) => drawers[kind](scene))
  if (!isHostile) return { drawn, list }
  spoil(scene, drawn)
  return { drawn, list: null }
}

/** A tensor to call a method of. */
export const drawTensor = (scene: Scene): Tensor =>
  drawers[scene.random.pick<Kind>(['tensor', 'tensor', 'otherTensor', 'parameter'])](scene).value as Tensor
