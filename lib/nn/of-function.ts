// Classes of modules that are a function of their inputs and their fields: all of it is said by the signature of the
// constructor.

import {
  type Arguments,
  type Calls,
  type Items,
  type Op,
  type Signature,
  type Values,
  handOn,
  member
} from '../declare'
import type { FieldTypes } from '../signature'
import type { Parameter } from '../signature/parse'
import { Tensor } from '../tensor'
import { floatText, pythonText } from './describe'
import { Module, ofInput } from './module'

const ofOperands = member('Loss.forward(input: Tensor, target: Tensor)')

/** Kinds of parameters that keep a place of PyTorch's: they are no fields. */
type Kept = 'null' | 'deprecated'
const kept: ReadonlySet<string> = new Set<Kept>(['null', 'deprecated'])

type Fields<Text extends string> = FieldTypes<Items<Text>, Kept>

export interface Layer extends Module {
  forward(...args: Arguments<typeof ofInput>): Tensor
}

export interface Loss extends Module {
  forward(...args: Arguments<typeof ofOperands>): Tensor
}

type Constructor<Text extends string, Base> = new (...args: Calls<Items<Text>>) => Base & Fields<Text>

/** True where the parameters of a constructor are those of a function behind its operands, as far as it has some. */
type Follow<Own, Others> = Own extends [infer First, ...infer Rest]
  ? Others extends [infer Other, ...infer OtherRest]
    ? [First, Other] extends [Other, First]
      ? Follow<Rest, OtherRest>
      : false
    : Own extends null[]
      ? true
      : false
  : true

/** A function that a class of such parameters may be made of. */
type FunctionOf<Text extends string, Operands extends readonly Tensor[], Inner extends string> = Op<Inner, Tensor> &
  (Values<Items<Inner>> extends [...Operands, ...infer Others]
    ? Follow<Values<Items<Text>>, Others> extends true
      ? unknown
      : never
    : never)

type AnyFields = Readonly<Record<string, unknown>>

/** By parameter of a function behind its operands: the field that it takes, null for none, and what it takes then. */
interface Slots {
  readonly fields: (Parameter | null)[]
  readonly rest: unknown[]
}

function slotsOf({ parameters }: Signature, { declaration }: Op<string, Tensor>, operands: number): Slots {
  const others = declaration.signatures[0].parameters.slice(operands)
  const isField = (i: number): boolean => i < parameters.length && !kept.has(parameters[i].kindText)
  return {
    fields: others.map((_, i) => (isField(i) ? parameters[i] : null)),
    rest: others.map(({ initial }) => initial)
  }
}

/** What a module has in a field, where somebody may have put anything. */
function valueIn(module: object, { name, kind }: Parameter): unknown {
  const value = (module as AnyFields)[name]
  return kind.passes(value) ? value : kind.read(value, 'forward', name)
}

/** What a module's function takes behind its operands. */
const othersOf = (module: object, { fields, rest }: Slots): unknown[] =>
  fields.map((field, i) => (field === null ? rest[i] : valueIn(module, field)))

type Body = (...values: unknown[]) => Tensor

/** A module whose fields are set from the signature of its constructor. */
abstract class OfFunction extends Module {
  constructor(signature: Signature, args: readonly unknown[]) {
    super()
    const values = signature.read(args) as readonly unknown[]
    signature.parameters.forEach(({ name, kindText }, i) => {
      if (kept.has(kindText)) return
      const value = values[i]
      // Tensors are buffers, so that `to()` and the state dict have them.
      const isTensor = kindText.startsWith('Tensor')
      ;(this as unknown as Record<string, unknown>)[name] = isTensor
        ? this.registerBuffer(name, value as Tensor)
        : value
    })
  }
}

/**
 * The class of a layer: `fn` of its input and of the parameters of `text`, which are its fields and what it prints.
 * `check` refuses values of them.
 */
export function layerOf<const Text extends string, Inner extends string>(
  text: Text,
  fn: FunctionOf<Text, [Tensor], Inner>,
  check?: (fields: Fields<Text>) => void
): Constructor<Text, Layer> {
  const signature: Signature = member(text)
  const body = fn.settled as Body
  const [called] = fn.declaration.signatures
  const slots = slotsOf(signature, fn as Op<string, Tensor>, 1)
  const { fields, rest } = slots
  const [a = null, b = null, c = null] = fields
  const [, v, w] = rest
  class AppliedLayer extends OfFunction {
    constructor(...args: unknown[]) {
      super(signature, args)
      check?.(this as unknown as Fields<Text>)
    }

    override forward(input: Tensor): Tensor {
      if (arguments.length !== 1 || !(input instanceof Tensor)) {
        return handOn(called, body, [...ofInput.read(arguments), ...othersOf(this, slots)]) as Tensor
      }
      // Written out: a list of the values takes 15 ns more, and functions take more values than they ask for.
      if (a === null) return body(input)
      if (b === null) return body(input, valueIn(this, a), v, w)
      return body(input, valueIn(this, a), valueIn(this, b), c === null ? w : valueIn(this, c))
    }

    override extraRepr(): string {
      return optionsText(signature, this)
    }
  }
  return AppliedLayer as unknown as Constructor<Text, Layer>
}

/** The class of a loss: `fn` of its input, its target and the parameters of `text`, which are its fields. */
export function lossOf<const Text extends string, Inner extends string>(
  text: Text,
  fn: FunctionOf<Text, [Tensor, Tensor], Inner>
): Constructor<Text, Loss> {
  const signature: Signature = member(text)
  const body = fn.settled as Body
  const [called] = fn.declaration.signatures
  const slots = slotsOf(signature, fn as Op<string, Tensor>, 2)
  const { fields, rest } = slots
  const [a = null, b = null, c = null, d = null, e = null, f = null] = fields
  const [u, v, w, x, y, z] = rest
  class AppliedLoss extends OfFunction {
    constructor(...args: unknown[]) {
      super(signature, args)
    }

    override forward(input: Tensor, target: Tensor): Tensor {
      if (arguments.length !== 2 || !(input instanceof Tensor) || !(target instanceof Tensor)) {
        return handOn(called, body, [...ofOperands.read(arguments), ...othersOf(this, slots)]) as Tensor
      }
      return body(
        input,
        target,
        a === null ? u : valueIn(this, a),
        b === null ? v : valueIn(this, b),
        c === null ? w : valueIn(this, c),
        d === null ? x : valueIn(this, d),
        e === null ? y : valueIn(this, e),
        f === null ? z : valueIn(this, f)
      )
    }
  }
  return AppliedLoss as unknown as Constructor<Text, Loss>
}

/** PyTorch's spelling of a name. */
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The fields of a module as PyTorch prints them, flags only where they are set. */
function optionsText({ parameters }: Signature, module: object): string {
  const texts = parameters.flatMap(({ name, kindText }) => {
    const value = (module as AnyFields)[name]
    if (kept.has(kindText) || value === false) return []
    const text =
      typeof value === 'string'
        ? `'${value}'`
        : kindText === 'float'
          ? floatText(value as number)
          : pythonText(value as never)
    return [`${snake(name)}=${text}`]
  })
  return texts.join(', ')
}
