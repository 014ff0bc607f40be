// What PyTorch makes of each pair of operand dtypes: test/fixtures/promotion.json.

import { type DType, type Tensor, full } from '../../lib'
import fixture from '../fixtures/promotion.json'

type Result = string | { readonly error: string }

interface Row {
  readonly op: string
  readonly left: string
  readonly results: Readonly<Record<string, Result>>
}

/** `float32[2]` or `float32[]`: ones of that dtype and shape. `int`, `float`, `bool`: the fixture's number. */
function operand(name: string): Tensor | number | boolean {
  const numbers = fixture.numbers as Record<string, number | boolean>
  if (name in numbers) return numbers[name]
  const [dtype, size] = name.slice(0, -1).split('[')
  return full(size === '' ? [] : [Number(size)], 1, { dtype: dtype as DType })
}

function resultOf({ op, left }: Row, right: string): string {
  const self = operand(left) as unknown as Record<string, (other: unknown) => Tensor>
  try {
    return self[op](operand(right)).dtype
  } catch (error) {
    return (error as Error).message
  }
}

/** An error of ours begins with PyTorch's sentence, which names the kernel in places, and operators that we lack. */
const inOurWords = (message: string): string =>
  message
    .replace('the `~` or `logical_not()` operator', '`logicalNot()`')
    .replace('the `^` or `logical_xor()` operator', '`logicalXor()`')

const expected = (result: Result): string => (typeof result === 'string' ? result : inOurWords(result.error))

describe('the dtype of a result', () => {
  test.each((fixture.rows as unknown as Row[]).map((row) => [row.op, row.left, row] as const))(
    '%s of %s and each right operand is PyTorch’s',
    (_op, _left, row) => {
      const found = Object.entries(row.results).map(([right, result]) => {
        const actual = resultOf(row, right)
        return [right, actual.startsWith(expected(result)) ? expected(result) : actual]
      })
      const wanted = Object.entries(row.results).map(([right, result]) => [right, expected(result)])
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted))
    }
  )
})
