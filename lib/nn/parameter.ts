// Parameters: leaves that a module lists. A parameter is an ordinary Tensor with a mark, so that tensors keep one shape in V8.

import { Tensor } from '../tensor'

/** Options of `new nn.Parameter()`. */
export interface ParameterOptions {
  /** Default true. */
  readonly requiresGrad?: boolean
}

/** A tensor that modules list among their parameters. */
export type Parameter = Tensor

/** True for tensors made by `new nn.Parameter()`. */
export function isParameter(value: unknown): value is Parameter {
  return value instanceof Tensor && value.meta !== null && value.meta.isParameter
}

interface ParameterConstructor {
  new (data: Tensor, options?: ParameterOptions): Parameter
  [Symbol.hasInstance](value: unknown): value is Parameter
}

function makeParameter(data: Tensor, { requiresGrad = true }: ParameterOptions = {}): Parameter {
  if (!(data instanceof Tensor)) {
    throw new TypeError(`Parameter: data must be a Tensor, got ${data === null ? 'null' : typeof data}`)
  }
  const parameter = data.detach()
  parameter.ensureMeta().isParameter = true
  return parameter.requiresGrad_(requiresGrad)
}

/** Makes a parameter that shares the elements of `data`. */
export const Parameter = Object.defineProperty(
  // A plain function, since what `new` returns is not an object of this class.
  function Parameter(data: Tensor, options?: ParameterOptions): Parameter {
    return makeParameter(data, options)
  },
  Symbol.hasInstance,
  { value: isParameter }
) as unknown as ParameterConstructor
