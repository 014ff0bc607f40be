// What an eager operation costs when there is next to nothing to compute.

import { type Tensor, add, getNumThreads, ones, tensor } from 'dyngrad'
import { type Case, type Trial, probe, probes, sink, wave, waves } from '../trial'

const LENGTH = 100

function addOf(count: number, requiresGrad: boolean): Case {
  const a = tensor(waves(count), { requiresGrad })
  const b = tensor(waves(count), { requiresGrad })
  return {
    name: `add of ${count}${requiresGrad ? ' with graph' : ''}`,
    unit: 'op',
    run(times) {
      for (let i = 0; i < times; i++) sink.value = add(a, b)
    },
    values: () => probe(add(a, b)),
    expected: () => probes(count).map((i) => 2 * wave(i))
  }
}

interface Step {
  readonly name: string
  readonly step: (x: Tensor, leaf: Tensor, constant: Tensor) => Tensor
  /** Value and derivative of the step in plain numbers, for x and leaf; the leaf is 1. */
  readonly plain: (x: number) => [value: number, byX: number, byLeaf: number]
}

const steps: Step[] = [
  { name: 'add', step: (x, _, constant) => x.add(constant), plain: (x) => [x + 1, 1, 0] },
  { name: 'add of a leaf', step: (x, leaf) => x.add(leaf), plain: (x) => [x + 1, 1, 1] },
  { name: 'mul of a leaf', step: (x, leaf) => x.mul(leaf), plain: (x) => [x, 1, x] },
  { name: 'tanh', step: (x) => x.tanh(), plain: (x) => [Math.tanh(x), 1 - Math.tanh(x) ** 2, 0] }
]

/** Value of the chain and the leaf's gradient in plain numbers. */
function plainChain({ plain }: Step): [value: number, gradient: number] {
  let x = 1
  let gradient = 1
  for (let i = 0; i < LENGTH; i++) {
    const [value, byX, byLeaf] = plain(x)
    gradient = gradient * byX + byLeaf
    x = value
  }
  return [x, gradient]
}

function chainOf(of: Step, backward: boolean): Case {
  const leaf = ones(1, { requiresGrad: true })
  const constant = ones(1)
  const { step } = of
  const forward = (): Tensor => {
    let x = leaf
    for (let i = 0; i < LENGTH; i++) x = step(x, leaf, constant)
    return x
  }
  const both = (): Tensor => {
    leaf.grad = null
    const y = forward()
    y.backward()
    return y
  }
  const once = backward ? both : forward
  return {
    name: `chain of ${of.name}, ${backward ? 'forward and backward' : 'forward'}`,
    unit: 'op',
    units: LENGTH,
    run(times) {
      for (let i = 0; i < times; i++) sink.value = once()
    },
    values: () => (backward ? [both().item(), leaf.grad!.item()] : [forward().item()]),
    expected: () => plainChain(of).slice(0, backward ? 2 : 1)
  }
}

const emptyCall: Case = {
  name: 'a call that does nothing',
  unit: 'call',
  run(times) {
    for (let i = 0; i < times; i++) sink.value = getNumThreads()
  },
  values: () => [],
  expected: () => []
}

export const overhead: Trial = {
  title: `Operations of 1 to 4 elements, and chains of ${LENGTH} operations of 1 element (per operation)`,
  tolerance: 1e-4,
  references: ['PyTorch', 'JavaScript', 'tfjs', 'jax-js'],
  cases: () => [
    emptyCall,
    ...[1, 4].flatMap((count) => [addOf(count, false), addOf(count, true)]),
    ...steps.flatMap((step) => [chainOf(step, false), chainOf(step, true)])
  ]
}
