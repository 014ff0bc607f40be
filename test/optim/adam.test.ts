// The kernel of Adam: every form against the textbook's formula, layouts, threads, what it counts and what it refuses.

import {
  type Tensor,
  cat,
  getNumThreads,
  manualSeed,
  nn,
  ones,
  optim,
  randn,
  setNumThreads,
  tensor,
  zeros
} from 'dyngrad'
import { farthest, thrown, values } from '../helpers/check'

/** A parameter with a gradient of ones. */
function parameterWithGrad(...numbers: number[]): Tensor {
  const parameter = new nn.Parameter(tensor(numbers))
  parameter.grad = ones(numbers.length)
  return parameter
}

describe('the kernel of Adam', () => {
  const FORMS: [string, Partial<optim.AdamOptions>][] = [
    ['plain', {}],
    ['weight decay', { weightDecay: 0.1, maximize: true }],
    ['amsgrad', { amsgrad: true, betas: [0.4, 0.9] }],
    ['decoupled', { weightDecay: 0.1, decoupledWeightDecay: true, amsgrad: true }],
    ['all', { weightDecay: 0.1, amsgrad: true, eps: 0.1 }]
  ]
  const STEPS = 5

  /** The textbook's update of one number. */
  function reference(start: number, gradients: number[], options: Partial<optim.AdamOptions>): number {
    const { betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8, weightDecay = 0 } = options
    const lr = 0.01
    let [p, m, v, largest] = [start, 0, 0, 0]
    gradients.forEach((gradient, i) => {
      let g = options.maximize ? -gradient : gradient
      if (options.decoupledWeightDecay) p -= lr * weightDecay * p
      else g += weightDecay * p
      m = beta1 * m + (1 - beta1) * g
      v = beta2 * v + (1 - beta2) * g * g
      largest = Math.max(largest, v)
      const scale = (options.amsgrad ? largest : v) / (1 - beta2 ** (i + 1))
      p -= (lr * (m / (1 - beta1 ** (i + 1)))) / (Math.sqrt(scale) + eps)
    })
    return p
  }

  test.each(FORMS)('%s: every number goes the textbook way, over tails and many parameters', (_, options) => {
    // More than one launch takes, one of them empty, some with a tail of a vector.
    const sizes = [1, 2, 0, 15, 16, 17, 33, 3, 5, 6, 7, 100, 8, 1, 70, 9]
    for (const dtype of ['float32', 'float64'] as const) {
      manualSeed(1)
      const starts = sizes.map((size) => randn(size, { dtype }))
      const gradients = sizes.map((size) => Array.from({ length: STEPS }, () => randn(size, { dtype })))
      const params = starts.map((start) => new nn.Parameter(start.clone()))
      const optimizer = new optim.Adam(params, { lr: 0.01, ...options })
      for (let step = 0; step < STEPS; step++) {
        params.forEach((parameter, i) => (parameter.grad = gradients[i][step]))
        optimizer.step()
      }
      params.forEach((parameter, i) => {
        const expected = values(starts[i]).map((start, j) =>
          reference(
            start,
            gradients[i].map((each) => values(each)[j]),
            options
          )
        )
        expect(farthest(values(parameter), expected)).toBeLessThan(dtype === 'float32' ? 2e-6 : 1e-12)
        expect(optimizer.state.get(parameter)!.step.item()).toBe(STEPS)
      })
    }
  })

  test('tensors that are not dense, or of another dtype, give the same bits', () => {
    manualSeed(2)
    const [start, gradient] = [randn(7, 5), randn(7, 5)]
    const wide = randn(3)
    const layouts: ((of: Tensor) => Tensor)[] = [
      (of) => of.clone(),
      (of) => of.t().contiguous().t(),
      (of) => cat([of, of], 1).narrow(1, 5, 5)
    ]
    const params = layouts.flatMap((first) =>
      layouts.map((second) => {
        const parameter = new nn.Parameter(first(start))
        parameter.grad = second(gradient)
        return parameter
      })
    )
    const double = new nn.Parameter(wide.to('float64'))
    double.grad = ones(3, { dtype: 'float64' })
    const optimizer = new optim.AdamW([...params.slice(0, 4), double, ...params.slice(4)], { amsgrad: true })
    for (let i = 0; i < STEPS; i++) optimizer.step()
    for (const parameter of params) {
      expect(values(parameter)).toEqual(values(params[0]))
      expect(values(optimizer.state.get(parameter)!.expAvg)).toEqual(values(optimizer.state.get(params[0])!.expAvg))
    }
    expect(values(double)).not.toEqual(values(wide))
  })

  test('infinite averages stop a parameter, as in PyTorch', () => {
    const parameter = new nn.Parameter(ones(1))
    const optimizer = new optim.Adam([parameter])
    for (const gradient of [1e30, 1]) {
      parameter.grad = tensor([gradient])
      optimizer.step()
    }
    expect(values(parameter)).toEqual([1])
  })

  test('a rate of zero keeps parameters, and a gradient of zero moves none', () => {
    const [still, zero] = [parameterWithGrad(3), new nn.Parameter(ones(1))]
    zero.grad = zeros(1)
    new optim.Adam([still], { lr: 0 }).step()
    new optim.Adam([zero]).step()
    expect([still.item(), zero.item()]).toEqual([3, 1])
  })

  test('threads give the same bits, and parameters that share memory are updated one after the other', () => {
    const threads = getNumThreads()
    const count = 50_000
    const run = (most: number): number[][] => {
      setNumThreads(most)
      manualSeed(3)
      const base = randn(2 * count)
      const shared = [base.narrow(0, 0, count + 100), base.narrow(0, count, count)].map((part) => part.detach())
      const params = [randn(count), randn(3), ...shared, randn(count)].map((start) => start.requiresGrad_())
      for (const parameter of params) parameter.grad = randn(...parameter.shape)
      const optimizer = new optim.Adam(params)
      for (let i = 0; i < 3; i++) optimizer.step()
      return params.map((parameter) => values(parameter))
    }
    try {
      const one = run(1)
      for (const most of [2, 3]) expect(run(most)).toEqual(one)
    } finally {
      setNumThreads(threads)
    }
  })

  test('counts versions, so that backward notices', () => {
    const parameter = parameterWithGrad(1)
    const squared = parameter.mul(parameter)
    new optim.Adam([parameter]).step()
    expect(() => squared.sum().backward()).toThrow('modified by an inplace operation')
  })

  test.each([false, true])('counts each write to parameter and state once, with amsgrad %p', (amsgrad) => {
    const parameter = parameterWithGrad(1, 2)
    const optimizer = new optim.Adam([parameter], { amsgrad })
    optimizer.step()
    const { step, expAvg, expAvgSq, maxExpAvgSq } = optimizer.state.get(parameter)!
    const written = [parameter, step, expAvg, expAvgSq, ...(maxExpAvgSq === null ? [] : [maxExpAvgSq])]
    const before = written.map(({ version }) => version)
    optimizer.step()
    expect(written.length).toBe(amsgrad ? 5 : 4)
    expect(written.map(({ version }) => version)).toEqual(before.map((version) => version + 1))
  })

  test('refuses state that does not fit', () => {
    const parameter = parameterWithGrad(1, 2)
    const optimizer = new optim.Adam([parameter])
    optimizer.step()
    optimizer.state.get(parameter)!.expAvg = ones(3)
    expect(thrown(() => optimizer.step())).toBe(
      "TypeError: Adam: expected a float32 tensor of shape [2] for a parameter's step, got float32 [3]"
    )
    expect(optimizer.state.get(parameter)!.step.item()).toBe(1)
  })
})

// PyTorch rounds each of the step's operations, ours rounds once: the last bit may differ.
test.each([
  ['float16', [0.7075, 2.291, -3.291, 0.2079], 2 ** -10],
  ['bfloat16', [0.7031, 2.2813, -3.2813, 0.209], 2 ** -7]
] as const)('takes parameters of %s and keeps their dtype', (dtype, expected, ulp) => {
  const parameter = tensor([1, 2, -3, 0.5], { dtype, requiresGrad: true })
  const optimizer = new optim.Adam([parameter], { lr: 0.1 })
  for (let i = 1; i <= 3; i++) {
    parameter.grad = tensor([0.1, -0.2, 0.3, 0.45], { dtype }).mul(i)
    optimizer.step()
  }
  const found = values(parameter)
  expected.forEach((value, i) => expect(Math.abs(found[i] - value)).toBeLessThan(4 * ulp))
  const { step, expAvg, expAvgSq } = optimizer.state.get(parameter)!
  expect([parameter, step, expAvg, expAvgSq].map((each) => each.dtype)).toEqual([dtype, 'float32', dtype, dtype])
})
