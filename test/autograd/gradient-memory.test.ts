// Who owns gradients: the engine adds into, keeps and recycles only what it alone has seen. Random graphs with tensors
// large enough to be recycled; DYNGRAD_FUZZ_SEED and DYNGRAD_FUZZ_ROUNDS choose others.
import { type Tensor, autograd, compile, enableGrad, noGrad, ones, optim, tensor } from '../../lib'
import { type BackwardRule, Node, attach, gradientEdge } from '../../lib/autograd/node'
import { bufferOf } from '../../lib/storage'
import { Chooser } from '../helpers/chooser'
import { randomGraph, randomLeaves } from '../helpers/graphs'

const SEED = Number(process.env.DYNGRAD_FUZZ_SEED ?? 1)
const ROUNDS = Number(process.env.DYNGRAD_FUZZ_ROUNDS ?? 40)
// 5760 bytes: enough to be recycled.
const LARGE = { rows: 36, columns: 40 }
const SMALL = { rows: 4, columns: 5 }
const LEAVES = 3

const seeds = Array.from({ length: ROUNDS }, (_, i) => SEED + i)
const float32 = (values: number[]): Tensor => tensor(values)
const float64 = (values: number[]): Tensor => tensor(values, { dtype: 'float64' })

function build(seed: number, size = seed % 4 === 0 ? SMALL : LARGE) {
  const chooser = new Chooser(seed)
  const leaves = randomLeaves(LEAVES, chooser, float32, size)
  return { chooser, leaves, ...randomGraph(chooser, leaves, chooser.between(3, 14)) }
}

type Values = ReturnType<Tensor['toTypedArray']>

/** A comparison with a short message: matchers would print thousands of numbers. */
function expectSame(actual: readonly (Values | null)[], expected: readonly (Values | null)[]): void {
  actual.forEach((values, i) => {
    const wanted = expected[i]
    const at = values?.findIndex((value, j) => !Object.is(value, wanted?.[j])) ?? (wanted === null ? -1 : 0)
    if (at >= 0) throw new Error(`tensor ${i} element ${at} is ${values?.[at]}, not ${wanted?.[at]}`)
  })
}

const valuesOf = (tensors: readonly (Tensor | null)[]): (Values | null)[] =>
  tensors.map((each) => each?.toTypedArray() ?? null)

/** Gradients by way of createGraph, where nothing is reused. */
function reference(seed: number): (Values | null)[] {
  const { leaves, loss } = build(seed)
  return valuesOf(autograd.grad(loss, leaves, { createGraph: true, allowUnused: true }))
}

/** Tensors that must keep their values for ever. */
class Stash {
  readonly tensors: Tensor[] = []
  readonly #values: Values[] = []

  add(x: Tensor): void {
    this.tensors.push(x)
    this.#values.push(x.toTypedArray())
  }

  check(): void {
    expectSame(valuesOf(this.tensors), this.#values)
  }
}

/** Takes and gives back buffers of every size in use, so that whatever was recycled too early is overwritten. */
function churn(seed: number): void {
  for (let i = 0; i < 3; i++) build(seed + 1000 * (i + 1)).loss.backward()
}

const overlap = (a: Tensor, b: Tensor): boolean =>
  bufferOf(a.storage) === bufferOf(b.storage) &&
  a.storage.byteOffset < b.storage.byteOffset + b.storage.byteLength &&
  b.storage.byteOffset < a.storage.byteOffset + a.storage.byteLength

describe(`gradients of random graphs (seed ${SEED})`, () => {
  test.each(seeds)('%i: equal those of createGraph bit for bit, and stay apart from each other', (seed) => {
    const { leaves, inner, loss, chooser } = build(seed)
    const retained = inner.filter((x) => x.requiresGrad && chooser.chance(0.3))
    for (const x of retained) x.retainGrad()
    loss.backward({ retainGraph: true })
    const grads = leaves.map((leaf) => leaf.grad)
    expectSame(valuesOf(grads), reference(seed))
    const kept = [...grads, ...retained.map((x) => x.grad)].filter((x) => x !== null)
    kept.forEach((a, i) => {
      for (const b of [...kept.slice(i + 1), ...leaves, ...inner]) expect(overlap(a, b)).toBe(false)
    })
    // A second backward over the same graph adds the same once more.
    for (const leaf of leaves) leaf.grad = null
    churn(seed)
    loss.backward()
    expectSame(valuesOf(leaves.map((leaf) => leaf.grad)), valuesOf(grads))
  })

  test.each(seeds)('%i: that hooks stashed, that were retained or returned never change later', (seed) => {
    const stash = new Stash()
    const { leaves, inner, loss, chooser } = build(seed)
    for (const x of [...leaves, ...inner]) {
      if (!x.requiresGrad || !chooser.chance(0.4)) continue
      x.registerHook((g) => {
        stash.add(g)
        if (g.shape.length > 0 && g.shape[0] > 0) stash.add(g.narrow(0, 0, 1))
        const what = chooser.between(0, 3)
        // The same bytes, or the same values in a tensor of the caller's.
        if (what === 1) return g.detach()
        if (what === 2) {
          const mine = g.clone()
          stash.add(mine)
          return mine
        }
        return undefined
      })
    }
    loss.backward({ retainGraph: true })
    expectSame(valuesOf(leaves.map((leaf) => leaf.grad)), reference(seed))
    const wanted = [...leaves, ...inner.filter((x) => x.requiresGrad && chooser.chance(0.4))]
    const returned = autograd.grad(loss, wanted, { allowUnused: true })
    for (const x of returned) if (x !== null) stash.add(x)
    churn(seed)
    stash.check()
    expectSame(valuesOf(returned.slice(0, LEAVES)), reference(seed))
  })

  test.each(seeds.slice(0, 12))('%i: survive a backward inside of a hook', (seed) => {
    const stash = new Stash()
    const { leaves, inner, loss, chooser } = build(seed)
    const hooked = inner.filter((x) => x.requiresGrad && chooser.chance(0.5))
    for (const x of hooked) {
      x.registerHook((g) => {
        const scale = g.detach().clone().requiresGrad_()
        enableGrad(() => {
          const inside = build(seed + 7)
          inside.loss.mul(scale.sum()).backward()
          for (const leaf of inside.leaves) if (leaf.grad !== null) stash.add(leaf.grad)
        })
        stash.add(scale.grad!)
        stash.add(g)
      })
    }
    loss.backward()
    expectSame(valuesOf(leaves.map((leaf) => leaf.grad)), reference(seed))
    churn(seed)
    stash.check()
  })
})

describe('a gradient that is cleared', () => {
  const leaf = (): Tensor => ones(LARGE.rows, LARGE.columns).requiresGrad_()
  const backward = (x: Tensor): void => x.mul(3).sum().backward()
  /** Past the accessor that shows the gradient to users. */
  const unread = (x: Tensor): Tensor => x.meta!.grad!
  const fresh = (): Tensor => ones(LARGE.rows, LARGE.columns).mul(1)

  test.each(seeds)('%i: keeps its bytes where somebody has read it', (seed) => {
    const stash = new Stash()
    const { leaves, loss, chooser } = build(seed)
    for (let step = 0; step < 3; step++) {
      for (const x of leaves) x.grad = null
      churn(seed)
      loss.backward({ retainGraph: true })
      for (const x of leaves) if (chooser.chance(0.4) && x.grad !== null) stash.add(x.grad)
      expectSame(valuesOf(leaves.map((x) => x.meta?.grad ?? null)), reference(seed))
    }
    for (const x of leaves) x.grad = null
    churn(seed)
    stash.check()
  })

  test('gives its bytes to the next result where nobody has', () => {
    const x = leaf()
    backward(x)
    const gradient = unread(x)
    x.grad = null
    x.grad = null
    expect([fresh(), fresh()].map((each) => overlap(each, gradient))).toEqual([true, false])
  })

  test.each<[string, (x: Tensor) => unknown]>([
    ['was read', (x) => x.grad],
    ['was read before a second backward', (x) => (x.grad, backward(x))],
    ['was set', (x) => (x.grad = ones(LARGE.rows, LARGE.columns))],
    ['has a graph', (x) => x.mul(x).sum().backward({ createGraph: true })]
  ])('keeps them when it %s', (_, look) => {
    const x = leaf()
    backward(x)
    look(x)
    const gradient = unread(x)
    x.grad = null
    expect([fresh(), fresh()].map((each) => overlap(each, gradient))).toEqual([false, false])
  })

  test('keeps them for a captured step', () => {
    const x = leaf()
    const optimizer = new optim.SGD([x], { lr: 0.1 })
    const step = compile(() => {
      const loss = x.mul(x).sum()
      loss.backward()
      optimizer.step()
      return loss
    })
    const run = (call: () => Tensor): number[] => {
      noGrad(() => x.fill_(1))
      optimizer.zeroGrad()
      const losses: number[] = []
      for (let i = 0; i < 4; i++) {
        if (i === 2) optimizer.zeroGrad()
        losses.push(call().item())
        churn(i)
      }
      return losses
    }
    const eager = run(() => {
      const loss = x.mul(x).sum()
      loss.backward()
      optimizer.step()
      return loss
    })
    expect(run(step)).toEqual(eager)
    expect(run(step)).toEqual(eager)
  })
})

describe('gradients of smooth random graphs', () => {
  const STEP = 1e-6
  // Differences of values near 1 with this step are exact to about 1e-9; the graphs' third derivatives stay small.
  const TOLERANCE = 1e-6

  test.each(seeds.slice(0, 12))('%i: agree with differences in float64', (seed) => {
    const chooser = new Chooser(seed)
    const leaves = randomLeaves(2, chooser, float64, SMALL)
    const steps = chooser.between(3, 10)
    const evaluate = (): Tensor => randomGraph(new Chooser(seed + 500), leaves, steps, { onlySmooth: true }).loss
    evaluate().backward()
    for (const leaf of leaves) {
      for (let trial = 0; trial < 5; trial++) {
        const [i, j] = [chooser.between(0, SMALL.rows - 1), chooser.between(0, SMALL.columns - 1)]
        const moved = (by: number): number => {
          noGrad(() => leaf.at(i, j).add_(by))
          const value = noGrad(evaluate).item()
          noGrad(() => leaf.at(i, j).sub_(by))
          return value
        }
        const slope = (moved(STEP) - moved(-STEP)) / (2 * STEP)
        const actual = leaf.grad === null ? 0 : leaf.grad.at(i, j).item()
        expect(Math.abs(actual - slope)).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(slope)))
      }
    }
  })
})

describe('the rule of a user', () => {
  test('keeps what it saw and what it returned', () => {
    const seen: Tensor[] = []
    const userRule: BackwardRule = {
      userCode: true,
      backward: (_, [g]) => {
        const result = g!.mul(2)
        seen.push(g!, result)
        return [result]
      }
    }
    const x = ones(2000).requiresGrad_()
    const before = x.mul(3)
    const y = before.detach().clone()
    attach(y, new Node('UserBackward', userRule, [gradientEdge(before)], [0]))
    y.mul(5).sum().backward()
    for (let i = 0; i < 5; i++) x.mul(7).tanh().mul(11).sum().backward()
    expect(seen.map((each) => [...new Set(each.tolist<number[]>())])).toEqual([[5], [10]])
  })
})
