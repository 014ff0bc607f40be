// The types of a call, read from the text of its signature:
// `'sum(input: Tensor, dim: int|int[]|null = null, *, dtype: dtype? = null)'`.

import type { DType } from '../dtype'
import type { Labels } from './labels'

/** What values the kinds of a signature stand for. A file that registers a kind adds it here. */
export interface KindTypes {
  any: unknown
  bool: boolean
  count: number
  device: 'cpu' | 'cpu:0'
  dtype: DType
  false: false
  float: number
  function: (...args: never) => unknown
  int: number
  'int[]': readonly number[]
  null: null
  object: object
  scalar: number | bigint | boolean
  str: string
  true: true
}

/** A parameter, as far as types go. `'*'` stands between those that are positional and those that are not. */
interface Item {
  readonly name: string
  readonly kind: string
  readonly isOptional: boolean
}

type ParseItem<Text> = Text extends '*'
  ? '*'
  : Text extends `${infer Name}: ${infer Kind} = ${string}`
    ? { name: Name; kind: Kind; isOptional: true }
    : Text extends `${infer Name}: ${infer Kind}`
      ? { name: Name; kind: Kind; isOptional: false }
      : never

type ParseItems<Text> = Text extends ''
  ? []
  : Text extends `${infer First}, ${infer Others}`
    ? [ParseItem<First>, ...ParseItems<Others>]
    : [ParseItem<Text>]

/** The parameters of a signature. */
export type Items<Text extends string> = Text extends `${string}(${infer Inner})` ? ParseItems<Inner> : never

type KindType<Kind> = Kind extends `${infer First}|${infer Others}`
  ? KindType<First> | KindType<Others>
  : Kind extends `${infer Inner}?`
    ? KindType<Inner> | null
    : Kind extends `${infer Element}...`
      ? readonly KindType<Element>[]
      : Kind extends keyof KindTypes
        ? KindTypes[Kind]
        : never

/** The values of a call, one for each parameter. */
export type Values<List> = List extends [infer First, ...infer Others]
  ? First extends Item
    ? [KindType<First['kind']>, ...Values<Others>]
    : Values<Others>
  : []

/** What parameters are by name, those of some kinds left out. */
export type FieldTypes<List extends readonly unknown[], Without extends string> = {
  -readonly [One in Named<List> as One['kind'] extends Without ? never : One['name']]: KindType<One['kind']>
}

type Named<List extends readonly unknown[]> = Extract<List[number], Item>

type Flat<Type> = { [Key in keyof Type]: Type[Key] }

/** The keyword arguments that stand for a list of parameters. */
type Keywords<List extends readonly unknown[]> = Flat<
  {
    readonly [One in Named<List> as One['isOptional'] extends true ? never : One['name']]: KindType<One['kind']>
  } & {
    readonly [One in Named<List> as One['isOptional'] extends true ? One['name'] : never]?: KindType<One['kind']>
  }
>

type IsRequired<List extends readonly unknown[]> = false extends Named<List>['isOptional'] ? true : false

type Filled<Label extends readonly unknown[], Value> = { [Place in keyof Label]: Value }

/** One position of a call, under the name that editors show. */
type Position<One extends Item> = Filled<
  One['name'] extends keyof Labels ? Labels[One['name']] : [unknown],
  KindType<One['kind']>
>

type Optional<Tuple extends readonly unknown[], Is> = Is extends true ? Partial<Tuple> : Tuple

type WithKeywords<Before extends readonly unknown[], List extends readonly unknown[]> = List extends []
  ? Before
  : IsRequired<List> extends true
    ? [...Before, keywords: Keywords<List>]
    : [...Before, keywords?: Keywords<List>]

/** The argument lists of a call: any number of parameters in their order, then the others by keyword. */
export type Calls<List extends readonly unknown[], Before extends readonly unknown[] = []> = List extends []
  ? Before
  : List extends ['*', ...infer Others]
    ? WithKeywords<Before, Others>
    : List extends [infer First extends Item, ...infer Others]
      ? First['kind'] extends `${infer Element}...`
        ? Variadic<Before, KindType<Element>, First, Others>
        : WithKeywords<Before, List> | Calls<Others, [...Before, ...Optional<Position<First>, First['isOptional']>]>
      : never

/** `reshape(x, 2, 3)`, `reshape(x, [2, 3])` and `reshape(x, { shape: [2, 3] })`. */
type Variadic<Before extends readonly unknown[], Element, First extends Item, Others extends readonly unknown[]> =
  | [...Before, ...Element[]]
  | (Others extends ['*', ...infer Named] ? [...Before, ...Element[], Keywords<Named>] : never)
  | WithKeywords<[...Before, ...Position<First>], Others extends ['*', ...infer Named] ? Named : []>
  | WithKeywords<Before, [First, ...Others]>

/** Text of a method, whose first parameter is `this`. */
export type WithoutFirst<List> = List extends [unknown, ...infer Others] ? Others : never

/** An argument, or an object that gives it by its name, where types of a call are written out. */
export type OrKeyword<Name extends string, Value> = Value | Readonly<Record<Name, Value>>
