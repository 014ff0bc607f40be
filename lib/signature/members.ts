// The signatures of constructors, of methods of classes, and of functions below lib/declare.ts.

import { Signature } from './signature'

const known = new Map<string, Signature>()

/** All of them: `Linear`, `Module.train`, `noGrad`. */
export const members: ReadonlyMap<string, Signature> = known

const owner = /^\w+\./

/**
 * The signature of a constructor, a function or a method, whose class stands before it:
 * `Module.train(mode: bool = true)`; lists it.
 */
export function member<const Text extends string>(text: Text): Signature<Text> {
  const signature = new Signature(text.replace(owner, '') as Text)
  known.set(text.slice(0, text.indexOf('(')), signature)
  return signature
}
