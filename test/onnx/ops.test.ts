// Every row of the tables of ops, exported and run by ONNX Runtime: what is exported gives what the op gives.

import type { DType, Tensor } from '../../lib'
import * as onnx from '../../lib/onnx'
import { SEED, specialsOf, toTensor, valuesOf } from '../helpers/operands'
import { type Row, rejectedBy } from '../helpers/rows'
import { rowsOf } from '../ops/table'
import { difference, run, tensorsOf } from './session'

interface Call {
  readonly text: string
  readonly inputs: readonly Tensor[]
  readonly expected: readonly Tensor[]
  readonly call: (...inputs: Tensor[]) => unknown
}

// What lib/ops/core has are no public calls.
const table = [...rowsOf].filter(([file]) => !file.startsWith('ops/core/')).flatMap(([, list]) => list)

/** ONNX Runtime's kernels for float64 are fewer. */
const ONLY_FLOAT32 = /^(tan|a?sinh?|a?cosh?|atanh?|arc|erfc?$|gelu|atan2|ndtr)/

const callsOf = (row: Row, dtype: DType): Call[] => {
  if (rejectedBy(row).includes(dtype) || (dtype === 'float64' && ONLY_FLOAT32.test(row.name))) return []
  if (LEFT_OUT.test(`${row.name} `)) return []
  return row.shapes.flatMap((shapes) => {
    const inputs = valuesOf(row, shapes).map((each) => toTensor(each, dtype))
    if (inputs.length === 0 || isQuotientOfNothing(row, inputs)) return []
    const expected = resultsOf(row, inputs)
    const text = `${row.name} ${row.variant} of ${dtype} ${inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' ')}`
    return expected === null ? [] : [{ text, inputs, expected, call: row.call }]
  })
}

/** Of integers ONNX Runtime looks at divisors even where there is nothing to divide. */
const isQuotientOfNothing = ({ name }: Row, inputs: readonly Tensor[]): boolean =>
  /^(div|floorDivide|remainder|fmod)/.test(name) && !inputs[0].isFloatingPoint() && inputs.some((x) => x.numel() === 0)

/** Null where the call does not take the dtype, which other tests check. */
function resultsOf(row: Row, inputs: readonly Tensor[]): Tensor[] | null {
  try {
    return tensorsOf(row.call(...inputs.map((each) => each.clone()))).map(fromHalf)
  } catch (error) {
    if (inputs[0]?.dtype === 'float32') throw error
    return null
  }
}

/** Rows that draw random numbers, and those of calls that no traced tensor reaches. */
const LEFT_OUT = /^(indexTensors|nonzeroList|randn|tensor|asTensor|empty|asStridedScatter) /

/** Why a call is not exported; null for those that are. */
const refusals = new Map<string, string>()

/** JavaScript has no halves. */
const fromHalf = (x: Tensor): Tensor => (x.dtype === 'float16' || x.dtype === 'bfloat16' ? x.float() : x)

/** One model of many calls: a session for each takes 5 ms. */
async function differenceOf(calls: readonly Call[]): Promise<string | null> {
  const wanted: Call[] = []
  const model = onnx.export(
    (...inputs: Tensor[]) => {
      let next = 0
      const results = calls.flatMap((each) => {
        const own = inputs.slice(next, (next += each.inputs.length))
        try {
          const result = each.call(...own)
          wanted.push(each)
          return tensorsOf(result).map(fromHalf)
        } catch (error) {
          refusals.set(each.text, String(error))
          return []
        }
      })
      // A model has an output, whatever is refused.
      return [inputs[0], ...results]
    },
    calls.flatMap(({ inputs }) => inputs)
  )
  const found = await run(
    model,
    calls.flatMap(({ inputs }) => inputs)
  ).catch(String)
  if (typeof found !== 'string') {
    let at = 1
    for (const { expected, text } of wanted) {
      const problem = difference(found.slice(at, (at += expected.length)), expected)
      if (problem !== null) return `${text}: ${problem} (seed ${SEED})`
    }
    return null
  }
  if (calls.length === 1) return `${calls[0].text}: ${found}`
  const half = calls.length >> 1
  return (await differenceOf(calls.slice(0, half))) ?? (await differenceOf(calls.slice(half)))
}

const BATCH = 64

const batchesOf = (calls: readonly Call[]): Call[][] =>
  Array.from({ length: Math.ceil(calls.length / BATCH) }, (_, i) => calls.slice(i * BATCH, (i + 1) * BATCH))

describe.each(['float32', 'float64', 'int64', 'int32', 'uint8', 'bool'] as const)('%s', (dtype) => {
  // How dtypes meet follows from no shape.
  const calls = table.flatMap((row) => (dtype === 'float32' ? callsOf(row, dtype) : callsOf(row, dtype).slice(0, 1)))
  test.each(batchesOf(calls).map((batch) => [batch[0].text, batch] as const))('%s and on', async (_, batch) => {
    expect(await differenceOf(batch)).toBeNull()
  })
})

describe('special values', () => {
  const pointwise = table.filter((row) => row.isPointwise && row.specials !== false && !LEFT_OUT.test(`${row.name} `))
  const calls = pointwise.flatMap((row) => {
    const inputs = specialsOf(row.shapes[0].length).map((each) => toTensor(each, 'float32'))
    const expected = resultsOf(row, inputs)
    return expected === null ? [] : [{ text: `${row.name} ${row.variant}`, inputs, expected, call: row.call }]
  })
  const parts = batchesOf(calls)
  test.each(parts.map((part) => [part[0].text, part] as const))('%s and on', async (_, part) => {
    expect(await differenceOf(part)).toBeNull()
  })
})

test('what is refused has no counterpart', () => {
  const others = [...refusals].filter(([, reason]) => !/has no counterpart in ONNX|is new in opset 19/.test(reason))
  expect(others).toEqual([])
})
