// What fuzz tests choose from: random tensors of every layout, and the comparison of bits.
import { type DType, dtypeCode, typedArray } from '../../lib/dtype'
import { contiguousStrides, numelOf, type Shape } from '../../lib/shape'
import { asStrided, tensor, type Tensor } from '../../lib'
import { Random } from './random'

/** A generator with the ways of choosing that fuzz tests need. */
export class Chooser extends Random {
  constructor(seed: number) {
    super(seed)
    // Neighbouring seeds part after the first steps.
    for (let i = 0; i < 8; i++) this.uniform()
  }

  /** An integer in [low, high]. */
  between(low: number, high: number): number {
    return low + this.integer(high - low + 1)
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(items.length)]
  }

  chance(probability: number): boolean {
    return this.uniform() < probability
  }

  /** Near enough to normal. */
  normal(): number {
    return this.uniform() + this.uniform() + this.uniform() + this.uniform() - 2
  }

  shuffle<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items]
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.between(0, i)
      ;[shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]]
    }
    return shuffled
  }
}

const SPECIALS = [
  0,
  -0,
  1,
  -1,
  0.5,
  2,
  NaN,
  Infinity,
  -Infinity,
  1e-45,
  -1e-40,
  5e-324,
  3.4e38,
  -1.7e308,
  88.7,
  -103.9,
  1e10,
  2 ** 31
]

type Fill = (random: Chooser) => number

const tameFills: readonly Fill[] = [(random) => random.normal() * 3, (random) => random.uniform()]

const floatFills: readonly Fill[] = [
  ...tameFills,
  (random) => random.between(-3, 3),
  (random) => (random.chance(0.1) ? random.pick(SPECIALS) : random.normal()),
  (random) => (random.uniform() - 0.5) * 2 ** random.between(-140, 127)
]

const integerFills: readonly Fill[] = [
  (random) => random.between(-5, 5),
  (random) => random.between(1, 9),
  (random) => (random.chance(0.1) ? random.pick([-(2 ** 31), 2 ** 31 - 1, 0, -1]) : random.between(-100, 100))
]

/** `count` values of a kind chosen at random. */
export function randomValues(random: Chooser, dtype: DType, count: number, tame = false): Tensor {
  const code = dtypeCode(dtype)
  const values = typedArray(code, new ArrayBuffer(count * 8), 0, count)
  if (dtype === 'bool') {
    for (let i = 0; i < count; i++) values[i] = random.between(0, 1)
  } else if (dtype === 'float32' || dtype === 'float64') {
    const fill = random.pick(tame ? tameFills : floatFills)
    for (let i = 0; i < count; i++) values[i] = fill(random)
  } else {
    const fill = random.pick(integerFills)
    for (let i = 0; i < count; i++) values[i] = dtype === 'int64' ? BigInt(fill(random)) : fill(random)
  }
  return tensor(values, { dtype })
}

export const LAYOUTS = ['dense', 'offset', 'permuted', 'stepped', 'expanded'] as const
export type Layout = (typeof LAYOUTS)[number]

/** Strides, offset and reach of `shape` in a layout; `expanded` shows some dims by stride 0. */
function geometryOf(
  random: Chooser,
  layout: Layout,
  shape: Shape
): { strides: number[]; offset: number; reach: number } {
  const order =
    layout === 'permuted' || (layout === 'stepped' && random.chance(0.5))
      ? random.shuffle(shape.map((_, d) => d))
      : shape.map((_, d) => d)
  const repeated = shape.map(() => layout === 'expanded' && random.chance(0.5))
  const steps = shape.map(() => (layout === 'stepped' ? random.between(1, 3) : 1))
  const laid = order.map((d) => (repeated[d] ? 1 : shape[d] * steps[d]))
  const dense = contiguousStrides(laid)
  const strides = new Array<number>(shape.length)
  order.forEach((d, i) => (strides[d] = repeated[d] ? 0 : dense[i] * steps[d]))
  const offset = layout === 'dense' ? 0 : random.between(0, 9)
  const last = shape.reduce((sum, size, d) => sum + (size - 1) * strides[d], 0)
  return { strides, offset, reach: numelOf(shape) === 0 ? offset : offset + last + 1 }
}

/** How `randomTensor` lies in memory, and whether its values are finite and near 1. */
export interface TensorChoices {
  readonly layout?: Layout
  readonly tame?: boolean
}

/** A tensor of random values that lies in memory as `layout` says. */
export function randomTensor(random: Chooser, dtype: DType, shape: Shape, choices: TensorChoices = {}): Tensor {
  const { layout = random.pick(LAYOUTS), tame = false } = choices
  const { strides, offset, reach } = geometryOf(random, layout, shape)
  return asStrided(randomValues(random, dtype, reach, tame), shape, strides, offset)
}

const bitsOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** Index of the first element whose bits differ, -1 when none does. Any NaN equals any NaN. */
export function firstDifference(a: Tensor, b: Tensor): number {
  const [left, right] = [a.toTypedArray(), b.toTypedArray()]
  if (Buffer.compare(bitsOf(left), bitsOf(right)) === 0) return -1
  for (let i = 0; i < left.length; i++) if (!Object.is(left[i], right[i])) return i
  return -1
}
