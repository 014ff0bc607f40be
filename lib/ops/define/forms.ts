// The ops that a row stands for, by the form that a call asks for.

import type { Signature } from '../../declare'
import type { Live } from '../../recording'
import type { Operand } from './result'
import type { Choice } from './row'
import type { Scalar } from './tensor-value'
import { Variants } from './variants'

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

function keyOf({ role, initial, isNeutral, choices }: Seen, value: unknown): number {
  if (value === null || (isNeutral && value === initial)) return ABSENT
  if (role !== 'choice') return GIVEN
  const known = choices.indexOf(value as Choice)
  return 2 + (known >= 0 ? known : choices.push(value as Choice) - 1)
}

/** Makes the op of a form: names of the arguments and numbers that are there, and the choices. */
type Make<Op> = (args: readonly string[], scalars: readonly string[], choices: Readonly<Record<string, Choice>>) => Op

/** Ops of one row by their form. */
export class Forms<Op extends object> {
  readonly #parameters: readonly Seen[]
  readonly #forms = new Variants<Op>()

  constructor(
    readonly signature: Signature,
    readonly make: Make<Op>,
    /** Options that do nothing at their default: formulas see null there. */
    neutral: readonly string[] = []
  ) {
    const { parameters } = signature
    this.#parameters = parameters.map(({ name, kindText, initial }) => {
      const role = roleOf(name, kindText)
      return { name, role, initial, isNeutral: neutral.includes(name), choices: [] }
    })
  }

  /** The form, the operands and the numbers of a call from a value for each parameter. */
  settle(values: readonly unknown[]): Settled<Op> {
    const operands: (Operand | Live)[] = []
    const scalars: Scalar[] = []
    const key: number[] = []
    let isInPlace = false
    for (let i = 0; i < this.#parameters.length; i++) {
      const parameter = this.#parameters[i]
      const value = values[i]
      if (parameter.role === 'inplace') {
        isInPlace = value === true
        key.push(GIVEN)
        continue
      }
      const digit = keyOf(parameter, value)
      key.push(digit)
      if (digit !== GIVEN) continue
      if (parameter.role === 'argument') operands.push(value as Operand | Live)
      else scalars.push(typeof value === 'object' ? (value as Live) : Number(value))
    }
    return { op: this.#forms.at(key) ?? this.#forms.set(key, this.#make(key)), operands, scalars, isInPlace }
  }

  #make(key: readonly number[]): Op {
    const given = this.#parameters.filter((_, i) => key[i] === GIVEN)
    const namesOf = (role: Role): string[] => given.filter((each) => each.role === role).map(({ name }) => name)
    const chosen = this.#parameters
      .map(({ name, choices }, i): [string, Choice] => [name, choices[key[i] - 2] ?? null])
      .filter((_, i) => key[i] !== GIVEN)
    return this.make(namesOf('argument'), namesOf('number'), Object.fromEntries(chosen))
  }
}
