// Expressions that store some results and reduce others in one launch, against a launch for each result.
// DYNGRAD_FUZZ_SEED and DYNGRAD_FUZZ_ROUNDS choose others or more; test/launch/bit-equality.test.ts draws such
// expressions at random.
import { type Tensor, empty, getNumThreads, ones, setNumThreads, tensor, zeros } from '../../lib'
import { dtypeCode } from '../../lib/dtype'
import { Expression, run } from '../../lib/expression'
import { Builder, type Expr, UnsupportedDtype } from '../../lib/symbol'
import { kernelRow } from '../../lib/native'
import { type Shape, numelOf, reducedShape } from '../../lib/shape'
import { Chooser, firstDifference, randomTensor } from '../helpers/chooser'

const seed = Number(process.env.DYNGRAD_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 30))
const rounds = Number(process.env.DYNGRAD_FUZZ_ROUNDS ?? 100)

const FLOAT32 = dtypeCode('float32')
const row = (name: string): number => kernelRow('reduce', name)
const apply = (builder: Builder, name: string, ...sources: Expr[]): Expr =>
  builder.instruction(kernelRow('pointwise', name), FLOAT32, sources)

/** Results of two inputs: chains that share work, an input itself, a constant and the linear index. */
function results(builder: Builder): Expr[] {
  const [a, b] = [builder.input(FLOAT32, 0), builder.input(FLOAT32, 0)]
  const product = apply(builder, 'mul', a, b)
  const sigmoid = apply(builder, 'sigmoid', apply(builder, 'sub', product, b))
  const index = builder.instruction(kernelRow('pointwise', 'index'), dtypeCode('int64'), [])
  return [a, product, sigmoid, builder.literal(0.1, FLOAT32, 0), builder.cast(index, FLOAT32)]
}

function expression(chosen: readonly number[], reductions: readonly (number | null)[]): Expression {
  const builder = new Builder()
  const made = results(builder)
  return new Expression(
    builder,
    chosen.map((i) => made[i]),
    reductions
  )
}

const REDUCTIONS = ['sum', 'mean', 'prod', 'amax', 'amin'].map(row)
const SHAPES: readonly ((random: Chooser) => Shape)[] = [
  (random) => Array.from({ length: random.between(0, 5) }, () => random.between(1, 7)),
  (random) => [random.between(1, 3000), random.between(1, 12)],
  (random) => [random.between(1, 12), random.between(400, 3000)],
  (random) => [random.between(60, 70), random.between(1, 3), random.between(500, 520)],
  (random) => [random.between(60_000, 140_000)]
]

const dimsOf = (shape: Shape, mask: number): number[] => shape.flatMap((_, d) => ((mask >> d) & 1 ? [d] : []))

class Case {
  readonly shape: Shape
  readonly mask: number
  readonly inputs: readonly Tensor[]
  readonly #random: Chooser

  constructor(random: Chooser) {
    this.#random = random
    this.shape = random.pick(SHAPES)(random)
    this.mask = random.chance(0.3) ? 2 ** this.shape.length - 1 : random.integer(2 ** this.shape.length)
    this.inputs = [0, 1].map(() => randomTensor(random, 'float32', this.shape, { tame: true }))
  }

  /** Runs the results `chosen` in one launch, to outputs of any layout. */
  run(chosen: readonly number[], reductions: readonly (number | null)[]): Tensor[] {
    const kept = reducedShape(this.shape, dimsOf(this.shape, this.mask), true)
    const outputs = reductions.map((reduction) => {
      const shape = reduction === null ? this.shape : kept
      const layout = this.#random.pick(['dense', 'dense', 'permuted', 'stepped'] as const)
      return layout === 'dense' ? empty(shape) : randomTensor(this.#random, 'float32', shape, { layout })
    })
    const mask = reductions.every((reduction) => reduction === null) ? 0 : this.mask
    run(expression(chosen, reductions), this.shape, this.inputs, outputs, [], mask)
    return outputs
  }
}

const threads = getNumThreads()
afterEach(() => setNumThreads(threads))

test(`one launch gives the bits of separate ones (DYNGRAD_FUZZ_SEED=${seed})`, () => {
  for (let i = 0; i < rounds; i++) {
    const random = new Chooser(seed + i)
    const made = new Case(random)
    const chosen = Array.from({ length: random.between(1, 6) }, () => random.integer(5))
    const reductions = chosen.map(() => (random.chance(0.4) ? null : random.pick(REDUCTIONS)))
    setNumThreads(1)
    const separate = chosen.map((result, w) => made.run([result], [reductions[w]])[0])
    for (const count of [1, 2, 3]) {
      setNumThreads(count)
      const together = made.run(chosen, reductions)
      together.forEach((output, w) => {
        if (firstDifference(separate[w], output) >= 0) {
          const what = `shape [${made.shape.join()}] mask ${made.mask}, results ${chosen.join()}, rows ${reductions.join()}`
          throw new Error(`DYNGRAD_FUZZ_SEED=${seed + i}: output ${w} differs on ${count} threads: ${what}`)
        }
      })
    }
  }
})

describe('a launch that stores and reduces', () => {
  const sumAndProduct = (reductions: readonly (number | null)[]): Expression => expression([0, 1], reductions)

  test.each([
    ['dense', [300, 40], 3],
    ['with rows reduced', [300, 40], 2],
    ['with columns reduced', [300, 40], 1],
    ['over dims of size 1', [1, 700], 1]
  ])('may store in place of an input that it reduces, %s', (_, shape, mask) => {
    const a = ones(shape).mul(3)
    const b = ones(shape).mul(2)
    const kept = reducedShape(shape, dimsOf(shape, mask), true)
    const total = zeros(kept)
    run(sumAndProduct([row('sum'), null]), shape, [a, b], [total, a], [], mask)
    const reduced = numelOf(shape) / numelOf(kept)
    expect(total.tolist()).toEqual(
      ones(kept)
        .mul(3 * reduced)
        .tolist()
    )
    expect(a.tolist()).toEqual(ones(shape).mul(6).tolist())
  })

  test('finishes each reduction in its own way', () => {
    const a = tensor([1, 2, 3, 6])
    const outputs = [zeros([1]), zeros([1]), zeros([1]), zeros([4])]
    const rows = [row('sum'), row('mean'), row('amax'), null]
    run(expression([0, 0, 0, 0], rows), [4], [a, a], outputs, [], 1)
    expect(outputs.map((output) => output.tolist())).toEqual([[12], [3], [6], [1, 2, 3, 6]])
  })

  test('stores nothing where there are no elements', () => {
    const a = zeros([3, 0])
    const outputs = [zeros([3, 1]), zeros([3, 0])]
    run(sumAndProduct([row('mean'), null]), [3, 0], [a, a], outputs, [], 2)
    expect(outputs[0].tolist()).toEqual([[NaN], [NaN], [NaN]])
  })

  test('reduces only dtypes that the reduction has', () => {
    expect(() => sumAndProduct([row('any'), null])).toThrow(UnsupportedDtype)
    expect(() => sumAndProduct([null, row('any')])).toThrow(UnsupportedDtype)
  })

  test('one row stands for all outputs', () => {
    const builder = new Builder()
    const both = new Expression(builder, results(builder).slice(0, 2), row('sum'))
    const outputs = [zeros([]), zeros([])]
    run(both, [3], [tensor([1, 2, 3]), tensor([2, 2, 2])], outputs, [], 1)
    expect(outputs.map((output) => output.item())).toEqual([6, 12])
  })
})
