// A row and its signature: the op in each form that calls ask for.

import type { Signature } from '../../declare'
import type { Live } from '../../recording'
import { Form } from './form'
import { PointwiseOp } from './pointwise'
import type { Operand } from './result'
import type { AnyRow, Choice } from './row'
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
export interface Settled {
  readonly op: PointwiseOp
  readonly operands: readonly (Operand | Live)[]
  readonly scalars: readonly Scalar[]
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

/** A row as a family of ops, one for each form. */
export class Family {
  /** The op where only what must be given is, and all else has its default. */
  readonly base: PointwiseOp
  readonly #parameters: readonly Seen[]
  readonly #forms = new Variants<PointwiseOp>()

  constructor(
    readonly signature: Signature,
    readonly row: AnyRow
  ) {
    const { parameters } = signature
    this.#parameters = parameters.map(({ name, kindText, initial }) => {
      const role = roleOf(name, kindText)
      return { name, role, initial, isNeutral: row.neutral?.includes(name) === true, choices: [] }
    })
    this.base = this.settle(parameters.map(({ initial }) => initial)).op
  }

  /** The form, the operands and the numbers of a call from a value for each parameter. */
  settle(values: readonly unknown[]): Settled {
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

  #make(key: readonly number[]): PointwiseOp {
    const given = this.#parameters.filter((_, i) => key[i] === GIVEN)
    const namesOf = (role: Role): string[] => given.filter((each) => each.role === role).map(({ name }) => name)
    const chosen = this.#parameters
      .map(({ name, choices }, i): [string, Choice] => [name, choices[key[i] - 2] ?? null])
      .filter((_, i) => key[i] !== GIVEN)
    const form = new Form(namesOf('argument'), namesOf('number'), Object.fromEntries(chosen))
    return new PointwiseOp(this.signature.name, this.row, form)
  }
}
