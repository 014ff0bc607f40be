// Random graphs, compiled: what passes make of many launches must be what the launches were, bit for bit.

import { type Tensor, autograd, noGrad, tensor } from 'dyngrad'
import { Chooser } from '../helpers/chooser'
import { type Step, checkStep } from '../helpers/compiled'
import { randomGraph, randomLeaves } from '../helpers/graphs'

const GRAPHS = 60
const STEPS = 18
const seeds = Array.from({ length: GRAPHS }, (_, i) => 6000 + i)

/** Leaves of a graph; `values` is the seed of their values. */
const leaves = (values: number) => (): Tensor[] =>
  randomLeaves(3, new Chooser(values), (numbers) => tensor(numbers), { rows: 4, columns: 7 })

const graph = (seed: number, inputs: readonly Tensor[]) => randomGraph(new Chooser(seed), inputs, STEPS)

const ways: Record<string, (seed: number) => Step> = {
  'without gradients':
    (seed) =>
    (...inputs) =>
      noGrad(() => graph(seed, inputs).loss),
  'with all that lies between':
    (seed) =>
    (...inputs) =>
      noGrad(() => {
        const { loss, inner } = graph(seed, inputs)
        return [loss, inner]
      }),
  'with backward inside':
    (seed) =>
    (...inputs) => {
      const { loss } = graph(seed, inputs)
      loss.backward()
      return loss
    },
  'with gradients of what lies between':
    (seed) =>
    (...inputs) => {
      const { loss, inner } = graph(seed, inputs)
      return autograd.grad(loss, [...inputs, inner[0], inner[5]], { allowUnused: true })
    },
  'with second derivatives':
    (seed) =>
    (...inputs) => {
      const first = autograd.grad(graph(seed, inputs).loss, inputs, { createGraph: true, allowUnused: true })
      const total = first.reduce<Tensor>(
        (sum, each) => (each === null ? sum : sum.add(each.square().sum())),
        inputs[0].sum()
      )
      return autograd.grad(total, inputs, { allowUnused: true })
    }
}

describe('a compiled random graph', () => {
  test.each(Object.entries(ways))('%s', (_, way) => {
    const problems = seeds.flatMap(
      (seed) => checkStep(way(seed), leaves(seed + 1000), leaves(seed + 2000), `seed ${seed}`) ?? []
    )
    expect(problems).toEqual([])
  })

  test('with backward outside', () => {
    const problems = seeds.flatMap((seed) => {
      const outside = (forward: Step): Step => {
        const call = (...inputs: Tensor[]): unknown => {
          const loss = forward(...inputs) as Tensor
          loss.backward()
          return loss.detach()
        }
        return call
      }
      return (
        checkStep(
          (...inputs) => graph(seed, inputs).loss,
          leaves(seed + 1000),
          leaves(seed + 2000),
          `seed ${seed}`,
          outside
        ) ?? []
      )
    })
    expect(problems).toEqual([])
  })
})
