// Signatures of public functions: see signature.ts.

export { type Kind, defineCheck, defineKind, defineLiteral, defineWords, refusing } from './kind'
export { member, members } from './members'
export { hint, nearest } from './nearest'
export { type Arguments, Signature, isKeywords } from './signature'
export type { Calls, FieldTypes, Items, KindTypes, OrKeyword, Values, WithoutFirst } from './types'
