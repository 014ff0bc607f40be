// What is made once for each combination of small numbers, such as the kinds of an op's operands.

/** All that there are, to be emptied. */
const all = new Set<WeakRef<{ forget(): void }>>()
const registry = new FinalizationRegistry<WeakRef<{ forget(): void }>>((gone) => all.delete(gone))

function enlist(variants: { forget(): void }): void {
  const reference = new WeakRef(variants)
  all.add(reference)
  registry.register(variants, reference)
}

/** Empties all variants, after the default dtype has changed: what they were made for does not name it. */
export function forgetVariants(): void {
  for (const reference of all) reference.deref()?.forget()
}

/** A list whose places are numbers of the key: of further lists, or of items where the key ends. */
type Branch<Item> = (Branch<Item> | Item | undefined)[]

/**
 * Items by keys of one length. Each number of a key chooses a branch, so that no key is computed that could run over,
 * however many numbers it has. Two short lists take 4 ns, a Map 10.
 */
export class Variants<Item extends object> {
  readonly #root: Branch<Item> = []

  constructor() {
    enlist(this)
  }

  forget(): void {
    this.#root.length = 0
  }

  at1(a: number): Item | undefined {
    return this.#root[a] as Item | undefined
  }

  at2(a: number, b: number): Item | undefined {
    const branch = this.#root[a] as Branch<Item> | undefined
    return branch === undefined ? undefined : (branch[b] as Item | undefined)
  }

  at(key: readonly number[]): Item | undefined {
    let branch = this.#root
    for (let i = 0; i < key.length - 1; i++) {
      const next = branch[key[i]] as Branch<Item> | undefined
      if (next === undefined) return undefined
      branch = next
    }
    return branch[key[key.length - 1]] as Item | undefined
  }

  /** Keeps `item`, and gives it back. */
  set(key: readonly number[], item: Item): Item {
    let branch = this.#root
    for (let i = 0; i < key.length - 1; i++) branch = (branch[key[i]] ??= []) as Branch<Item>
    branch[key[key.length - 1]] = item
    return item
  }
}

/** Items by keys that are put together number by number. Calls ask for the same again: then nothing is looked up. */
export class Recent<Item extends object> {
  readonly #variants = new Variants<Item>()
  readonly #key: number[]
  #at = 0
  #isLast = false
  #last: Item | null = null

  constructor(length: number) {
    this.#key = new Array<number>(length).fill(-1)
    enlist(this)
  }

  forget(): void {
    this.#last = null
  }

  /** The key that was put together last. */
  get key(): readonly number[] {
    return this.#key
  }

  start(): void {
    this.#at = 0
    this.#isLast = this.#last !== null
  }

  put(number: number): void {
    if (this.#key[this.#at] !== number) {
      this.#key[this.#at] = number
      this.#isLast = false
    }
    this.#at++
  }

  /** What was kept under the key, null where nothing was. */
  find(): Item | null {
    return this.#isLast ? this.#last : (this.#last = this.#variants.at(this.#key) ?? null)
  }

  /** Keeps `item`, and gives it back. */
  keep(item: Item): Item {
    return (this.#last = this.#variants.set(this.#key, item))
  }
}
