// The ops that a row stands for, by the form that a call asks for.

import type { Signature } from '../../declare'
import type { Live } from '../../recording'
import { nulls } from './context'
import type { Operand } from './result'
import type { Choice } from './row'
import type { Scalar } from './tensor-value'
import { Recent } from './variants'

/** What a parameter is to formulas. */
type Role = 'argument' | 'number' | 'choice' | 'inplace'

function roleOf(name: string, kind: string): Role {
  if (name === 'inplace') return 'inplace'
  const plain = kind.replace(/\?$/, '')
  if (plain === 'Tensor' || plain === 'operand') return 'argument'
  return plain === 'float' || plain === 'int' || plain === 'scalar' ? 'number' : 'choice'
}

/** A call: the op in its form, operands and options that are numbers. */
export interface Settled<Op> {
  readonly op: Op
  readonly operands: (Operand | Live)[]
  readonly scalars: Scalar[]
  readonly isInPlace: boolean
}

/** A parameter as a row sees it. */
interface Seen {
  readonly name: string
  readonly role: Role
  readonly initial: unknown
  /** True for a number that does nothing at its default. */
  readonly isNeutral: boolean
  /** What chooses a formula, numbered as calls bring it. */
  readonly choices: Choice[]
}

/** In the key of a form: a value of its own, and one that is absent. What is chosen counts from 2. */
const GIVEN = 0
const ABSENT = 1

/** Makes the op of a form: names of the arguments and numbers that are there, and the choices. */
type Make<Op> = (args: readonly string[], scalars: readonly string[], choices: Readonly<Record<string, Choice>>) => Op

/** An op, and which parameters are its operands and its options that are numbers. */
interface Formed<Op> {
  readonly op: Op
  readonly operandsAt: readonly number[]
  readonly scalarsAt: readonly number[]
}

/** Ops of one row by their form. */
export class Forms<Op extends object> {
  readonly #parameters: readonly Seen[]
  readonly #forms: Recent<Formed<Op>>

  constructor(
    readonly signature: Signature,
    readonly make: Make<Op>,
    /** Options that do nothing at their default: formulas see null there. */
    neutral: readonly string[] = [],
    /** Places behind the numbers of a call, for what its op appends. */
    readonly spare = 0
  ) {
    const { parameters } = signature
    this.#forms = new Recent(parameters.length)
    this.#parameters = parameters.map(({ name, kindText, initial }) => {
      const role = roleOf(name, kindText)
      return { name, role, initial, isNeutral: neutral.includes(name), choices: [] }
    })
  }

  /** The form, the operands and the numbers of a call from a value for each parameter. */
  settle(values: readonly unknown[]): Settled<Op> {
    const parameters = this.#parameters
    const forms = this.#forms
    let isInPlace = false
    forms.start()
    for (let i = 0; i < parameters.length; i++) {
      const { role, isNeutral, initial, choices } = parameters[i]
      const value = values[i]
      if (role === 'inplace') {
        isInPlace = value === true
        forms.put(GIVEN)
      } else if (value === null || (isNeutral && value === initial)) {
        forms.put(ABSENT)
      } else if (role === 'choice') {
        const known = choices.indexOf(value as Choice)
        forms.put(2 + (known >= 0 ? known : choices.push(value as Choice) - 1))
      } else {
        forms.put(GIVEN)
      }
    }
    const { op, operandsAt, scalarsAt } = forms.find() ?? forms.keep(this.#make(forms.key))
    const operands = nulls<Operand | Live>(operandsAt.length) as (Operand | Live)[]
    for (let i = 0; i < operands.length; i++) operands[i] = values[operandsAt[i]] as Operand | Live
    const scalars = nulls<Scalar>(scalarsAt.length + this.spare) as Scalar[]
    for (let i = 0; i < scalarsAt.length; i++) {
      const value = values[scalarsAt[i]]
      scalars[i] = typeof value === 'object' ? (value as Live) : Number(value)
    }
    return { op, operands, scalars, isInPlace }
  }

  #make(key: readonly number[]): Formed<Op> {
    const placesOf = (role: Role): number[] =>
      this.#parameters.flatMap((each, i) => (key[i] === GIVEN && each.role === role ? [i] : []))
    const nameAt = (i: number): string => this.#parameters[i].name
    const [operandsAt, scalarsAt] = [placesOf('argument'), placesOf('number')]
    const chosen = this.#parameters
      .map(({ name, choices }, i): [string, Choice] => [name, choices[key[i] - 2] ?? null])
      .filter((_, i) => key[i] !== GIVEN)
    const op = this.make(operandsAt.map(nameAt), scalarsAt.map(nameAt), Object.fromEntries(chosen))
    return { op, operandsAt, scalarsAt }
  }
}
