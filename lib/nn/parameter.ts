// Parameters: leaves that a module lists. A parameter is an ordinary Tensor with a mark, so that tensors keep one shape
// in V8.

import { type Arguments, member } from '../declare'
import { Tensor } from '../tensor'

/** A tensor that modules list among their parameters. */
export type Parameter = Tensor

/** True for tensors made by `new nn.Parameter()`. */
export function isParameter(value: unknown): value is Parameter {
  return value instanceof Tensor && value.meta !== null && value.meta.isParameter
}

const signature = member('Parameter(data: Tensor, requiresGrad: bool = true)')

interface ParameterConstructor {
  new (...args: Arguments<typeof signature>): Parameter
  [Symbol.hasInstance](value: unknown): value is Parameter
}

/** Makes a parameter that shares the elements of `data`, and requires a gradient unless told otherwise. */
export const Parameter = Object.defineProperties(
  // A plain function, since what `new` returns is not an object of this class.
  function Parameter(...args: Arguments<typeof signature>): Parameter {
    const [data, requiresGrad] = signature.read(args)
    const parameter = data.detach()
    parameter.ensureMeta().isParameter = true
    return parameter.requiresGrad_(requiresGrad)
  },
  // A bundler may have renamed it.
  { name: { value: 'Parameter' }, [Symbol.hasInstance]: { value: isParameter } }
) as unknown as ParameterConstructor
