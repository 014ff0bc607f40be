// Calls of a compiled function on new arguments, against eager mode.

import { type Tensor, tensor } from '../../lib'
import { counted, resultDifference, sharing } from './compiled'
import { Random } from './random'

const SEED = 62

/** Arguments from a seed, made alike for eager mode and for the replay. */
export type Make = (source: Random) => Tensor[]

export const random = (source: Random, ...shape: number[]): Tensor =>
  tensor(source.list(shape.reduce((product, size) => product * size, 1))).reshape(shape)

/**
 * Calls a function three times on new arguments, which must be one recording and two replays, and each time it must
 * give and leave what it does in eager mode; `after` adds what happens outside.
 */
export function expectAsEager(
  step: (...args: Tensor[]) => unknown,
  make: Make,
  after: (result: never, args: Tensor[]) => unknown = () => null
): void {
  const { call, runs } = counted(step)
  for (let i = 0; i < 3; i++) {
    const [ours, theirs] = [make(new Random(SEED + i)), make(new Random(SEED + i))]
    const [actual, expected] = [call(...ours), step(...theirs)]
    const about = `call ${i}, seed ${SEED + i}`
    expect([about, resultDifference(actual, expected)]).toEqual([about, null])
    expect([about, sharing(actual, ours)]).toEqual([about, sharing(expected, theirs)])
    const [later, wanted] = [after(actual as never, ours), after(expected as never, theirs)]
    expect([about, resultDifference(later, wanted)]).toEqual([about, null])
    expect([about, resultDifference(ours, theirs)]).toEqual([about, null])
    const grads = [ours, theirs].map((args) => args.map((arg) => (arg.isLeaf ? arg.grad : null)))
    expect([about, resultDifference(grads[0], grads[1])]).toEqual([about, null])
    const versions = [ours, theirs].map((args) => args.map(({ version }) => version))
    expect([about, versions[0]]).toEqual([about, versions[1]])
  }
  expect(runs()).toBe(1)
}

export const pair: Make = (source) => [random(source, 3, 4), random(source, 3, 4)]
export const leaves: Make = (source) => pair(source).map((each) => each.requiresGrad_())
/** Arguments that operations made. */
export const inner: Make = (source) => leaves(source).map((each) => each.mul(2))
