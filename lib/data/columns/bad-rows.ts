// Rows that hold what they must not: thrown, left out, or left out and kept in a list.

/** What becomes of a row with a bad value: an error, nothing, or an entry of a list. */
export type BadRowPolicy = 'throw' | 'skip' | 'collect'

/** A row that was left out. */
export interface BadRow {
  /** Where it stands: `titanic.csv:12`. */
  readonly place: string
  /** The column of the bad value; null where the row as a whole is bad. */
  readonly column: string | null
  /** What is wrong, as an error would say it. */
  readonly message: string
}

/** A list of more is of no use, and a file of any size fills it. */
const MOST_BAD_ROWS = 1000

/** What has been found bad under a policy. */
export class BadRows {
  /** How many there were, each time that they were read. */
  count = 0
  readonly #listed = new Set<string>()

  /** Under 'collect', `list` gets the first of them in the order of the rows. */
  constructor(
    readonly policy: BadRowPolicy,
    readonly list: BadRow[] = []
  ) {}

  /** Takes note of a bad row, or throws what is wrong with it. */
  report(place: string, column: string | null, what: string): void {
    const message = `${place}: ${column === null ? what : `column '${column}' ${what}`}`
    if (this.policy === 'throw') throw new RangeError(message)
    this.count++
    if (this.policy !== 'collect' || this.#listed.size >= MOST_BAD_ROWS || this.#listed.has(message)) return
    this.#listed.add(message)
    this.list.push({ place, column, message })
  }
}
