// Numbers about and beyond the ends of int64 as operands, each dtype, as PyTorch: test/fixtures/large-numbers.json.

import * as dyngrad from '../../lib'
import { type Tensor, tensor } from '../../lib'
import { tensorDifference } from '../helpers/close'
import { type EncodedTensor, decodeTensor } from '../helpers/fixture'
import fixture from '../fixtures/large-numbers.json'

type Result = EncodedTensor | { readonly error: string }

interface Row {
  readonly op: string
  readonly dtype: dyngrad.DType
  readonly first: boolean
  readonly results: Readonly<Record<string, Result>>
}

type Op = (...args: unknown[]) => Tensor

function call({ op, first }: Row, x: Tensor, number: number): Tensor {
  const [name, end] = op.endsWith('_') ? [op.slice(0, -1), '_'] : [op, '']
  const clamp = (x as unknown as Record<string, Op>)[`clamp${end}`].bind(x)
  if (name === 'clamp') return clamp(-Math.abs(number), Math.abs(number))
  if (name === 'clampMin') return clamp({ min: number })
  if (name === 'clampMax') return clamp({ max: number })
  const mask = tensor([true, false, true])
  if (name === 'where') return first ? dyngrad.where(mask, number, x) : dyngrad.where(mask, x, number)
  if (end === '_') return (x as unknown as Record<string, Op>)[op](number)
  const free = (dyngrad as unknown as Record<string, Op>)[name]
  return first ? free(number, x) : free(x, number)
}

/** Messages about dtypes begin with the name of the kernel that is missing. */
const withoutKernel = (message: string): string => message.replace(/^"\w*"/, '')

/** PyTorch's message in our words: JavaScript's `~` inverts no mask. */
const inOurWords = (message: string): string =>
  withoutKernel(message).replace('the `~` or `logical_not()` operator', '`logicalNot()`')

/** Null where the call does as PyTorch, else what it does. */
function difference(row: Row, number: string, expected: Result): string | null {
  const x = tensor(row.dtype === 'bool' ? [1, 0, 1] : [1, 2, 3], { dtype: row.dtype })
  let found: Tensor
  try {
    found = call(row, x, Number(number))
  } catch (error) {
    const { message } = error as Error
    return 'error' in expected && withoutKernel(message).startsWith(inOurWords(expected.error)) ? null : message
  }
  if ('error' in expected) return `${String(found)}, no error: ${expected.error}`
  return tensorDifference(found, decodeTensor(expected), { ulps: 2 })
}

describe('a large number', () => {
  test.each(
    (fixture.rows as unknown as Row[]).map((row) => [row.op, row.dtype, row.first ? 'first' : 'second', row] as const)
  )('%s of %s, the number %s', (_op, _dtype, _side, row) => {
    const found = Object.entries(row.results).map(([number, result]) => [number, difference(row, number, result)])
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(found.map(([number]) => [number, null])))
  })
})

describe('a number that int64 does not hold is a float', () => {
  test('in every scalar operand', () => {
    const x = tensor([1, -1, 3])
    const mask = tensor([true, false, true])
    expect(x.clamp(-1e20, 1e20).tolist()).toEqual([1, -1, 3])
    expect(dyngrad.where(mask, x, -1e30).tolist()).toEqual([1, Math.fround(-1e30), 3])
    expect(x.lt(1e20).tolist()).toEqual([true, true, true])
    expect(x.add(tensor([1, 1, 1]), { alpha: 1e20 }).tolist()).toEqual([1e20, 1e20, 1e20].map(Math.fround))
    expect(x.long().mul(2 ** 63).dtype).toBe('float32')
    expect(dyngrad.clamp(x.long(), { max: 1e20 }).dtype).toBe('float32')
    expect(x.long().mul(-(2 ** 63)).dtype).toBe('int64')
  })

  test('in sequences', () => {
    expect(dyngrad.arange(0, 2e20, 1e20).dtype).toBe('float32')
    expect(dyngrad.arange(0, 2e20, 1e20).tolist()).toEqual([0, Math.fround(1e20)])
    expect(() => dyngrad.arange(0, 2e20, 1e20, { dtype: 'int64' })).toThrow(
      new RangeError('value cannot be converted to type int64_t without overflow; it is 100000000000000000000')
    )
    expect(dyngrad.arange(0.5, 3, 1, { dtype: 'int64' }).tolist()).toEqual([0, 1, 2])
  })

  test('in derivatives', () => {
    const x = tensor([2, 3], { requiresGrad: true, dtype: 'float64' })
    x.mul(1e300).sum().backward()
    expect(x.grad!.tolist()).toEqual([1e300, 1e300])
  })
})
