// Calls of the pointwise ops with operands that are too many, too few or of the wrong kind: a TypeError that says so, and no trace.

import * as dyngrad from '../lib'
import { Tensor, ones, tensor } from '../lib'
import * as elementwise from '../lib/ops/elementwise'
import { pointwiseOps } from '../lib/ops/define/pointwise'
import * as inplace from '../lib/ops/inplace'
import { thrown } from './helpers/check'

type Call = (...args: unknown[]) => Tensor

const operands = (count: number): Tensor[] => Array.from({ length: count }, () => tensor([0.25, 0.5]))

/** Arguments that a public function takes beside operands: options, or a bound that may be left out. */
const extra: Record<string, number> = { add: 1, sub: 1, div: 1, add_: 1, sub_: 1, div_: 1, clamp: 2, clamp_: 2 }
const ofThree = new Set(['where', 'clampBoth'])

const arityOf = (name: string): number => {
  const plain = name.replace(/_$/, '')
  return ofThree.has(plain) ? 3 : plain === 'clamp' ? 1 : (pointwiseOps.get(plain)?.arity ?? 2)
}

const free = Object.entries({ ...elementwise, ...inplace }) as [string, Call][]
const callable = (value: unknown): value is Call => typeof value === 'function'

describe.each(free)('%s', (name, op) => {
  const most = arityOf(name) + (extra[name] ?? 0)

  test('refuses one argument too many, as function and as method', () => {
    const args = [...operands(1), ...Array.from({ length: most }, () => undefined)]
    const sentence = `TypeError: ${name}() takes ${most} positional argument${most === 1 ? '' : 's'} but ${most + 1} were given`
    expect(thrown(() => op(...args))).toBe(sentence)
    const method = (Tensor.prototype as unknown as Record<string, unknown>)[name]
    if (callable(method)) expect(thrown(() => method.apply(args[0], args.slice(1)))).toBe(sentence)
  })

  test('refuses operands that are neither tensors nor numbers, and writes nothing', () => {
    if (arityOf(name) < 2) return expect(thrown(() => op(undefined))).toMatch(/^TypeError: /)
    for (const wrong of [undefined, null, 'x', {}, [1], Symbol('x'), new Date(0), Object(1), () => 1]) {
      const [self] = operands(1)
      const args = name === 'where' ? [self.gt(0), self, wrong] : [self, wrong]
      expect([String(wrong), thrown(() => op(...args))]).toEqual([String(wrong), expect.stringMatching(/^TypeError: /)])
      expect([self.tolist(), self.version]).toEqual([[0.25, 0.5], 0])
    }
    return undefined
  })
})

test.each(Object.keys(inplace).filter((name) => name.endsWith('_')))(
  'a wrong call of %s leaves the op as it was',
  (name) => {
    const op = (inplace as unknown as Record<string, Call>)[name]
    const out = (elementwise as unknown as Record<string, Call>)[name.slice(0, -1)]
    const others = arityOf(name) === 1 && name !== 'clamp_' ? [] : operands(1)
    for (const surplus of [1, 2, 3]) {
      expect(thrown(() => op(...operands(1), ...others, ...operands(surplus + (extra[name] ?? 0))))).toMatch(
        /^TypeError/
      )
    }
    const [self] = operands(1)
    const expected = out(self, ...others).tolist()
    expect(op(self, ...others).tolist()).toEqual(expected)
  }
)

test('an unknown or misplaced option is refused', () => {
  const [x, y] = operands(2)
  const refused: [() => unknown, string][] = [
    [() => x.add(y, { beta: 2 } as never), "TypeError: add() got an unexpected keyword argument 'beta'"],
    [() => x.add(y, 2 as never), 'TypeError: add: options must be an object with alpha, got number'],
    [() => x.sub_(y, null as never), 'TypeError: sub_: options must be an object with alpha, got null'],
    [
      () => x.add(undefined as never, { alpha: 2 }),
      'TypeError: add: an operand must be a Tensor or a number, got undefined'
    ],
    [() => x.add(y, { alpha: '2' as never }), 'TypeError: add: alpha must be a number, got string'],
    [() => x.sub(y, { alpha: null as never }), 'TypeError: sub: alpha must be a number, got null'],
    [() => x.div(y, 'floor' as never), 'TypeError: div: options must be an object with roundingMode, got string'],
    [
      () => x.div_(y, { rounding: 'floor' } as never),
      "TypeError: div_() got an unexpected keyword argument 'rounding'"
    ],
    [() => x.clamp({ low: 1 } as never), "TypeError: clamp() got an unexpected keyword argument 'low'"],
    [() => x.clamp_({ min: 0 }, 1), "TypeError: clamp_() got multiple values for argument 'max'"],
    [() => x.clamp([0, 1] as never), 'TypeError: clamp: options must be an object with min, max, got an array']
  ]
  expect(refused.map(([call]) => thrown(call))).toEqual(refused.map(([, message]) => message))
  expect([x.tolist(), y.tolist()]).toEqual([
    [0.25, 0.5],
    [0.25, 0.5]
  ])
})

test('casts take no argument', () => {
  for (const name of ['float', 'double', 'int', 'long', 'byte', 'bool'] as const) {
    const cast = ones(2)[name] as unknown as (dtype: string) => Tensor
    expect(thrown(() => cast.call(ones(2), 'int64'))).toBe(
      `TypeError: ${name}() takes 1 positional argument but 2 were given`
    )
  }
  expect(dyngrad.ones(2).long().dtype).toBe('int64')
})
