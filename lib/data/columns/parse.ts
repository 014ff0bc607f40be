// Texts as numbers, booleans and dates: the same wherever a text is read.

const PLAIN = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/**
 * So many digits make an exact integer, and a power of ten with as many zeros is exact: their quotient is rounded
 * once.
 */
const EXACT_DIGITS = 15
const powers = Array.from({ length: EXACT_DIGITS + 1 }, (_, digits) => 10 ** digits)

const [MINUS, POINT, ZERO, NINE] = [...'-.09'].map((character) => character.charCodeAt(0))

/** The number that a text writes as programs write numbers, else null: '007', '+1', ' 1', '0x1' and 'Infinity'. */
export function plainNumber(text: string): number | null {
  const start = text.charCodeAt(0) === MINUS ? 1 : 0
  const { length } = text
  if (length > EXACT_DIGITS) return longNumber(text)
  let digits = 0
  let point = -1
  for (let i = start; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code >= ZERO && code <= NINE) digits = 10 * digits + (code - ZERO)
    else if (code === POINT && point < 0) point = i
    else return longNumber(text)
  }
  const end = point < 0 ? length : point
  const hasLeadingZero = text.charCodeAt(start) === ZERO && end > start + 1
  if (end === start || point === length - 1 || hasLeadingZero) return null
  const value = point < 0 ? digits : digits / powers[length - 1 - point]
  return start === 0 ? value : -value
}

/** The same of texts with more digits or an exponent. */
function longNumber(text: string): number | null {
  // Most texts that are no numbers end here, before the pattern.
  const value = Number(text)
  if (!Number.isFinite(value) || !PLAIN.test(text)) return null
  // Integers beyond are not exact: their texts are names, not numbers.
  return /^-?\d+$/.test(text) && Math.abs(value) > Number.MAX_SAFE_INTEGER ? null : value
}

const words: Readonly<Record<string, boolean>> = { true: true, yes: true, 1: true, false: false, no: false, 0: false }

/** 'true', 'yes' or '1', 'false', 'no' or '0', in any case; else null. */
export function readBoolean(text: string): boolean | null {
  const word = text.trim().toLowerCase()
  return Object.hasOwn(words, word) ? words[word] : null
}

const ISO = /^\d{4}-\d\d(-\d\d)?([T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d:?\d\d))?)?$/

/** Milliseconds since 1970 of a date as in ISO 8601; without a zone it is in UTC. Else null. */
export function readDate(text: string): number | null {
  const match = ISO.exec(text.trim())
  if (match === null) return null
  const hasTime = match[2] !== undefined
  const hasZone = match[6] !== undefined
  const iso = match[0].replace(' ', 'T').replace(' ', '')
  const value = Date.parse(hasTime && !hasZone ? `${iso}Z` : iso)
  return value === value ? value : null
}
