// Calls of the pointwise ops with operands that are too many, too few or of the wrong kind: a TypeError that says so,
// and no trace.

import * as dyngrad from '../../lib'
import { Tensor, ones, tensor } from '../../lib'
import type { Declaration } from '../../lib/declare'
import * as activation from '../../lib/nn/functional/activation'
import * as elementwise from '../../lib/ops/elementwise'
import * as inplace from '../../lib/ops/inplace'
import * as power from '../../lib/ops/power'
import { thrown } from '../helpers/check'

type Call = (...args: unknown[]) => Tensor

const operands = (count: number): Tensor[] => Array.from({ length: count }, () => tensor([0.25, 0.5]))

const declarationOf = (op: Call): Declaration => (op as Call & { readonly declaration: Declaration }).declaration

/** How many arguments a function takes in their order, and how many it must have. */
const arityOf = (op: Call): { most: number; least: number } => {
  const [{ positions, parameters }] = declarationOf(op).signatures
  return { most: positions, least: parameters.filter(({ isRequired }) => isRequired).length }
}

const isDeclared = (op: object): boolean => 'declaration' in op
/** True where a number must be given, which no operand is. */
const needsNumbers = (op: Call): boolean =>
  declarationOf(op).signatures[0].parameters.some(
    ({ isRequired, kindText }) => isRequired && kindText !== 'Tensor' && kindText !== 'operand'
  )
const free = Object.entries({ ...activation, ...elementwise, ...power, ...inplace } as unknown as Record<
  string,
  Call
>).filter(([, op]) => isDeclared(op) && !needsNumbers(op))

describe.each(free)('%s', (name, op) => {
  const { most, least } = arityOf(op)

  test('refuses one argument too many, as function and as method', () => {
    const args = [...operands(least), ...Array.from({ length: most - least }, () => undefined), ...operands(1)]
    const sentence = `TypeError: ${name}() takes ${most} positional argument${most === 1 ? '' : 's'} but ${most + 1} were given`
    const startsSo = expect.stringMatching(new RegExp(`^${sentence.replace(/[()]/g, '\\$&')}(;|$)`)) as string
    expect(thrown(() => op(...args))).toEqual(startsSo)
    if (!declarationOf(op).places.includes('Tensor')) return
    const method = (Tensor.prototype as unknown as Record<string, Call>)[name]
    expect(thrown(() => method.apply(args[0], args.slice(1)))).toEqual(startsSo)
  })

  test('refuses operands that are neither tensors nor numbers, and writes nothing', () => {
    if (least < 2) return expect(thrown(() => op(undefined))).toMatch(/^TypeError: /)
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
    const out = ({ ...activation, ...elementwise, ...power } as unknown as Record<string, Call>)[name.slice(0, -1)]
    const { most, least } = arityOf(op)
    const isOfBits = name.startsWith('bitwise')
    const own = (count: number): Tensor[] => operands(count).map((each) => (isOfBits ? each.mul(8).int() : each))
    const others = own(name === 'clamp_' ? 1 : least - 1)
    for (const surplus of [1, 2, 3]) expect(thrown(() => op(...operands(most + surplus)))).toMatch(/^TypeError/)
    const [self] = own(1)
    const expected = out(self, ...others)
      .to(self.dtype)
      .tolist()
    expect(op(self, ...others).tolist()).toEqual(expected)
  }
)

test('an unknown or misplaced option is refused', () => {
  const [x, y] = operands(2)
  const refused: [() => unknown, string][] = [
    [
      () => x.add(y, { beta: 2 } as never),
      "TypeError: add() got an unexpected keyword argument 'beta'; it takes input, other, alpha"
    ],
    [
      () => x.add(y, 2 as never),
      'TypeError: add() takes 2 positional arguments but 3 were given; alpha: by keyword only'
    ],
    [
      () => x.sub_(y, null as never),
      'TypeError: sub_() takes 2 positional arguments but 3 were given; alpha: by keyword only'
    ],
    [
      () => x.add(undefined as never, { alpha: 2 }),
      'TypeError: add: other must be a Tensor or a number, got undefined'
    ],
    [() => x.add(y, { alpha: '2' as never }), "TypeError: add: alpha must be a number, got '2'"],
    [() => x.sub(y, { alpha: null as never }), 'TypeError: sub: alpha must be a number, got null'],
    [
      () => x.div(y, 'floor' as never),
      'TypeError: div() takes 2 positional arguments but 3 were given; roundingMode: by keyword only'
    ],
    [
      () => x.div_(y, { rounding: 'floor' } as never),
      "TypeError: div_() got an unexpected keyword argument 'rounding'; did you mean 'roundingMode'?"
    ],
    [
      () => x.clamp({ low: 1 } as never),
      "TypeError: clamp() got an unexpected keyword argument 'low'; it takes input, min, max"
    ],
    [() => x.clamp_(0, { min: 1 } as never), "TypeError: clamp_() got multiple values for argument 'min'"],
    [() => x.clamp([0, 1] as never), 'TypeError: clamp: min must be a Tensor or a number, got Array; use tensor([...])']
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
