// The functions of the library by their names.

import * as dyngrad from '../../lib'
import { Tensor } from '../../lib'

type Op = (...args: unknown[]) => Tensor | Iterable<Tensor>

/** A function of the library, or a method as a function, by PyTorch's name in camelCase. */
export function named(name: string): Op {
  const found = name.split('.').reduce<unknown>((space, part) => (space as Record<string, unknown>)?.[part], dyngrad)
  if (typeof found === 'function') return found as Op
  const method = (Tensor.prototype as unknown as Record<string, Op>)[name]
  if (method === undefined) throw new Error(`there is no op ${name}`)
  return (self, ...args) => method.apply(self, args)
}
