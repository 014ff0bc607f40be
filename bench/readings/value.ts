// What the programs of this folder say.

/** One value that a program read. */
export interface Value {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What the value should not exceed, where that is known. */
  readonly limit?: number
}

/** Says a value to the benchmark. */
export const print = (value: Value): boolean => process.stdout.write(`${JSON.stringify(value)}\n`)
