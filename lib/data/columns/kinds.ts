// Kinds of arguments of columns and sources.

import { isList, valueText } from '../../kinds'
import { defineCheck, defineWords, isKeywords, refusing } from '../../signature'
import '../arguments'
import type { BadRow, BadRowPolicy } from './bad-rows'
import type { ColumnType } from './column'

declare module '../../signature/types' {
  interface KindTypes {
    badRowPolicy: BadRowPolicy
    badRows: BadRow[]
    columnTypes: Readonly<Record<string, ColumnType>>
    file: string | URL
    signal: AbortSignal
    'str[]': readonly string[]
  }
}

const isStrings = (value: unknown): boolean => isList(value) && value.every((each) => typeof each === 'string')
defineCheck('str[]', 'an array of strings', isStrings, refusing(isStrings, 'an array of strings'))
defineCheck('badRows', 'an array', Array.isArray, refusing(Array.isArray, 'an array'))

const isFile = (value: unknown): boolean => typeof value === 'string' || value instanceof URL
defineCheck('file', 'the name of a file', isFile, refusing(isFile, 'the name of a file'))

const isSignal = (value: unknown): boolean => value instanceof AbortSignal
defineCheck('signal', 'an AbortSignal', isSignal, refusing(isSignal, 'an AbortSignal'))

const policies = ['throw', 'skip', 'collect']
defineWords('badRowPolicy', policies, (word) => `onBadRow must be 'throw', 'skip' or 'collect', got '${word}'`)

const types: readonly unknown[] = ['number', 'bool', 'date', 'text']
const TYPES = "an object of 'number', 'bool', 'date' or 'text' by name"
defineCheck(
  'columnTypes',
  TYPES,
  isKeywords,
  (value, op, name) => {
    refusing(isKeywords, TYPES)(value, op, name)
    for (const [column, type] of Object.entries(value as object)) {
      if (types.includes(type)) continue
      throw new RangeError(
        `${op}: the type of column '${column}' must be 'number', 'bool', 'date' or 'text', got ${valueText(type)}`
      )
    }
  },
  true
)

/** Throws where rows are to be collected and there is no list for them. */
export function checkBadRows(op: string, onBadRow: BadRowPolicy, badRows: unknown): void {
  if (onBadRow === 'collect' && badRows === null)
    throw new TypeError(`${op}: onBadRow 'collect' needs a list: pass { badRows: [] }`)
}
