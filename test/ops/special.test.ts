// Special functions against values that are right to the last digit: test/fixtures/special-values.json.

import * as dyngrad from '../../lib'
import { type Tensor, special, tensor } from '../../lib'
import { difference } from '../helpers/close'
import fixture from '../fixtures/special-values.json'

const functions = { ...special, ...dyngrad, trigamma: (x: Tensor) => dyngrad.polygamma(1, x) } as unknown as Readonly<
  Record<string, (...args: Tensor[]) => Tensor>
>

/** How many units results may be off: a few, save in far tails. */
const ULPS: Readonly<Record<string, number>> = { igamma: 4096, igammac: 4096, logNdtr: 64 }

/** Those that pass through 0, where only the distance counts. */
const passing = new Set(['lgamma', 'digamma', 'besselJ0', 'besselJ1', 'besselY0', 'besselY1', 'airyAi'])

test.each(fixture.rows.map((row) => [row.function, row] as const))('%s is precise', (name, { args, values }) => {
  const result = functions[name](...args.map((each) => tensor(each, { dtype: 'float64' })))
  const tolerance = { ulps: ULPS[name] ?? 16, floor: passing.has(name) ? 32 : 0 }
  expect(difference(result.toTypedArray(), Float64Array.from(values), 'float64', tolerance)).toBeNull()
})
