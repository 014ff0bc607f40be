// How the text of a state says what JSON has no words for: an object of one member, TAG, that is an array of a tag and
// its values. An object that has such a member itself is wrapped in one.

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export const TAG = '$'

/**
 * 'tensor' and 'parameter': its name in the file, and whether it requires gradients. 'number': NaN, an infinity or -0.
 * 'object': an object with a member TAG.
 */
export type Tag = 'tensor' | 'parameter' | 'number' | 'bigint' | 'undefined' | 'object'

/** States nest no deeper. */
export const MOST_DEPTH = 100

/** The key of the text among the metadata of a file. */
export const STATE = 'dyngrad.state'
