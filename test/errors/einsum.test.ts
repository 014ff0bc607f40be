// Messages of einsum and the products that are cases of it, as a whole; see errors.test.ts.

import { type Tensor, einsum, ones, outer, tensordot } from '../../lib'
import { thrown } from '../helpers/check'

const [a, b] = [ones(2, 3), ones(3, 4)]

const equations: [equation: string, operands: Tensor[], message: string][] = [
  ['ij,jk->il', [a, b], 'output subscript l does not appear in the equation for any input operand'],
  ['ij,jk->kk', [a, b], 'output subscript k appears more than once in the output'],
  ['ij', [a, b], 'more operands were provided than specified in the equation'],
  ['ij,jk,kl', [a, b], 'fewer operands were provided than specified in the equation'],
  [
    'ijk,jk',
    [a, b],
    'the number of subscripts in the equation (3) does not match the number of dimensions (2) for operand 0 and no ellipsis ' +
      'was given'
  ],
  [
    'ijk...->i',
    [a],
    'the number of subscripts in the equation (3) is more than the number of dimensions (2) for operand 0'
  ],
  ['ij,ik->jk', [a, b], 'subscript i has size 3 for operand 1 which does not broadcast with previously seen size 2'],
  ['i1,jk', [a, b], 'invalid subscript given at index 1 in the equation string, subscripts must be in [a-zA-Z]'],
  ['ij->i->j', [a], 'invalid subscript given at index 5 in the equation string, subscripts must be in [a-zA-Z]'],
  ['ii->i', [a], "subscript i is repeated for operand 0 but the sizes don't match, 3 != 2"],
  ['i..j->i', [a], "found '.' for operand 0 that is not part of any ellipsis"],
  ['ij->..', [a], "found '.' for the output that is not part of any ellipsis"],
  [
    'ij,jk->ik',
    [],
    'must specify the equation string and at least one operand, or at least one operand and its subscripts list'
  ]
]

test.each(equations)('einsum of %s says what is wrong', (equation, operands, message) => {
  expect(thrown(() => einsum(equation, ...operands))).toBe(`RangeError: einsum(): ${message}`)
})

test.each<[string, () => unknown]>([
  ['outer: Expected 1-D argument input, but got 2-D', () => outer(a, ones(2))],
  ['tensordot expects dims >= 0, but got dims=-1', () => tensordot(a, b, -1)],
  ['tensordot expects dims < ndim_a or ndim_b, but got dims=3', () => tensordot(a, b, 3)],
  ['both dimension lists should have same length', () => tensordot(a, b, [[1], [0, 1]])],
  [
    'contracted dimensions need to match, but first has size 2 in dim 0 and second has size 3 in dim 0',
    () => tensordot(a, b, [[0], [0]])
  ]
])('%s', (message, call) => {
  expect(thrown(call)).toBe(`RangeError: ${message}`)
})
