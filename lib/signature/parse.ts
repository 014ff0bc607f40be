// Signatures as text: `'sum(input: Tensor, dim: int|int[]|null = null, *, dtype: dtype? = null)'`.

import { type Kind, kindOf } from './kind'

/** A parameter of a public function. */
export interface Parameter {
  readonly name: string
  /** As in the text, for the list of the interface. */
  readonly kindText: string
  readonly kind: Kind
  readonly isRequired: boolean
  readonly initial: unknown
  /** True behind `*`. */
  readonly isKeywordOnly: boolean
  /** True where all further positions belong to it. */
  readonly isVariadic: boolean
  /** Kind of each of these. */
  readonly element: Kind
}

const REST = '...'

function valueOf(text: string): unknown {
  if (text === 'inf') return Infinity
  if (text === '-inf') return -Infinity
  return JSON.parse(text.replaceAll("'", '"')) as unknown
}

function parameterOf(text: string, isKeywordOnly: boolean): Parameter {
  const [, name, kindText, , initial] = /^(\w+): ([^ ]+)( = (.+))?$/.exec(text)!
  const isVariadic = kindText.endsWith(REST)
  return {
    name,
    kindText,
    kind: kindOf(isVariadic ? `${kindText.slice(0, -REST.length)}[]` : kindText),
    isRequired: initial === undefined,
    initial: initial === undefined ? undefined : valueOf(initial),
    isKeywordOnly,
    isVariadic,
    element: kindOf(kindText.replace(REST, ''))
  }
}

/** The name and the parameters of a signature's text. */
export function parse(text: string): { name: string; parameters: Parameter[] } {
  const open = text.indexOf('(')
  const inner = text.slice(open + 1, -1)
  const items = inner === '' ? [] : inner.split(', ')
  const star = items.indexOf('*')
  const parameters = items
    .map((item, i) => (item === '*' ? null : parameterOf(item, star >= 0 && i > star)))
    .filter((parameter) => parameter !== null)
  return { name: text.slice(0, open), parameters }
}
