import { type FeatureSpecs, Features, columns } from '../../../lib/data'
import { thrown } from '../../helpers/check'
import { rejection } from '../../helpers/rejection'

const data = columns([{ a: 1, b: 'x' }])
const refusal = (specs: unknown): Promise<string> => rejection(data.features(specs as FeatureSpecs))

test.each<[unknown, string]>([
  [{ a: 5 }, "TypeError: features: 'a' must be a kind or an object with one, got 5"],
  [
    { a: 'numerical' },
    "RangeError: features: the kind of 'a' must be one of numeric, date, boolean, category, text, label, got 'numerical'; did you mean 'numeric'?"
  ],
  [{ a: {} }, /the kind of 'a' must be one of .*, got undefined; the kinds are/ as never],
  [
    { a: { kind: 'numeric', scaling: 'none' } },
    "TypeError: features: numeric 'a' has no option 'scaling'; it takes scale, missing, indicator, group"
  ],
  [
    { a: { kind: 'numeric', scale: 'zscore' } },
    "RangeError: features: scale of 'a' must be 'standard' or 'minMax' or 'robust' or 'none', got 'zscore'"
  ],
  [
    { a: { kind: 'numeric', missing: 0 } },
    "RangeError: features: missing of 'a' must be 'error', 'mean', 'median' or { constant: a number }, got 0"
  ],
  [{ a: { kind: 'numeric', missing: { constant: NaN } } }, /missing of 'a' must be/ as never],
  [{ a: { kind: 'boolean', missing: { constant: 1 } } }, /must be 'error' or { constant: true or false }/ as never],
  [{ a: { kind: 'date', indicator: 1 } }, "RangeError: features: indicator of 'a' must be a boolean, got 1"],
  [{ b: { kind: 'category', limit: 0 } }, "RangeError: features: limit of 'b' must be a positive integer, got 0"],
  [{ b: { kind: 'text' } }, "TypeError: features: text 'b' needs maxLength, the bytes of its longest value"],
  [
    { a: { kind: 'numeric', indicator: true } },
    "RangeError: features: 'a' has an indicator, so missing must say what a missing value becomes"
  ],
  [
    { b: { kind: 'category', unknown: 'error', missing: 'unknown' } },
    "RangeError: features: missing values of 'b' cannot be 'unknown' where unknown is 'error'"
  ],
  [{ a: 'label' }, 'RangeError: features: there must be a column that is no label'],
  [{}, 'RangeError: features: there must be a column that is no label']
])('%j is refused', async (specs, message) => {
  const text = await refusal(specs)
  if ((message as unknown) instanceof RegExp) expect(text).toMatch(message)
  else expect(text).toBe(message)
})

describe('Features.fromJSON()', () => {
  const saved = async (): Promise<Record<string, unknown>> =>
    JSON.parse(JSON.stringify(await data.features({ a: 'numeric', b: 'category' }))) as Record<string, unknown>
  const refusalOf = (json: unknown): string => thrown(() => Features.fromJSON(json as never))

  test('refuses what toJSON() did not give', async () => {
    const json = await saved()
    expect(refusalOf(5)).toBe('TypeError: fromJSON: json must be what toJSON() gave, got 5')
    expect(refusalOf({})).toBe(
      'RangeError: Features.fromJSON: this is not what toJSON() of this version gave: format undefined, version undefined'
    )
    expect(refusalOf({ ...json, version: 2 })).toMatch(/version 2$/)
    expect(refusalOf({ ...json, onBadRow: 'x' })).toBe("RangeError: Features.fromJSON: onBadRow is 'x'")
    expect(refusalOf({ ...json, columns: [5] })).toBe(
      'RangeError: Features.fromJSON: a column must have name, spec and fitted, got number'
    )
  })

  test('refuses specs and numbers that somebody has changed', async () => {
    const { columns: list, ...rest } = await saved()
    const [a, b] = list as Record<string, unknown>[]
    const changed = (...parts: object[]): string => refusalOf({ ...rest, columns: parts })
    expect(changed({ ...a, spec: 'number' }, b)).toMatch("the kind of 'a' must be one of")
    for (const fitted of [{}, { center: 0, scale: 0, fill: null }, { center: 'x', scale: 1, fill: null }])
      expect(changed({ ...a, fitted })).toBe(
        "RangeError: Features.fromJSON: what was fitted for 'a' must be numbers center, scale and fill"
      )
    for (const categories of [[], ['x', 'x'], [5], 'x', undefined])
      expect(changed({ ...b, fitted: { categories } })).toMatch(
        "Features.fromJSON: the categories of 'b' must be different strings, at most 1000, got"
      )
  })
})
