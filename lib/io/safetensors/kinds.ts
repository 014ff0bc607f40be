// The kinds of arguments that functions of safetensors files take.

import { Tensor } from '../../index'
import { types } from 'node:util'
import { isCallable, wrongKind } from '../../kinds'
import { defineCheck, isKeywords, refusing } from '../../signature'
import type { Metadata, Tensors } from './write'

declare module '../../signature/types' {
  interface KindTypes {
    tensors: Tensors
    metadata: Metadata
    bytes: Uint8Array
    byteSize: number | string
  }
}

const loneSurrogate = /\p{Surrogate}/u

/** Names go to the file as UTF-8, which has no half of a character. */
function checkText(op: string, what: string, text: string): void {
  if (loneSurrogate.test(text))
    throw new RangeError(`${op}: ${what} '${text}' is no valid text: it has a lone surrogate`)
}

const TENSORS = 'an object of tensors by name'
const isOfTensors = (value: unknown): boolean =>
  isKeywords(value) && Object.values(value).every((each) => each instanceof Tensor)

defineCheck(
  'tensors',
  TENSORS,
  isOfTensors,
  (value, op, name) => {
    if (isCallable(value, 'stateDict')) throw wrongKind(op, name, TENSORS, value, () => '; pass its stateDict()')
    if (!isKeywords(value)) throw wrongKind(op, name, TENSORS, value)
    for (const [key, each] of Object.entries(value)) {
      if (!(each instanceof Tensor)) throw wrongKind(op, `${name}['${key}']`, 'a Tensor', each)
      checkText(op, 'the name', key)
    }
  },
  true
)

const METADATA = 'an object of strings'
const isOfStrings = (value: unknown): boolean =>
  isKeywords(value) && Object.values(value).every((each) => typeof each === 'string')

defineCheck(
  'metadata',
  METADATA,
  isOfStrings,
  (value, op, name) => {
    if (!isKeywords(value)) throw wrongKind(op, name, METADATA, value)
    for (const [key, each] of Object.entries(value)) {
      if (typeof each !== 'string')
        throw wrongKind(op, `${name}['${key}']`, 'a string', each, () => '; JSON.stringify() makes one')
      checkText(op, 'the key', key)
      checkText(op, `the text of ${name}['${key}']`, each)
    }
  },
  true
)

const isBytes = (value: unknown): boolean => types.isUint8Array(value)
defineCheck(
  'bytes',
  'a Uint8Array',
  isBytes,
  refusing(isBytes, 'a Uint8Array', (value) => (typeof value === 'string' ? '; loadFile() reads a file' : ''))
)

const units: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, KI: 2 ** 10, MI: 2 ** 20, GI: 2 ** 30 }
const size = /^(\d+(?:\.\d+)?) ?(|[KMG]I?)B$/

/** The number of bytes that a size says. */
export function bytesIn(value: number | string): number {
  if (typeof value === 'number') return value
  const [, count, unit] = size.exec(value.toUpperCase()) ?? []
  return Math.floor(Number(count) * units[unit])
}

const SIZE = "a number of bytes or a size such as '5GB'"
const isSize = (value: unknown): boolean =>
  (typeof value === 'number' || typeof value === 'string') && bytesIn(value) >= 1
defineCheck('byteSize', SIZE, isSize, refusing(isSize, SIZE))
