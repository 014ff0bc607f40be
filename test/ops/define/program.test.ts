// Row programs on long rows and hostile operands: the same bits for each layout, number of threads, and with
// createGraph.

import {
  type Tensor,
  autograd,
  getNumThreads,
  linalg,
  logsumexp,
  manualSeed,
  nn,
  randint,
  randn,
  setNumThreads,
  slice,
  std,
  var as variance,
  varMean
} from 'dyngrad'

const F = nn.functional

interface Program {
  /** Of tensors with the shape of rows, weights that broadcast to it, then class indices. */
  readonly call: (x: Tensor, weight: Tensor, target: Tensor) => Tensor
  readonly takesWeight?: boolean
}

const programs: Record<string, Program> = {
  softmax: { call: (x) => x.softmax(1) },
  'softmax over the first dim': { call: (x) => x.softmax(0) },
  logSoftmax: { call: (x) => x.logSoftmax(1) },
  logsumexp: { call: (x) => logsumexp(x, 1) },
  var: { call: (x) => variance(x, 1) },
  'var of all': { call: (x) => variance(x) },
  'std over the first dim': { call: (x) => std(x, 0, { keepdim: true }) },
  varMean: { call: (x) => varMean(x, 1)[0].add(varMean(x, 1)[1]) },
  'norm of order 2': { call: (x) => linalg.vectorNorm(x, 2, 1) },
  'norm of order 3': { call: (x) => linalg.vectorNorm(x, 3, 0) },
  'largest norm': { call: (x) => linalg.vectorNorm(x, Infinity, 1) },
  layerNorm: { call: (x, weight) => F.layerNorm(x, [x.shape[1]], weight, weight.mul(0.5)), takesWeight: true },
  rmsNorm: { call: (x, weight) => F.rmsNorm(x, [x.shape[1]], weight), takesWeight: true },
  cosineSimilarity: { call: (x, weight) => F.cosineSimilarity(x, weight), takesWeight: true },
  mseLoss: { call: (x, weight) => F.mseLoss(x, weight.expand(x.shape), { reduction: 'sum' }), takesWeight: true },
  binaryCrossEntropy: { call: (x) => F.binaryCrossEntropy(x.sigmoid(), x.detach().sigmoid(), { reduction: 'none' }) },
  binaryCrossEntropyWithLogits: {
    call: (x, weight) => F.binaryCrossEntropyWithLogits(x, x.detach().sigmoid(), { posWeight: weight.abs().detach() })
  },
  crossEntropy: { call: (x, weight, target) => F.crossEntropy(x, target, { weight: weight.abs().detach() }) },
  'crossEntropy without reduction': {
    call: (x, _, target) => F.crossEntropy(x, target, { reduction: 'none', ignoreIndex: 1 })
  }
}

const bytes = (x: Tensor): Buffer => Buffer.from(x.contiguous().toTypedArray().buffer)

/** Where two lists of tensors differ in a bit. */
const differing = (actual: readonly Tensor[], expected: readonly Tensor[]): number[] =>
  actual.flatMap((each, i) => (bytes(each).equals(bytes(expected[i])) ? [] : [i]))

const layouts: Record<string, (x: Tensor) => Tensor> = {
  transposed: (x) => x.t().clone().contiguous().t(),
  'every second': (x) =>
    randn([2 * x.shape[0], 2 * x.shape[1]])
      .to(x.dtype)
      .at(slice(null, null, 2), slice(null, null, 2))
      .copy_(x)
}

/** Gradients of an output that lie in memory in other ways, and what their copies are. */
const gradients: Record<string, (like: Tensor) => Tensor> = {
  dense: (like) => randn(like.shape).to(like.dtype),
  'one number': (like) => randn([]).to(like.dtype).expand(like.shape),
  'a column': (like) =>
    randn([like.shape[0] ?? 1, ...like.shape.slice(1).map(() => 1)])
      .to(like.dtype)
      .reshape(like.shape.map((size, d) => (d === 0 ? size : 1)))
      .expand(like.shape),
  'a row': (like) => randn(like.shape.slice(1)).to(like.dtype).expand(like.shape),
  transposed: (like) =>
    like.dim() === 2 ? randn([like.shape[1], like.shape[0]]).to(like.dtype).t() : randn(like.shape).to(like.dtype)
}

const shapes = [
  [3, 1300],
  [700, 40],
  [1, 5],
  [6, 1]
]

describe.each(Object.entries(programs))('%s', (_, { call, takesWeight = false }) => {
  const operands = (shape: readonly number[], dtype: 'float32' | 'float64'): [Tensor, Tensor, Tensor] => {
    manualSeed(7)
    return [randn(shape).to(dtype), randn([shape[1]]).to(dtype), randint(0, shape[1], [shape[0]])]
  }
  const leavesOf = (x: Tensor, weight: Tensor): [Tensor, Tensor] => [
    x.detach().requiresGrad_(),
    takesWeight ? weight.detach().requiresGrad_() : weight
  ]
  const gradientsOf = (output: Tensor, g: Tensor, leaves: readonly Tensor[], createGraph = false): Tensor[] =>
    autograd.grad(
      output,
      leaves.filter((leaf) => leaf.requiresGrad),
      { gradOutputs: g, createGraph, retainGraph: true }
    ) as Tensor[]

  test.each(shapes)('has the same bits for each layout and number of threads over %i x %i', (...shape) => {
    const [x, weight, target] = operands(shape, 'float32')
    const expected = call(x, weight, target)
    for (const arrange of Object.values(layouts))
      expect(differing([call(arrange(x), weight, target)], [expected])).toEqual([])
    const before = getNumThreads()
    for (const threads of [1, 2, 3]) {
      setNumThreads(threads)
      const leaves = leavesOf(x, weight)
      const output = call(...leaves, target)
      const results = [output, ...gradientsOf(output, output.detach(), leaves)]
      setNumThreads(1)
      const others = leavesOf(x, weight)
      const alone = call(...others, target)
      expect(differing(results, [alone, ...gradientsOf(alone, alone.detach(), others)])).toEqual([])
    }
    setNumThreads(before)
  })

  test.each(shapes)(
    'has the same gradient bits however the gradient lies, with createGraph and without, over %i x %i',
    (...shape) => {
      for (const dtype of ['float32', 'float64'] as const) {
        const [x, weight, target] = operands(shape, dtype)
        const leaves = leavesOf(x, weight)
        const output = call(...leaves, target)
        for (const make of Object.values(gradients)) {
          const g = make(output.detach())
          const expected = gradientsOf(output, g.clone().contiguous(), leaves)
          expect(differing(gradientsOf(output, g, leaves), expected)).toEqual([])
          expect(differing(gradientsOf(output, g, leaves, true), expected)).toEqual([])
        }
        const others = leavesOf(layouts.transposed(x), weight)
        const strided = call(...others, target)
        expect(
          differing(gradientsOf(strided, strided.detach(), others), gradientsOf(output, output.detach(), leaves))
        ).toEqual([])
      }
    }
  )
})
