// Normalizations as modules, and what their functions say and save beside the values that the tables check.

import {
  type Tensor,
  autograd,
  compile,
  linalg,
  logsumexp,
  nn,
  norm,
  ones,
  randn,
  std,
  tensor,
  var as variance,
  varMean,
  zeros
} from 'dyngrad'
import { listen } from '../helpers/listen'

const F = nn.functional

describe('modules', () => {
  test.each([
    [new nn.LayerNorm(3), 'LayerNorm((3,), eps=1e-05, elementwise_affine=True, bias=True)', ['weight', 'bias']],
    [
      new nn.LayerNorm([2, 3], 0.5, { elementwiseAffine: false }),
      'LayerNorm((2, 3), eps=0.5, elementwise_affine=False, bias=False)',
      []
    ],
    [
      new nn.LayerNorm(3, { bias: false }),
      'LayerNorm((3,), eps=1e-05, elementwise_affine=True, bias=False)',
      ['weight']
    ],
    [new nn.RMSNorm(3), 'RMSNorm((3,), eps=None, elementwise_affine=True)', ['weight']],
    [
      new nn.RMSNorm([2, 3], { eps: 0.1, elementwiseAffine: false }),
      'RMSNorm((2, 3), eps=0.1, elementwise_affine=False)',
      []
    ],
    [new nn.CosineSimilarity({ dim: 0 }), 'CosineSimilarity()', []]
  ])('%s', (module, text, parameters) => {
    expect(module.toString()).toBe(text)
    expect(Object.keys(module.stateDict())).toEqual(parameters)
  })

  test('begin with a weight of 1 and a bias of 0, in the dtype that they are given', () => {
    const layer = new nn.LayerNorm([2, 2], { dtype: 'float64' })
    expect([layer.weight!.tolist(), layer.bias!.tolist(), layer.bias!.dtype]).toEqual([
      [
        [1, 1],
        [1, 1]
      ],
      [
        [0, 0],
        [0, 0]
      ],
      'float64'
    ])
    layer.weight!.data.fill_(5)
    layer.bias!.data.fill_(5)
    layer.resetParameters()
    expect([layer.weight!.sum().item(), layer.bias!.sum().item()]).toEqual([4, 0])
  })

  test('compute what their functions do, compiled too', () => {
    const x = randn(4, 6)
    const layer = new nn.LayerNorm(6)
    const root = new nn.RMSNorm(6, 0.5)
    const similarity = new nn.CosineSimilarity(0)
    const expected = [
      F.layerNorm(x, [6], layer.weight, layer.bias),
      F.rmsNorm(x, [6], root.weight, 0.5),
      F.cosineSimilarity(x, layer.weight!, 0)
    ]
    const step = (input: Tensor): Tensor[] => [
      layer.forward(input),
      root.forward(input),
      similarity.forward(input, layer.weight!.expand(4, 6))
    ]
    const compiled = compile(step)
    for (const results of [step(x), compiled(x), compiled(x)]) {
      expect(results.map((each) => each.tolist())).toEqual(expected.map((each) => each.tolist()))
    }
  })

  test('are recorded anew when an option changes', () => {
    const layer = new nn.LayerNorm(4)
    const x = randn(2, 4)
    const compiled = compile((input: Tensor) => layer.forward(input))
    const before = compiled(x).tolist()
    Object.assign(layer, { eps: 2 })
    expect(compiled(x).tolist()).not.toEqual(before)
    expect(compiled(x).tolist()).toEqual(F.layerNorm(x, [4], layer.weight, layer.bias, 2).tolist())
    layer.bias = null
    expect(compiled(x).tolist()).toEqual(F.layerNorm(x, [4], layer.weight, null, 2).tolist())
  })
})

describe('nodes', () => {
  const x = randn(2, 3).requiresGrad_()
  test.each<[string, () => Tensor]>([
    ['SoftmaxBackward0', () => x.softmax(1)],
    ['LogsumexpBackward0', () => logsumexp(x, 1)],
    ['VarBackward0', () => variance(x)],
    ['StdBackward0', () => std(x, 0)],
    ['VarMeanBackward0', () => varMean(x, 1)[1]],
    ['LinalgVectorNormBackward0', () => linalg.vectorNorm(x)],
    ['LinalgVectorNormBackward0', () => norm(x, 0)],
    ['NativeLayerNormBackward0', () => F.layerNorm(x, [3])]
  ])('%s', (name, call) => expect(call().gradFn!.name).toBe(name))

  test('two results have one node', () => {
    const [spread, mean] = varMean(x, 1)
    expect(spread.gradFn).toBe(mean.gradFn)
    expect([spread.outputIndex, mean.outputIndex]).toEqual([0, 1])
  })

  test('the count of elements has no gradient', () => {
    const count = linalg.vectorNorm(x, 0)
    expect(count.requiresGrad).toBe(true)
    expect(autograd.grad(count, x, { allowUnused: true })).toEqual([null])
  })
})

describe('what is saved must not change before backward', () => {
  const w = (): Tensor => ones(3).requiresGrad_()
  const saves: [
    string,
    (x: Tensor, weight: Tensor) => Tensor,
    changes: { x: boolean; y: boolean; weight?: boolean }
  ][] = [
    ['logsumexp', (x) => logsumexp(x, 1), { x: true, y: true }],
    ['var', (x) => variance(x, 1), { x: true, y: false }],
    ['std', (x) => std(x, 1), { x: true, y: true }],
    ['vectorNorm of order 1', (x) => linalg.vectorNorm(x, 1, 1), { x: true, y: false }],
    ['vectorNorm', (x) => linalg.vectorNorm(x, 2, 1), { x: true, y: true }],
    ['layerNorm', (x, weight) => F.layerNorm(x, [3], weight), { x: true, y: false, weight: true }]
  ]
  test.each(saves)('%s', (_, call, { x: savesInput, y: savesOutput, weight: savesWeight = false }) => {
    const changed = (which: 'x' | 'y' | 'weight'): (() => void) => {
      const x = randn(2, 3).requiresGrad_().mul(1)
      const weight = w().mul(1)
      const y = call(x, weight)
      ;({ x, y, weight })[which].detach().add_(1)
      return () => y.sum().backward()
    }
    for (const [which, saves] of [
      ['x', savesInput],
      ['y', savesOutput],
      ['weight', savesWeight]
    ] as const) {
      if (saves) expect(changed(which)).toThrow('modified by an inplace operation')
      else expect(changed(which)).not.toThrow()
    }
  })
})

/** Launches of a step over a matrix. */
const launches = (step: () => unknown): number => listen(step).launches.length

describe('an expanded gradient', () => {
  const x = randn(50, 40).requiresGrad_()
  const g = randn(50, 40)
  test.each<[string, () => Tensor]>([
    ['softmax', () => x.softmax(1)],
    ['logSoftmax', () => x.logSoftmax(1)],
    ['layerNorm', () => F.layerNorm(x, [40])]
  ])('takes as few launches in %s as a dense one', (_, call) => {
    const y = call()
    const backward = (gradient: Tensor): number =>
      launches(() => autograd.grad(y, x, { gradOutputs: gradient, retainGraph: true }))
    expect(backward(ones(1).expand(50, 40))).toBe(backward(g))
    expect(backward(g)).toBe(2)
  })
})

test('a norm takes the order of its name, and a sum of squares that overflows float32 in float64', () => {
  const x = tensor([3e20, 4e20])
  expect(linalg.vectorNorm(x).item()).toBe(Infinity)
  expect(linalg.vectorNorm(x, { dtype: 'float64' }).item()).toBeCloseTo(5e20, -14)
  expect(norm(x, null).item()).toBe(norm(x, 'fro').item())
})

test('a variance of large numbers is exact', () => {
  const x = tensor([10000, 10000.5, 10001, 10001.5])
  expect(variance(x).item()).toBeCloseTo(5 / 12, 6)
  expect(F.layerNorm(x, [4], { eps: 0 }).tolist()).toEqual(
    [-1.3416407, -0.4472136, 0.4472136, 1.3416407].map(Math.fround)
  )
  expect(variance(zeros(3)).item()).toBe(0)
})

test('a shape that was spoiled prints', () => {
  const norm = new nn.LayerNorm(2)
  Object.assign(norm, { normalizedShape: [Symbol('a'), 2] })
  expect(String(norm)).toBe('LayerNorm((symbol, 2), eps=1e-05, elementwise_affine=True, bias=True)')
})
