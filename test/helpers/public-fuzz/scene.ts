// What the arguments of one call are drawn from: its random numbers, shape and dtype, and the objects that earlier
// calls gave.
import { Tensor } from '../../../lib'
import { type DType, dtypeNames } from '../../../lib/dtype'
import type { Chooser } from '../chooser'
import type { AnyClass, Target } from './surface'
import type { Keyword } from './words'

/** An argument and how a report shows it: looking at a hostile value would spring it. */
export interface Drawn {
  readonly value: unknown
  readonly text: string
}

/** Results of earlier calls, the oldest of which make room. */
export class Pool {
  readonly #tensors: Tensor[] = []
  readonly #objects: object[] = []

  constructor(
    readonly random: Chooser,
    readonly limit = 120
  ) {}

  add(value: object): void {
    const list: object[] = value instanceof Tensor ? this.#tensors : this.#objects
    if (list.length < this.limit) list.push(value)
    else list[this.random.integer(this.limit)] = value
  }

  tensor(): Tensor | null {
    return this.#tensors.length === 0 ? null : this.random.pick(this.#tensors)
  }

  object(fits: (object: object) => boolean = () => true): object | null {
    const fitting = this.#objects.filter(fits)
    return fitting.length === 0 ? null : this.random.pick(fitting)
  }

  instance(type: AnyClass): object | null {
    return this.object((object) => object instanceof type)
  }
}

/** The setting of one call. */
export class Scene {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** Tensors that were drawn for this call; hostile arguments change them when they are read. */
  readonly tensors: Tensor[] = []
  /** Keywords that what is called does not know. */
  refusedKeywords: ReadonlySet<string> = new Set()
  /** Those that it knows, as far as its signatures say. */
  keywords: readonly Keyword[] = []

  constructor(
    readonly random: Chooser,
    readonly pool: Pool,
    readonly targets: readonly Target[]
  ) {
    this.shape = randomShape(random)
    this.dtype = random.chance(0.6) ? 'float32' : random.pick(dtypeNames)
  }

  /** A tensor of this call, or of an earlier one. */
  tensor(): Tensor | null {
    return this.tensors.length > 0 ? this.random.pick(this.tensors) : this.pool.tensor()
  }
}

const SIZES = [0, 1, 1, 2, 2, 2, 3, 3, 4, 5, 8]
// Results that own their buffers, and those that are worth several threads.
const LARGE = [[1100], [40, 130], [3, 70, 90], [300, 300], [70_000]]

export function randomShape(random: Chooser): readonly number[] {
  if (random.chance(0.03)) return random.pick(LARGE)
  return Array.from({ length: random.pick([0, 1, 1, 2, 2, 2, 3, 4]) }, () => random.pick(SIZES))
}
