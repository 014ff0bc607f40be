// Arguments in their order, or in an object that names them, which is the last.

import { type DType, dtypeCode } from '../../dtype'
import { checkArity, checkFlag, checkInteger, checkOptions } from '../../kinds'
import { Tensor } from '../../tensor'

/** The kind of each argument by name, in the order of the positions; a dtype has none and comes last. */
export type Kinds<Options> = { readonly [Name in keyof Options]-?: 'flag' | 'integer' | 'integer or null' | 'dtype' }

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Tensor)

/** The arguments of a call of `op` by name, behind `before` others; throws a TypeError for what it does not take. */
export function keywords<Options extends object>(
  op: string,
  kinds: Kinds<Options>,
  args: readonly unknown[],
  before = 1
): Options {
  const names = Object.keys(kinds)
  const positions = names.filter((name) => kinds[name as keyof Options] !== 'dtype').length
  const options: Record<string, unknown> = {}
  args.forEach((value, i) => {
    if (!isObject(value)) {
      checkArity(op, before + i + 1, before + positions)
      if (value !== undefined) options[names[i]] = value
      return
    }
    if (args.slice(i + 1).some((each) => each !== undefined)) throw new TypeError(`${op}(): options come last`)
    checkOptions(op, value, names)
    for (const [name, each] of Object.entries(value)) {
      if (name in options) throw new TypeError(`${op}() got multiple values for argument '${name}'`)
      if (each !== undefined) options[name] = each
    }
  })
  for (const [name, value] of Object.entries(options)) {
    const kind = kinds[name as keyof Options]
    if (kind === 'flag') checkFlag(value, op, name)
    else if (kind === 'dtype') dtypeCode(value as DType)
    else if (kind === 'integer' || value !== null) checkInteger(value, op, name)
  }
  return options as Options
}
