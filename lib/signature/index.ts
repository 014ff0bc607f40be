// Signatures of public functions: see signature.ts.

export { type Kind, defineCheck, defineKind, refusing } from './kind'
export { type Arguments, Signature, isKeywords } from './signature'
export type { Calls, Items, KindTypes, Values, WithoutFirst } from './types'
