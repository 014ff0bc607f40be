// The error for a name that no column has.

import { nearest } from '../../signature'

/** What is said where there is no such column. */
export function missingColumn(name: string, names: readonly string[], place: string | null = null): RangeError {
  const near = nearest(name, names)
  const advice = near === null ? `the columns are ${names.join(', ')}` : `did you mean '${near}'?`
  return new RangeError(`${place === null ? '' : `${place}: `}there is no column '${name}'; ${advice}`)
}
