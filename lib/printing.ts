// The options of prints.

import { printOptions, usualPrint } from './format'
import { type Arguments, member } from './signature'

const SIZES = 'threshold: float? = null, edgeitems: int? = null, linewidth: int? = null'
const signature = member(
  `setPrintOptions(precision: int? = null, ${SIZES}, profile: str? = null, sciMode: bool? = null)`
)

const profiles: Readonly<Record<string, Partial<typeof usualPrint>>> = {
  default: {},
  short: { precision: 2, edgeItems: 2 },
  full: { threshold: Infinity }
}

/**
 * Sets how tensors print, in this thread: digits behind the point, from how many elements on a tensor is summarised, of
 * how many items at each end of a dim, and the width of a line. `profile` is 'default', 'short' or 'full' and sets them
 * all; `sciMode` is whether floats print in scientific notation, and left to their range where it is not given.
 */
export function setPrintOptions(...args: Arguments<typeof signature>): void {
  const [precision, threshold, edgeitems, linewidth, profile, sciMode] = signature.read(args)
  if (profile !== null && !Object.hasOwn(profiles, profile)) {
    throw new RangeError(`setPrintOptions: profile must be 'default', 'short' or 'full', got '${profile}'`)
  }
  const next = profile === null ? printOptions : { ...usualPrint, ...profiles[profile] }
  const settled = {
    precision: precision ?? next.precision,
    threshold: threshold ?? next.threshold,
    edgeItems: edgeitems ?? next.edgeItems,
    lineWidth: linewidth ?? next.lineWidth
  }
  // A number prints with at most 100 digits.
  const bounds = { precision: [0, 100], threshold: [0, Infinity], edgeItems: [0, Infinity], lineWidth: [1, Infinity] }
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value = settled[name as keyof typeof settled]
    if (value >= least && value <= most) continue
    const range = most === Infinity ? `at least ${least}` : `${least} to ${most}`
    throw new RangeError(`setPrintOptions: ${name.toLowerCase()} must be ${range}, got ${value}`)
  }
  Object.assign(printOptions, settled, { isScientific: sciMode })
}
