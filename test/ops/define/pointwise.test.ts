// What rows of the pointwise family say once: options, choices, what may be absent, numbers among numbers, and caches
// by kinds.

import { type Tensor, autograd, clamp, compile, lerp, nn, pow, tensor } from '../../../lib'
import { DIMENSIONED, NUMBER, ZERO_DIM, codeOf, dtypeNames, kindOf, priorityOf } from '../../../lib/dtype'
import { Family } from '../../../lib/ops/define/family'
import { families } from '../../../lib/ops/define/functions'
import type { PointwiseRow } from '../../../lib/ops/define/row'
import { Variants } from '../../../lib/ops/define/variants'
import { Signature } from '../../../lib/declare'
import { tensorDifference } from '../../helpers/close'

/** Calls a family as a public function would, with settled values. */
function call(family: Family, ...values: unknown[]): Tensor {
  const { op, operands, scalars } = family.settle(values)
  return op.apply(operands, scalars)
}

const SCALED = 'scaled(input: Tensor, by: float = 1, shift: float? = null, squares: bool = false)'

/** A family, and a list that grows with each trace of its forward. */
function traced(): { family: Family; traces: string[] } {
  const traces: string[] = []
  const row: PointwiseRow<typeof SCALED> = {
    forward: ({ input }, { by, shift, squares }) => {
      traces.push(`${squares ? 'square' : 'plain'} ${shift === null ? 'as it is' : 'shifted'}`)
      const scaled = input.mul(by)
      const moved = shift === null ? scaled : scaled.add(shift)
      return squares ? moved.square() : moved
    },
    gradients: { input: (g, { input }, { by, squares }) => (squares ? g.mul(input.mul(by)).mul(by).mul(2) : g.mul(by)) }
  }
  return { family: new Family(new Signature(SCALED), row), traces }
}

describe('options', () => {
  test('that are numbers share one trace, those that choose have one each', () => {
    const { family, traces } = traced()
    const x = tensor([1, 2, 3])
    expect([0.5, 1.5, -2.25].map((by) => call(family, x, by, null, false).tolist())).toEqual([
      [0.5, 1, 1.5],
      [1.5, 3, 4.5],
      [-2.25, -4.5, -6.75]
    ])
    expect(traces).toEqual(['plain as it is'])
    expect([0.5, -0.5].map((shift) => call(family, x, 0.5, shift, true).tolist())).toEqual([
      [1, 2.25, 4],
      [0, 0.25, 1]
    ])
    expect(traces).toEqual(['plain as it is', 'square shifted'])
  })

  test('are read anew by each replay where they are live, in gradients and those of gradients, too', () => {
    const { family } = traced()
    const live = { value: 0.5, read: () => live.value }
    const step = compile((x: Tensor) => {
      const y = call(family, x, live, null, true)
      const [g] = autograd.grad(y.sum(), [x], { createGraph: true })
      const [second] = autograd.grad(g.sum(), [x])
      return [y, g, second]
    })
    const make = (): Tensor => tensor([1, 2, 3]).requiresGrad_()
    for (const value of [0.5, 2, -1.5]) {
      live.value = value
      const [y, g, second] = step(make())
      expect(y.tolist()).toEqual([1, 2, 3].map((x) => (value * x) ** 2))
      expect(g.tolist()).toEqual([1, 2, 3].map((x) => 2 * value ** 2 * x))
      expect(second.tolist()).toEqual([1, 2, 3].map(() => 2 * value ** 2))
    }
    expect(step.programs).toHaveLength(1)
  })

  test('are live in numbers that follow from them', () => {
    const live = { value: 0.25, read: () => live.value }
    const step = compile((x: Tensor, end: Tensor) => {
      const y = call(families.get('lerp')!, x, end, live)
      return [true, false].flatMap((createGraph) =>
        autograd.grad(y.sum(), [x, end], { createGraph, retainGraph: true })
      )
    })
    const make = (): Tensor => tensor([1, 2, 3]).requiresGrad_()
    for (const value of [0.25, 0.75, 2]) {
      live.value = value
      const [left, right] = [1 - value, value].map((each) => [each, each, each])
      expect(step(make(), make()).map((each) => each.tolist())).toEqual([left, right, left, right])
    }
    expect(step.programs).toHaveLength(1)
  })

  test('at their default do nothing where that is neutral: the same launch, and no number', () => {
    const { base } = families.get('add')!
    expect(families.get('add')!.settle([tensor(1), tensor(2), 1]).op).toBe(base)
    expect(families.get('add')!.settle([tensor(1), tensor(2), 2]).op).not.toBe(base)
  })
})

test('what is absent has no gradient, and formulas of the others do without', () => {
  const values = (): Tensor[] =>
    [
      [-2, 0.5, 3],
      [-1, -1, -1],
      [1, 1, 1]
    ].map((each) => tensor(each).requiresGrad_())
  const gradients = (of: (x: Tensor, low: Tensor, high: Tensor) => Tensor): unknown[] => {
    const inputs = values()
    const [x, low, high] = inputs
    of(x, low, high).sum().backward()
    return inputs.map(({ grad }) => grad?.tolist() ?? null)
  }
  expect(gradients((x, low, high) => clamp(x, low, high))).toEqual([
    [0, 1, 0],
    [1, 0, 0],
    [0, 0, 1]
  ])
  expect(gradients((x, low) => clamp(x, low))).toEqual([[0, 1, 1], [1, 0, 0], null])
  expect(gradients((x, _, high) => clamp(x, null, high))).toEqual([[1, 1, 0], null, [0, 0, 1]])
  const p = tensor([0.25, 0.5], { requiresGrad: true })
  const weight = tensor([2, 3])
  const loss = (given: Tensor | null): number[] => {
    const result = nn.functional.binaryCrossEntropy(p, tensor([1, 0]), { weight: given, reduction: 'none' })
    return autograd.grad(result.sum(), [p])[0].tolist() as number[]
  }
  expect(loss(weight)).toEqual(loss(null).map((each, i) => each * [2, 3][i]))
})

test('nodes are named after the number among their inputs, wherever it stands', () => {
  const x = tensor([0.5]).requiresGrad_()
  const y = tensor([0.25])
  const names = [pow(x, y), pow(x, 1.5), pow(1.5, x), lerp(x, y, 0.5), lerp(x, y, y), clamp(x, y, y), clamp(x, null, 1)]
  expect(names.map(({ gradFn }) => gradFn!.name)).toEqual([
    'PowBackward1',
    'PowBackward0',
    'PowBackward2',
    'LerpBackward0',
    'LerpBackward1',
    'ClampBackward0',
    'ClampBackward1'
  ])
})

describe('numbers among numbers', () => {
  const calls: Record<string, (x: Tensor) => Tensor> = {
    'x ** 2.3': (x) => pow(x, 2.3),
    '2.3 ** x': (x) => pow(2.3, x),
    'lerp by 0.1': (x) => lerp(x, x.mul(2), 0.1),
    'lerp by 0.9': (x) => lerp(x, x.mul(2), 0.9)
  }
  const slopes: Record<string, (x: number) => number> = {
    'x ** 2.3': (x) => 2.3 * x ** (2.3 - 1),
    '2.3 ** x': (x) => 2.3 ** x * Math.log(2.3),
    'lerp by 0.1': () => 1 - 0.1 + 2 * 0.1,
    'lerp by 0.9': () => 1 - 0.9 + 2 * 0.9
  }

  test.each(Object.keys(calls))('are exact to float64 in the derivative of %s', (name) => {
    const x = tensor([0.3, 1.7, 2.9], { dtype: 'float64', requiresGrad: true })
    const [g] = autograd.grad(calls[name](x).sum(), [x])
    const expected = [0.3, 1.7, 2.9].map(slopes[name])
    const errors = (g.tolist() as number[]).map((value, i) => Math.abs(value / expected[i] - 1))
    expect(Math.max(...errors)).toBeLessThan(2e-15)
  })

  test.each(Object.keys(calls))('give the same bits recorded and fused in the derivative of %s', (name) => {
    for (const dtype of ['float32', 'float64'] as const) {
      const gradient = (createGraph: boolean): Tensor => {
        const x = tensor([0.3, 1.7, 2.9, 0.1, 5], { dtype, requiresGrad: true })
        return autograd.grad(calls[name](x).sum(), [x], { createGraph })[0]
      }
      expect(tensorDifference(gradient(true), gradient(false))).toBeNull()
    }
  })
})

describe('keys', () => {
  test('hold sixteen dtypes and four priorities', () => {
    const codes = Array.from({ length: 16 }, (_, code) => code)
    const kinds = codes.flatMap((code) =>
      [DIMENSIONED, ZERO_DIM, NUMBER, NUMBER + 1].map((priority) => ({ code, priority, kind: kindOf(code, priority) }))
    )
    expect(dtypeNames.length).toBeLessThanOrEqual(16)
    expect(new Set(kinds.map(({ kind }) => kind)).size).toBe(kinds.length)
    for (const { code, priority, kind } of kinds) expect([codeOf(kind), priorityOf(kind)]).toEqual([code, priority])
  })

  test('of all combinations of kinds lead to items of their own', () => {
    const kinds = Array.from({ length: 64 }, (_, kind) => kind)
    const pairs = new Variants<{ key: string }>()
    for (const a of kinds) for (const b of kinds) pairs.set([a, b], { key: `${a} ${b}` })
    for (const a of kinds) for (const b of kinds) expect(pairs.at2(a, b)!.key).toBe(`${a} ${b}`)
    const long = new Variants<{ key: string }>()
    const keys = kinds.map((kind) => Array.from({ length: 40 }, (_, i) => (i * 7 + kind * (i + 1)) % 64))
    for (const key of keys) long.set(key, { key: String(key) })
    for (const key of keys) expect(long.at(key)!.key).toBe(String(key))
    expect(long.at(keys[0].map((kind) => kind ^ 1))).toBeUndefined()
  })
})

test('a formula that looks at a shape, an element or a dtype does not compile', () => {
  const row: PointwiseRow<'probe(input: Tensor)'> = {
    gradients: {
      input: (g, { input }) => {
        // @ts-expect-error A value has no shape.
        if (g.shape !== undefined) return g
        // @ts-expect-error Nor an element.
        if (g.item !== undefined) return g
        // @ts-expect-error Nor a dtype.
        return input.dtype === 'float32' ? g : input
      }
    }
  }
  expect(Object.keys(row)).toEqual(['gradients'])
})
