// assertClose() says what torch.testing.assert_close says; messages are PyTorch's.

import { AssertionError } from 'node:assert'
import { nn, ones, tensor, zeros } from 'dyngrad'
import { type AssertCloseOptions, assertClose } from 'dyngrad/testing'
import { thrown } from '../helpers/check'

type Case = [name: string, actual: unknown, expected: unknown, options?: AssertCloseOptions]

const int = { dtype: 'int64' } as const

test.each<Case>([
  ['the same', tensor([1, 2]), tensor([1, 2])],
  ['within the tolerance of float32', tensor([1, 2]), tensor([1, 2.00001])],
  ['within given ones', tensor([1, 2]), tensor([1, 3]), { rtol: 0, atol: 1 }],
  ['NaN where it may be', tensor([NaN]), tensor([NaN]), { equalNan: true }],
  ['the same infinities', tensor([Infinity]), tensor([Infinity])],
  ['other dtypes where they may be', tensor([1]), tensor([1], int), { checkDtype: false }],
  ['no elements', zeros([0, 2]), zeros([0, 2])],
  ['without dims', tensor(1), tensor(1)],
  ['numbers', 1, 1 + 1e-9],
  ['BigInts', 2n ** 60n, 2n ** 60n],
  ['booleans', true, true],
  ['lists and mappings', { a: [tensor(1), 2] }, { a: [tensor(1), 2] }],
  ['Maps', new Map([['a', tensor(1)]]), new Map([['a', tensor(1)]])],
  ['requiring gradients', ones(1, { requiresGrad: true }), ones(1)],
  ['views', ones([2, 3]).t(), ones([3, 2])]
])('holds for tensors that are %s', (_, actual, expected, options = {}) => {
  assertClose(actual as never, expected as never, options)
})

test('holds for a state dict', () => {
  const layer = new nn.Linear(2, 2)
  assertClose(layer.stateDict(), layer.stateDict())
})

const several = `Tensor-likes are not close!

Mismatched elements: 2 / 3 (66.7%)
Greatest absolute difference: 1.0 at index (2,) (up to 1e-05 allowed)
Greatest relative difference: 0.25 at index (2,) (up to 1.3e-06 allowed)`
const one = `Tensor-likes are not close!

Mismatched elements: 1 / 1 (100.0%)
Greatest absolute difference: 1.0 at index (0,) (up to 1e-05 allowed)
Greatest relative difference: inf at index (0,) (up to 1.3e-06 allowed)`

test.each<[...Case, string]>([
  ['several elements', tensor([1, 2, 3]), tensor([1, 2.5, 4]), {}, several],
  [
    'no dims',
    tensor(1),
    tensor(2),
    {},
    'Scalars are not close!\n\nExpected 2.0 but got 1.0.\nAbsolute difference: 1.0 (up to 1e-05 allowed)\n' +
      'Relative difference: 0.5 (up to 1.3e-06 allowed)'
  ],
  [
    'shapes',
    ones(2),
    ones(3),
    {},
    "The values for attribute 'shape' do not match: torch.Size([2]) != torch.Size([3])."
  ],
  [
    'dtypes',
    ones(2),
    ones(2, { dtype: 'float64' }),
    {},
    "The values for attribute 'dtype' do not match: torch.float32 != torch.float64."
  ],
  [
    'strides',
    ones([2, 3]).t(),
    ones([3, 2]),
    { checkStride: true },
    "The values for attribute 'stride()' do not match: (1, 3) != (2, 1)."
  ],
  ['an item of a list', [ones(2), ones(1)], [ones(2), zeros(1)], {}, `${one}\n\nThe failure occurred for item [1]`],
  ['an item of a mapping', { a: [ones(1)] }, { a: [zeros(1)] }, {}, `${one}\n\nThe failure occurred for item ['a'][0]`],
  [
    'keys',
    { a: ones(1) },
    { b: ones(1) },
    {},
    "The keys of the mappings do not match:\nMissing keys in the actual mapping: ['b']\nAdditional keys in the actual mapping: ['a']"
  ],
  ['lengths', [1], [1, 2], {}, 'The length of the sequences mismatch: 1 != 2'],
  [
    'integers',
    tensor([1, 2], int),
    tensor([1, 3], int),
    {},
    'Tensor-likes are not equal!\n\nMismatched elements: 1 / 2 (50.0%)\nGreatest absolute difference: 1 at index (1,)\n' +
      'Greatest relative difference: 0.3333333432674408 at index (1,)'
  ],
  [
    'integers beyond 2^53',
    tensor([2n ** 60n]),
    tensor([2n ** 60n + 1n]),
    {},
    'Tensor-likes are not equal!\n\nMismatched elements: 1 / 1 (100.0%)\nGreatest absolute difference: 1 at index (0,)\n' +
      'Greatest relative difference: 8.673617379884035e-19 at index (0,)'
  ],
  [
    'booleans in tensors',
    tensor([true]),
    tensor([false]),
    {},
    'Tensor-likes are not equal!\n\nMismatched elements: 1 / 1 (100.0%)\nGreatest absolute difference: 1 at index (0,)\n' +
      'Greatest relative difference: inf at index (0,)'
  ],
  [
    'NaN',
    tensor([NaN]),
    tensor([NaN]),
    {},
    'Tensor-likes are not close!\n\nMismatched elements: 1 / 1 (100.0%)\nGreatest absolute difference: nan at index (0,) ' +
      '(up to 1e-05 allowed)\nGreatest relative difference: nan at index (0,) (up to 1.3e-06 allowed)'
  ],
  [
    'infinity',
    tensor([Infinity, 1]),
    tensor([1, 1]),
    {},
    'Tensor-likes are not close!\n\nMismatched elements: 1 / 2 (50.0%)\nGreatest absolute difference: inf at index (0,) ' +
      '(up to 1e-05 allowed)\nGreatest relative difference: inf at index (0,) (up to 1.3e-06 allowed)'
  ],
  [
    'several dims, no tolerance',
    ones([2, 2]),
    zeros([2, 2]),
    { rtol: 0, atol: 0 },
    'Tensor-likes are not equal!\n\nMismatched elements: 4 / 4 (100.0%)\nGreatest absolute difference: 1.0 at index (0, 0)\n' +
      'Greatest relative difference: inf at index (0, 0)'
  ],
  [
    'numbers',
    1.5,
    2.5,
    {},
    'Scalars are not close!\n\nExpected 2.5 but got 1.5.\nAbsolute difference: 1.0 (up to 1e-07 allowed)\n' +
      'Relative difference: 0.4 (up to 1e-07 allowed)'
  ],
  [
    'integer numbers',
    1,
    2,
    {},
    'Scalars are not equal!\n\nExpected 2 but got 1.\nAbsolute difference: 1\nRelative difference: 0.5'
  ],
  ['booleans', true, false, {}, 'Booleans mismatch: true is not false'],
  ['a message of its own', ones(1), zeros(1), { msg: 'own' }, 'own'],
  ['a message made from the usual one', ones(1), zeros(1), { msg: (text) => `layer 3: ${text}` }, `layer 3: ${one}`]
])('says how %s differ', (_, actual, expected, options, message) => {
  const compare = (): void => assertClose(actual as never, expected as never, options)
  expect(compare).toThrow(AssertionError)
  expect(() => compare()).toThrow(expect.objectContaining({ message }) as Error)
})

test.each<[string, () => unknown]>([
  ['TypeError: No comparison pair was able to handle inputs of type Tensor and number.', () => assertClose(ones(1), 1)],
  [
    'TypeError: No comparison pair was able to handle inputs of type string and string.',
    () => assertClose('a' as never, 'a' as never)
  ],
  [
    'TypeError: No comparison pair was able to handle inputs of type null and Date.\n\nThe failure occurred for item [0]',
    () => assertClose([null] as never, [new Date()] as never)
  ],
  [
    "RangeError: Both 'rtol' and 'atol' must be either specified or omitted, but got no atol.",
    () => assertClose(1, 1, { rtol: 1 })
  ],
  ['RangeError: atol must be at least 0, got -1', () => assertClose(1, 1, { rtol: 1, atol: -1 })],
  [
    "TypeError: assertClose() got an unexpected keyword argument 'tol'",
    () => assertClose(1, 1, { tol: 1 } as AssertCloseOptions)
  ]
])('%s', (message, call) => {
  expect(thrown(call)).toBe(message)
})
