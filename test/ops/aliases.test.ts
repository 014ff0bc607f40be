// Second names: each is the same function, under its own name in errors.

import * as dyngrad from '../../lib'
import { Tensor, autograd, tensor } from '../../lib'
import { declarations } from '../../lib/declare'
import { aliases } from '../helpers/aliases'
import { thrown } from '../helpers/check'
import { tensorDifference } from '../helpers/close'

type Functions = Readonly<Record<string, (...args: unknown[]) => Tensor>>
const functions = dyngrad as unknown as Functions
const methods = Tensor.prototype as unknown as Functions

/** The arguments that a pointwise function takes behind its input. */
function othersOf(name: string): unknown[] {
  if (name === 'clamp') return [0.5, 1]
  const { signatures } = declarations.get(name)!
  return signatures[0].parameters.some((each) => each.name === 'other') ? [tensor([0.5, 0.25, 1.5])] : []
}

/** A result, the name of its node, and the gradient of the input. */
function outcome(call: (input: Tensor) => Tensor): [Tensor, string | undefined, Tensor | null] {
  const input = tensor([0.25, 0.5, 1.5], { requiresGrad: true })
  const result = call(input)
  return [result, result.gradFn?.name, result.requiresGrad ? autograd.grad(result.sum(), input)[0] : null]
}

function expectSame(actual: ReturnType<typeof outcome>, expected: ReturnType<typeof outcome>): void {
  expect(tensorDifference(actual[0], expected[0])).toBeNull()
  expect(actual[1]).toBe(expected[1])
  expect(actual[2] === null).toBe(expected[2] === null)
  if (actual[2] !== null) expect(tensorDifference(actual[2], expected[2]!)).toBeNull()
}

describe.each(Object.entries(aliases))('%s', (name, base) => {
  const others = othersOf(base)

  test(`is ${base}, as a function, as a method and in place`, () => {
    const expected = outcome((input) => functions[base](input, ...others))
    expectSame(
      outcome((input) => functions[name](input, ...others)),
      expected
    )
    expectSame(
      outcome((input) => methods[name].call(input, ...others)),
      expected
    )
    expectSame(
      outcome((input) => methods[`${name}_`].call(input.clone(), ...others)),
      outcome((input) => methods[`${base}_`].call(input.clone(), ...others))
    )
  })

  test('names itself in errors', () => {
    expect(thrown(() => functions[name]('text', ...others))).toMatch(`TypeError: ${name}: input must be a Tensor`)
    expect(thrown(() => methods[`${name}_`].call('text' as never, ...others))).toMatch(`TypeError: ${name}_: input`)
  })
})

test.each(['concat', 'concatenate'])('%s is cat', (name) => {
  const x = tensor([1, 2], { requiresGrad: true })
  const joined = functions[name]([x, x], { dim: 0 })
  expect(tensorDifference(joined, dyngrad.cat([x, x]))).toBeNull()
  expect(joined.gradFn?.name).toBe('CatBackward0')
  expect(thrown(() => functions[name](1))).toBe(`TypeError: ${name}: tensors must be an array of Tensors, got 1`)
})

test('positive is the very same tensor', () => {
  const x = tensor([1, -2], { requiresGrad: true })
  expect(x.positive()).toBe(x)
  const message = 'TypeError: The `+` operator, on a bool tensor is not supported.'
  expect(thrown(() => x.bool().positive())).toBe(message)
})

test('trueDivide rounds nothing', () => {
  const x = tensor([7, -7], { dtype: 'int64' })
  expect(dyngrad.trueDivide(x, 2).tolist()).toEqual([3.5, -3.5])
  expect(tensor([7, -7]).trueDivide_(2).tolist()).toEqual([3.5, -3.5])
})
