// Signatures, with the kinds of arguments that only this subpath has.

import { Generator } from '../index'
import { isIterable, isList, kindText, listAdvice, valueText, wrongKind } from '../kinds'
import { Signature, defineCheck, refusing } from '../signature'
import { DATASET, type DatasetLike, type MapDataset, isDataset, isMapDataset } from './dataset'

declare module '../signature/types' {
  interface KindTypes {
    dataset: DatasetLike | URL
    mapDataset: MapDataset | ArrayLike<unknown>
    generator: Generator
    iterable: Iterable<unknown>
    'float[]': readonly number[]
    size: number
    /** Checked by the function itself, with PyTorch's sentence. */
    value: unknown
  }
}

const isSource = (value: unknown): boolean => isDataset(value) || value instanceof URL
defineCheck('dataset', DATASET, isSource, refusing(isSource, `${DATASET}, an iterable or the URL of a module`), true)
defineCheck('mapDataset', DATASET, isMapDataset, refusing(isMapDataset, DATASET), true)

const isGenerator = (value: unknown): boolean => value instanceof Generator
defineCheck('generator', 'a Generator', isGenerator, (value, op) => {
  if (!isGenerator(value))
    throw new TypeError(`${op}(): argument 'generator' must be Generator, not ${kindText(value)}`)
})

defineCheck('iterable', 'an iterable', isIterable, refusing(isIterable, 'an iterable'))

const isNumbers = (value: unknown): boolean => isList(value) && value.every((each) => typeof each === 'number')
defineCheck('float[]', 'an array of numbers', isNumbers, refusing(isNumbers, 'an array of numbers', listAdvice))

const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
defineCheck('size', 'an integer of at least 0', isSize, (value, op, name) => {
  if (isSize(value)) return
  if (typeof value !== 'number') throw wrongKind(op, name, 'an integer of at least 0', value)
  throw new RangeError(`${op}: ${name} must be an integer of at least 0, got ${valueText(value)}`)
})

defineCheck(
  'value',
  'a value',
  () => true,
  () => undefined
)

export { Signature }
