// What a row of the pointwise family says: forward over values, promotion, names, and one derivative per argument. Its
// text is the signature of a public function: parameters that are tensors are the arguments of formulas, all others
// their options.

import type { Expr } from '../../symbol'
import type { Items, Place, Values } from '../../declare'
import type { Value } from './value'

interface Parameter {
  readonly name: string
  readonly kind: string
}

type Parameters<Text extends string> = Extract<Items<Text>[number], Parameter>

type TensorKind = 'Tensor' | 'operand'
type IsNullable<Kind> = Kind extends `${string}?` ? true : false
type IsTensor<Kind> = Kind extends TensorKind | `${TensorKind}?` ? true : false

/** Arguments by name, in formulas; null where the caller may leave one out and has. */
export type ArgumentsOf<Text extends string> = {
  readonly [P in Parameters<Text> as IsTensor<P['kind']> extends true ? P['name'] : never]: IsNullable<
    P['kind']
  > extends true
    ? Value | null
    : Value
}

type OptionOf<Kind> = Kind extends 'bool' ? boolean : Kind extends 'str' ? string : Value

/**
 * Options by name, in formulas. Numbers are values, since one trace serves all of them; null where one may be left out
 * or does nothing, and has been. Flags and texts choose a formula.
 */
export type OptionsOf<Text extends string, Neutral extends string = never> = {
  readonly [
    P in Parameters<Text> as IsTensor<P['kind']> extends true ? never : P['name'] extends 'inplace' ? never : P['name']
  ]: P['kind'] extends `${infer Kind}?`
    ? OptionOf<Kind> | null
    : P['name'] extends Neutral
      ? OptionOf<P['kind']> | null
      : OptionOf<P['kind']>
}

/** Gradient of one argument from the gradient `g` of the output. */
export type Formula<Arguments, Options> = {
  // A method, whose parameters TypeScript compares both ways: one class holds rows of any arguments.
  formula(g: Value, values: Arguments & { readonly output: Value }, options: Options): Value
}['formula']

type OverSymbols<Values> = {
  readonly [Name in keyof Values]: Values[Name] extends Value
    ? Expr
    : Values[Name] extends Value | null
      ? Expr | null
      : Values[Name]
}

/** How operand dtypes meet: promoted; promoted to a float; or PyTorch's `where`, whose condition stays bool. */
export type Promotion = 'promote' | 'float' | 'select'

export interface RowOf<Arguments, Options> {
  /** The forward, when it is not the kernel row of the op's name. */
  forward?(values: Arguments, options: Options): Value
  /** The forward where it depends on dtypes, over symbols. */
  emit?(symbols: OverSymbols<Arguments>, options: OverSymbols<Options>): Value
  readonly promotion?: Promotion
  /** True where the forward takes its tensors in the dtype that they promote to, as a kernel does. */
  readonly together?: boolean
  /** PyTorch's name of the kernel where there is one for floats only. */
  readonly floats?: string
  /** Options that do nothing at their default: formulas see null there. */
  readonly neutral?: readonly string[]
  /** PyTorch's node name where it is not `<Name>Backward0`, and where the named argument is a number. */
  readonly node?: string
  readonly nodeOfNumber?: { readonly [Name in keyof Arguments]?: string }
  /** The same of the in-place form, where that has a derivative of its own in PyTorch. */
  readonly nodeInPlace?: string
  /** The method of values, where it is not the op's name. */
  readonly method?: string
  /** Error of a kernel that checks values. */
  readonly failure?: () => Error
  /** Error for a dtype without kernel. */
  readonly unsupported?: (code: number) => Error
  /** PyTorch's name of the kernel where there is none for the half types. */
  readonly noHalves?: string
  /** What going back through its node throws, where PyTorch tracks an op, or an argument, without derivative. */
  readonly undifferentiable?: string | { readonly [Name in keyof Arguments]?: string }
  readonly gradients?: { readonly [Name in keyof Arguments]?: Formula<Arguments, Options> }
  /** Where PyTorch has the function, if not as a function and a method. */
  readonly places?: readonly Place[]
}

/** The row of a signature. */
export type PointwiseRow<Text extends string, Neutral extends string = never> = RowOf<
  ArgumentsOf<Text>,
  OptionsOf<Text, Neutral>
> & {
  readonly neutral?: readonly Neutral[]
  /** Throws for values that PyTorch refuses, beside those of which none is an option or a number. */
  check?(...values: Values<Items<Text>>): void
}

/** What chooses a formula: null where something is absent, or the value of a flag or an enum. */
export type Choice = null | boolean | string

/** A row of any signature. */
export type AnyRow = RowOf<Readonly<Record<string, Value>>, Readonly<Record<string, Value | Choice>>> & {
  check?(...values: unknown[]): void
}
export type AnyFormula = Formula<Readonly<Record<string, Value>>, Readonly<Record<string, Value | Choice>>>
