// What takes part in a comparison.

/**
 * What is timed, and how its process starts: with this command, to which the trial, mode, seconds and cases are added.
 */
export interface Side {
  readonly name: string
  readonly library: string
  readonly version: string
  readonly command: readonly string[]
}

/** A side, or in words why this machine has none. */
export type Found = Side | string
