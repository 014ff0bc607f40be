// Which launches row programs take, and that these give the bits of ordinary ops.

import { type Tensor, getNumThreads, manualSeed, randn, setNumThreads } from 'dyngrad'
import type { Expr } from '../../../lib/symbol'
import { ONE, ROWS, type PlanInput, type PlanOutput } from '../../../lib/ops/define/plan'
import { keptShape } from '../../../lib/shape'
import { full, launchesOf, output, perRow, planOf, repeated } from '../../helpers/plans'

interface Program {
  readonly inputs: Readonly<Record<string, PlanInput>>
  readonly formula: (...symbols: Expr[]) => readonly PlanOutput[]
  readonly isWhole?: boolean
  readonly launches: readonly string[]
}

const programs: Record<string, Program> = {
  softmax: {
    inputs: { x: full },
    formula: (x) => {
      const weights = x.sub(x.amax()).exp()
      return [output(weights.div(weights.sum()))]
    },
    launches: [
      'full over rows: m1 = amax(x)',
      'full over rows: m2 = sum(exp(sub(x, m1))); m3 = exp(sub(x, m1))',
      'full: m3 = div(m3, m2)'
    ]
  },
  // What is centred waits in the result's memory.
  logSoftmax: {
    inputs: { x: full },
    formula: (x) => {
      const centred = x.sub(x.amax())
      return [output(centred.sub(centred.exp().sum().log()))]
    },
    launches: [
      'full over rows: m1 = amax(x)',
      'full over rows: m2 = sum(exp(sub(x, m1))); m3 = sub(x, m1)',
      'rows: m4 = log(m2)',
      'full: m3 = sub(m3, m4)'
    ]
  },
  softmaxBackward: {
    inputs: { g: full, y: full },
    formula: (g, y) => [output(g.mul(y).sub(y.mul(g.mul(y).sum())))],
    launches: ['full over rows: m2 = sum(mul(g, y))', 'full: m3 = subProduct(mul(g, y), y, m2)']
  },
  // What no reduction needs is computed where it is stored.
  logSoftmaxBackward: {
    inputs: { g: full, y: full },
    formula: (g, y) => [output(g.sub(y.exp().mul(g.sum())))],
    launches: ['full over rows: m2 = sum(g)', 'full: m3 = subProduct(g, exp(y), m2)']
  },
  layerNorm: {
    inputs: { x: full, weight: repeated, bias: repeated },
    formula: (x, weight, bias) => {
      const mean = x.mean()
      const centred = x.sub(mean)
      const scale = centred.square().mean().add(0.5).rsqrt()
      return [output(centred.mul(scale).mul(weight).add(bias)), output(mean, ROWS), output(scale, ROWS)]
    },
    launches: [
      'full over rows: m3 = mean(x)',
      'full over rows: m4 = mean(square(sub(x, m3))); m5 = sub(x, m3)',
      'rows: m6 = rsqrt(add(m4, 0.5))',
      'full: m5 = addProduct(bias, mul(m5, m6), weight)'
    ]
  },
  // Gradients of what broadcasting repeated are summed in the pass that stores the other.
  layerNormBackward: {
    inputs: { g: full, x: full, weight: repeated, mean: perRow, scale: perRow },
    formula: (g, x, weight, mean, scale) => {
      const normal = x.sub(mean).mul(scale)
      const h = g.mul(weight)
      const input = h
        .sub(h.mean())
        .sub(normal.mul(h.mul(normal).mean()))
        .mul(scale)
      return [output(input), output(g.mul(normal), 0, 0), output(g, 0, 0)]
    },
    launches: [
      'full over rows: m5 = mean(mul(g, weight)); m6 = mean(mul(mul(g, weight), mul(sub(x, mean), scale))); m7 = mul(sub(x, mean), scale)',
      'full over group 0: m8 = sum(mul(g, m7)); m9 = sum(g); m7 = mul(subProduct(sub(mul(g, weight), m5), m7, m6), scale)'
    ]
  },
  variance: {
    inputs: { x: full },
    formula: (x) => [output(x.sub(x.mean()).square().sum().div(7), ROWS)],
    launches: ['full over rows: m1 = mean(x)', 'full over rows: m2 = sum(square(sub(x, m1)))', 'rows: m3 = div(m2, 7)']
  },
  'variance of all': {
    inputs: { x: full },
    formula: (x) => [output(x.sub(x.mean()).square().sum().div(7), ONE)],
    isWhole: true,
    launches: ['full over all: m1 = mean(x)', 'full over all: m2 = sum(square(sub(x, m1)))', 'one: m3 = div(m2, 7)']
  },
  // What all of a call has once is computed in the launches that read it.
  meanOfSquaresBackward: {
    inputs: { g: perRow, a: full, b: full },
    formula: (g, a, b) => {
      const scaled = g.div(7)
      return [output(scaled.mul(a.sub(b).mul(2))), output(scaled.mul(b.sub(a).mul(2)))]
    },
    isWhole: true,
    launches: ['full: m3 = mul(div(g, 7), mul(sub(a, b), 2)); m4 = mul(div(g, 7), mul(sub(b, a), 2))']
  },
  'total of rows': {
    inputs: { x: full },
    formula: (x) => [output(x.exp().sum().log().total(), ONE)],
    launches: ['full over rows: m1 = sum(exp(x))', 'rows over all: m2 = sum(log(m1))']
  },
  // What is costly and needed twice is stored, in memory of its own where no result can hold it.
  'two passes over a logarithm': {
    inputs: { x: full },
    formula: (x) => {
      const log = x.square().log()
      return [output(log.sub(log.amax()).square().sum(), ROWS)]
    },
    launches: [
      'full over rows: m1 = amax(log(square(x))); m2 = log(square(x))',
      'full over rows: m3 = sum(square(sub(m2, m1)))'
    ]
  },
  'an input as it is, a number, a row and a sum': {
    inputs: { x: full, r: perRow },
    formula: (x, r) => [output(x), output(x.constant(0.5)), output(r.neg()), output(r, 0, 0)],
    launches: ['rows: m2 = neg(r)', 'full over group 0: m3 = sum(r); m4 = 0.5; m5 = m2']
  }
}

const planNamed = ({ inputs, formula, isWhole }: Program) => planOf(Object.values(inputs), formula, isWhole)

test.each(Object.entries(programs))('launches of %s', (_, program) => {
  expect(launchesOf(planNamed(program), Object.keys(program.inputs))).toEqual(program.launches)
})

/** A value whose ops run one by one. */
function valueOf(x: Tensor, dims: readonly number[]): Expr {
  const reductions: Record<string, () => Tensor> = {
    sum: () => x.sum(dims, true),
    mean: () => x.mean(dims, true),
    amax: () => x.amax(dims, true),
    total: () => x.sum().reshape(x.shape.map(() => 1))
  }
  const methods = x as unknown as Record<string, (...others: unknown[]) => Tensor>
  const handler: ProxyHandler<object> = {
    get: (_, name: string) => {
      if (name === 'tensor') return x
      if (name === 'constant') return (value: number) => valueOf(x.mul(0).add(value), dims)
      return (...others: (Expr | number)[]) =>
        valueOf(
          reductions[name]?.() ??
            methods[name](...others.map((each) => (typeof each === 'number' ? each : tensorOf(each)))),
          dims
        )
    }
  }
  return new Proxy({}, handler) as Expr
}

const tensorOf = (value: Expr): Tensor => (value as unknown as { tensor: Tensor }).tensor

const bytes = (x: Tensor): Buffer => Buffer.from(x.contiguous().toTypedArray().buffer)

const shapes: [shape: number[], dims: number[]][] = [
  [[3, 5], [1]],
  [[40, 700], [1]],
  [[700, 40], [0]],
  [[600, 1100], [0]],
  [[5, 6, 70], [1]],
  [
    [5, 60, 7],
    [0, 2]
  ],
  [[4, 1], [1]],
  [[1], [0]],
  [[0, 3], [1]]
]

describe.each(Object.entries(programs))('bits of %s', (_, program) => {
  const plan = planNamed(program)
  test.each(shapes)('over %j, rows over %j', (shape, rowDims) => {
    manualSeed(1)
    const dims = program.isWhole === true ? shape.map((_size, d) => d) : rowDims
    const mask = dims.reduce((all, d) => all | (1 << d), 0)
    const repeats = shape.reduce((all, _size, d) => (dims.includes(d) ? all : all | (1 << d)), 0)
    const kept = keptShape(shape, mask)
    const inputs = Object.values(program.inputs).map((input) => {
      const whole = program.isWhole === true && input === perRow
      return randn(whole ? [] : input === perRow ? kept : input === repeated ? keptShape(shape, repeats) : shape)
    })
    const expected = program.formula(...inputs.map((input) => valueOf(input, dims))).map(({ value, group }) => {
      const result = tensorOf(value)
      if (group < 0) return result
      return result
        .expand(shape)
        .contiguous()
        .sum(
          shape.flatMap((_size, d) => ((repeats >> d) & 1 ? [d] : [])),
          true
        )
    })
    const before = getNumThreads()
    for (const threads of [1, 2, 3]) {
      setNumThreads(threads)
      const results = plan.run({ shape, mask, kept }, inputs, [], [repeats])
      results.forEach((result, i) => {
        const wanted = result.shape.length === 0 ? expected[i].reshape([]) : expected[i].expand(result.shape)
        expect(bytes(result).equals(bytes(wanted))).toBe(true)
      })
    }
    setNumThreads(before)
  })
})
