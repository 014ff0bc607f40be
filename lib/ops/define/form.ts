// A form of a row: which of its arguments and numbers are there, and what its choices are. Formulas see all else as
// values.

import type { Choice } from './row'

/** Gives the value at a position of a form. */
type Read<Each> = (position: number) => Each

/** Makes objects that formulas take apart: each value is read when a formula asks for it. */
export type Bag = new <Each>(read: Read<Each>) => { readonly [name: string]: Each; readonly output: Each }

const READ = Symbol('read')

const positionsOf = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries(names.map((name, i) => [name, i]))

/** Objects with the value at its position for each name, and with the choices. */
function bagOf(positions: Readonly<Record<string, number>>, choices: Readonly<Record<string, Choice>>): Bag {
  class Values {
    readonly [READ]: Read<unknown>
    constructor(read: Read<unknown>) {
      this[READ] = read
    }
  }
  for (const [name, position] of Object.entries(positions)) {
    Object.defineProperty(Values.prototype, name, {
      get(this: Values) {
        return this[READ](position)
      }
    })
  }
  for (const [name, value] of Object.entries(choices)) Object.defineProperty(Values.prototype, name, { value })
  return Values as unknown as Bag
}

/**
 * Positions count the arguments, then the numbers among the options, then the results: outputs, and what else gradients
 * read.
 */
export class Form {
  /** Position of the first output. */
  readonly output: number
  /** Arguments and results by name. */
  readonly Values: Bag
  /** Options by name. */
  readonly Options: Bag

  constructor(
    /** Names of the arguments that are there. */
    readonly args: readonly string[],
    /** Names of the options that are numbers. */
    readonly scalars: readonly string[],
    choices: Readonly<Record<string, Choice>>,
    /** Names of the results. */
    readonly results: readonly string[] = ['output']
  ) {
    this.output = args.length + scalars.length
    const positions = positionsOf([...args, ...scalars])
    this.Values = bagOf(positionsOf([...args, ...scalars, ...results]), choices)
    this.Options = bagOf(positions, choices)
  }
}
