// What pickles hold while they are read: JavaScript's values, and these for what Python has besides.

import type { Unpickler } from './unpickler'

/** A tuple; a list is an Array. */
export class Tuple {
  constructor(readonly items: unknown[]) {}
}

/** A dict, whose keys may be of any kind. */
export class Dict {
  readonly entries = new Map<unknown, unknown>()
}

/** A class, a function or a constant that a pickle names and its reader allows. */
export class Global {
  constructor(
    readonly path: string,
    /** What a call gives; null for what is not called. */
    readonly call: ((args: readonly unknown[], unpickler: Unpickler) => unknown) | null,
    /** What it stands for where it is a value, such as a dtype. */
    readonly value?: unknown
  ) {}
}
