// Cross-validation: each sample is in one part to test with.

import { warn } from '../../errors'
import type { Generator } from '../../index'
import { Signature } from '../arguments'
import { type Classes, type Labels, classesOf, countOf, placesOf, sortedClassesOf } from './classes'
import { type Permute, RANDOM, type RandomOptions, permuter, shuffled } from './draw'

/** The numbers of the samples to train with, and of those to test with. */
export interface Split {
  readonly train: number[]
  readonly test: number[]
}

/** What is split: a tensor, an array, a dataset, or a number of samples. */
export type Splittable = object | number

/** Options of `KFold` and `StratifiedKFold`. */
export interface KFoldOptions extends RandomOptions {
  /** How many parts. Default 5. */
  readonly nSplits?: number
  /** Draws which samples stand in which part. Default false. */
  readonly shuffle?: boolean
}

type Splits = globalThis.Generator<Split, void>

export const range = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i)

/** The splits of a number of the fold for each sample. */
function* splitsOf(folds: readonly number[], nSplits: number): Splits {
  for (let fold = 0; fold < nSplits; fold++) {
    const split: Split = { train: [], test: [] }
    folds.forEach((each, place) => (each === fold ? split.test : split.train).push(place))
    yield split
  }
}

abstract class Folds {
  readonly nSplits: number
  readonly shuffle: boolean
  readonly #generator: Generator | null
  readonly #seed: number | bigint | boolean | null

  constructor(
    private readonly name: string,
    [nSplits, shuffle, generator, seed]: readonly [number, boolean, Generator | null, number | bigint | boolean | null]
  ) {
    if (nSplits < 2) {
      throw new RangeError(
        `k-fold cross-validation requires at least one train/test split by setting nSplits=2 or more, got ` +
          `nSplits=${nSplits}.`
      )
    }
    if (!shuffle && (generator !== null || seed !== null))
      throw new RangeError(`Setting a generator or a seed has no effect since shuffle is false; ${name}: set shuffle`)
    this.nSplits = nSplits
    this.shuffle = shuffle
    this.#generator = generator
    this.#seed = seed
  }

  /** Null where nothing is shuffled. */
  protected permuter(): Permute | null {
    return this.shuffle ? permuter(this.name, this.#generator, this.#seed) : null
  }

  protected countOf(data: Splittable): number {
    const count = countOf(data, this.name)
    if (count >= this.nSplits) return count
    throw new RangeError(
      `Cannot have number of splits nSplits=${this.nSplits} greater than the number of samples: n_samples=${count}.`
    )
  }
}

const signatures = {
  kFold: new Signature(`KFold(nSplits: int = 5, *, shuffle: bool = false, ${RANDOM})`),
  stratified: new Signature(`StratifiedKFold(nSplits: int = 5, *, shuffle: bool = false, ${RANDOM})`),
  group: new Signature('GroupKFold(nSplits: int = 5)'),
  stratifiedGroup: new Signature(`StratifiedGroupKFold(nSplits: int = 5, *, shuffle: bool = false, ${RANDOM})`)
}

/** Parts of samples that follow each other, or are drawn. */
export class KFold extends Folds {
  constructor(options?: KFoldOptions)
  constructor(nSplits: number, options?: Omit<KFoldOptions, 'nSplits'>)
  constructor(...args: unknown[]) {
    super('KFold', signatures.kFold.read(args))
  }

  *split(data: Splittable): Splits {
    const count = this.countOf(data)
    const order = this.permuter()?.(count) ?? range(0, count)
    const folds = new Array<number>(count)
    let start = 0
    for (let fold = 0; fold < this.nSplits; fold++) {
      const size = Math.floor(count / this.nSplits) + (fold < count % this.nSplits ? 1 : 0)
      for (const place of order.slice(start, start + size)) folds[place] = fold
      start += size
    }
    yield* splitsOf(folds, this.nSplits)
  }
}

/** Throws where a class has no sample for some part; warns where it has none for a few. */
function checkClasses({ counts }: Classes, nSplits: number): void {
  if (counts.every((count) => count < nSplits)) {
    throw new RangeError(`nSplits=${nSplits} cannot be greater than the number of members in each class.`)
  }
  const least = Math.min(...counts)
  if (least < nSplits) {
    warn(`The least populated class in y has only ${least} members, which is less than nSplits=${nSplits}.`)
  }
}

/** Parts that have the shares of the classes. */
export class StratifiedKFold extends Folds {
  constructor(options?: KFoldOptions)
  constructor(nSplits: number, options?: Omit<KFoldOptions, 'nSplits'>)
  constructor(...args: unknown[]) {
    super('StratifiedKFold', signatures.stratified.read(args))
  }

  *split(data: Splittable, y: Labels): Splits {
    const { nSplits } = this
    const classes = classesOf(y, this.countOf(data), 'StratifiedKFold', 'y')
    checkClasses(classes, nSplits)
    const permute = this.permuter()
    const folds = new Array<number>(classes.codes.length)
    // As dealt out: of the samples sorted by class, every nSplits-th to the same part.
    let start = 0
    for (const places of placesOf(classes.codes, classes.counts.length)) {
      const dealt = places.map((_, i) => (start + i) % nSplits).sort((a, b) => a - b)
      const chosen = permute === null ? dealt : shuffled(dealt, permute)
      places.forEach((place, i) => (folds[place] = chosen[i]))
      start += places.length
    }
    yield* splitsOf(folds, nSplits)
  }
}

function groupsOf(groups: Labels, count: number, nSplits: number, name: string): Classes {
  const found = sortedClassesOf(groups, count, name, 'groups')
  if (found.counts.length >= nSplits) return found
  throw new RangeError(
    `Cannot have number of splits nSplits=${nSplits} greater than the number of groups: ${found.counts.length}.`
  )
}

const indexOfLeast = (values: readonly number[]): number => values.indexOf(Math.min(...values))

/** Parts of about one size that share no group. */
export class GroupKFold extends Folds {
  constructor(options?: Pick<KFoldOptions, 'nSplits'>)
  constructor(nSplits: number)
  constructor(...args: unknown[]) {
    const [nSplits] = signatures.group.read(args)
    super('GroupKFold', [nSplits, false, null, null])
  }

  /** `y` stands where scikit-learn has it, and does not count. */
  *split(data: Splittable, _y: unknown, groups: Labels): Splits {
    const { codes, counts } = groupsOf(groups, this.countOf(data), this.nSplits, 'GroupKFold')
    // The largest group first, to the part that has least; of equal ones the last.
    const order = range(0, counts.length).sort((a, b) => counts[b] - counts[a] || b - a)
    const sizes = new Array<number>(this.nSplits).fill(0)
    const foldOf = new Array<number>(counts.length)
    for (const group of order) {
      foldOf[group] = indexOfLeast(sizes)
      sizes[foldOf[group]] += counts[group]
    }
    yield* splitsOf(
      codes.map((code) => foldOf[code]),
      this.nSplits
    )
  }
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-8 + 1e-5 * Math.abs(b)

/** Parts that share no group, and have the shares of the classes as far as groups allow. */
export class StratifiedGroupKFold extends Folds {
  constructor(options?: KFoldOptions)
  constructor(nSplits: number, options?: Omit<KFoldOptions, 'nSplits'>)
  constructor(...args: unknown[]) {
    super('StratifiedGroupKFold', signatures.stratifiedGroup.read(args))
  }

  *split(data: Splittable, y: Labels, groups: Labels): Splits {
    const { nSplits } = this
    const count = this.countOf(data)
    const classes = classesOf(y, count, 'StratifiedGroupKFold', 'y')
    checkClasses(classes, nSplits)
    const { codes, counts } = groupsOf(groups, count, nSplits, 'StratifiedGroupKFold')
    const none = (): number[] => classes.counts.map(() => 0)
    const members = counts.map(none)
    codes.forEach((group, place) => members[group][classes.codes[place]]++)
    const groupOrder = this.permuter()?.(counts.length) ?? range(0, counts.length)
    const spread = members.map(deviation)
    const folds = range(0, nSplits).map(none)
    const foldOf = new Array<number>(counts.length)
    // The most lopsided group first, where it makes the parts most alike.
    for (const group of groupOrder.sort((a, b) => spread[b] - spread[a])) {
      foldOf[group] = bestFold(folds, classes.counts, members[group])
      members[group].forEach((each, i) => (folds[foldOf[group]][i] += each))
    }
    yield* splitsOf(
      codes.map((code) => foldOf[code]),
      nSplits
    )
  }
}

/** The part to which a group comes so that classes are spread most evenly; of equal ones the smallest. */
function bestFold(folds: readonly number[][], counts: readonly number[], added: readonly number[]): number {
  let best = { fold: 0, spread: Infinity, size: Infinity }
  folds.forEach((_, fold) => {
    const shares = counts.map((count, i) =>
      deviation(folds.map((each, at) => (each[i] + (at === fold ? added[i] : 0)) / count))
    )
    const spread = shares.reduce((sum, share) => sum + share, 0) / shares.length
    const size = folds[fold].reduce((sum, each) => sum + each, 0)
    if (spread < best.spread || (isClose(spread, best.spread) && size < best.size)) best = { fold, spread, size }
  })
  return best.fold
}
