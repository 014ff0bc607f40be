// What Jest and Vitest need to know to compare and print tensors.

import { Generator, Tensor, logicalAnd, logicalOr, nn } from '../index'

/** What Jest and Vitest call a tester on. */
export interface TesterContext {
  equals(a: unknown, b: unknown, testers?: EqualityTester[]): boolean
}

/** A function for `expect.addEqualityTesters`: undefined where it knows nothing of the values. */
export type EqualityTester = (
  this: TesterContext,
  a: unknown,
  b: unknown,
  testers: EqualityTester[]
) => boolean | undefined

/** True where dtype, shape, requiresGrad and all elements are the same; NaN is the same as NaN. */
function sameTensors(a: Tensor, b: Tensor): boolean {
  if (a.dtype !== b.dtype || a.requiresGrad !== b.requiresGrad || a.dim() !== b.dim()) return false
  if (a.shape.some((size, d) => size !== b.shape[d])) return false
  const [x, y] = [a.detach(), b.detach()]
  const same = x.eq(y)
  return (a.isFloatingPoint() ? logicalOr(same, logicalAnd(x.isnan(), y.isnan())) : same).all().item<boolean>()
}

const tensors: EqualityTester = (a, b) => {
  if (a instanceof Tensor && b instanceof Tensor) return a === b || sameTensors(a, b)
  return a instanceof Tensor || b instanceof Tensor ? false : undefined
}

const generators: EqualityTester = (a, b) => {
  if (!(a instanceof Generator && b instanceof Generator)) return undefined
  return a.initialSeed() === b.initialSeed() && a.getState().equal(b.getState())
}

/** Modules that are being compared, each with its other: one may lead back to itself. */
const pairs = new Map<object, object>()

// The fields of a module that iterates, such as a Sequential, Jest compares without testers.
const modules: EqualityTester = function (a, b, testers) {
  if (!(a instanceof nn.Module && b instanceof nn.Module)) return undefined
  if (a.constructor !== b.constructor) return false
  if (pairs.has(a)) return pairs.get(a) === b
  pairs.set(a, b)
  try {
    return this.equals({ ...a }, { ...b }, testers)
  } finally {
    pairs.delete(a)
  }
}

/**
 * Testers for `expect.addEqualityTesters(tensorTesters)` of Jest and Vitest: tensors are equal whose dtype, shape,
 * requiresGrad and elements are, generators that go on alike; so are modules, optimizers and state dicts of such.
 */
export const tensorTesters: EqualityTester[] = [tensors, generators, modules]

/** For `expect.addSnapshotSerializer(tensorSerializer)`: tensors print as `console.log` prints them. */
export const tensorSerializer = {
  test: (value: unknown): boolean => value instanceof Tensor,
  serialize: (value: unknown): string => String(value)
}
