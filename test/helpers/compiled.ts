// Compiled functions whose runs are counted, and the comparison of what they give with what eager mode gives.

import { type Generator, Tensor } from '../../lib'
import { type Compiled, type CompileOptions, compile } from '../../lib/compile'
import { tensorDifference } from './close'

/** A compiled function that knows how often its JavaScript ran: a replay runs none of it. */
export interface Counted<Args extends unknown[], Result> {
  readonly call: Compiled<Args, Result>
  readonly runs: () => number
  /** Calls that ran no JavaScript. */
  readonly replays: () => number
}

/** Compiles `fn` and counts. */
export function counted<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  options?: CompileOptions
): Counted<Args, Result> {
  let [runs, calls] = [0, 0]
  const counting = (...args: Args): Result => {
    runs++
    return fn(...args)
  }
  const compiled = compile<Args, Result>(counting as never, options)
  const call = (...args: Args): Result => {
    calls++
    return compiled(...args)
  }
  Object.setPrototypeOf(call, compiled)
  return { call: call as Compiled<Args, Result>, runs: () => runs, replays: () => calls - runs }
}

/** All tensors of a result of a step, null where there is none. */
export function tensorsOf(value: unknown): (Tensor | null)[] {
  if (value instanceof Tensor || value === null || value === undefined) return [value ?? null]
  if (Array.isArray(value)) return value.flatMap(tensorsOf)
  return typeof value === 'object' ? Object.values(value).flatMap(tensorsOf) : []
}

/** Everything in a result that is no tensor, as text. */
function constantsOf(value: unknown): string {
  if (value instanceof Tensor) return 'tensor'
  if (Array.isArray(value)) return `[${value.map(constantsOf).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{${Object.entries(value)
    .map(([key, each]) => `${key}: ${constantsOf(each)}`)
    .join(', ')}}`
}

const names: Record<string, (tensor: Tensor) => unknown> = {
  // Strides of no elements are any.
  strides: (tensor) => (tensor.numel() === 0 ? '' : tensor.stride().toString()),
  requiresGrad: (tensor) => tensor.requiresGrad,
  isLeaf: (tensor) => tensor.isLeaf,
  'name of gradFn': (tensor) => tensor.gradFn?.name ?? null
}

/** The first difference between what a replay gave and what eager mode gave, in words, or null. */
export function resultDifference(actual: unknown, expected: unknown): string | null {
  const [plain, wanted] = [constantsOf(actual), constantsOf(expected)]
  if (plain !== wanted) return `${plain} instead of ${wanted}`
  const [ours, theirs] = [tensorsOf(actual), tensorsOf(expected)]
  if (ours.length !== theirs.length) return `${ours.length} tensors instead of ${theirs.length}`
  for (const [i, our] of ours.entries()) {
    const their = theirs[i]
    if (our === null || their === null) {
      if (our !== their) return `tensor ${i} is ${our === null ? 'null' : 'there'}, in eager mode it is not`
      continue
    }
    const values = tensorDifference(our, their)
    if (values !== null) return `tensor ${i}: ${values}`
    for (const [name, of] of Object.entries(names)) {
      if (of(our) !== of(their)) return `${name} of tensor ${i}: ${String(of(our))} instead of ${String(of(their))}`
    }
  }
  return null
}

/** Which of the results are arguments, share memory with arguments or with each other, by number. */
export function sharing(result: unknown, args: readonly Tensor[]): string {
  const all = [...args, ...tensorsOf(result).filter((tensor) => tensor !== null)]
  return all
    .slice(args.length)
    .map((tensor) => {
      const isSame = all.indexOf(tensor)
      const shares = all.findIndex((other) => other.storage === tensor.storage && tensor.numel() > 0)
      return `${isSame} ${shares} ${shares < 0 ? 0 : tensor.byteOffset - all[shares].byteOffset}`
    })
    .join('; ')
}

/** The state of a stream as text. */
export const stateText = (generator: Generator): string =>
  Buffer.from(generator.getState().toTypedArray() as Uint8Array).toString('base64')

export type Step = (...inputs: Tensor[]) => unknown

export const textOf = (values: readonly unknown[]): string => values.map(String).join(' ')

/** What a step gave and left. */
export interface Outcome {
  readonly inputs: readonly Tensor[]
  readonly result: unknown
  readonly versions: string
  readonly sharing: string
  readonly grads: readonly (Tensor | null)[]
}

/** Runs `step` on inputs made anew. */
export function outcomeOf(step: Step, make: () => Tensor[]): Outcome {
  const inputs = make()
  const before = inputs.map((input) => input.version)
  const result = step(...inputs)
  const versions = textOf(inputs.map((input, i) => input.version - before[i]))
  const grads = inputs.map((input) => (input.isLeaf ? input.grad : null))
  return { inputs, result, versions, sharing: sharing(result, inputs), grads }
}

/** The first difference between what a replay and eager mode gave and left, in words, or null. */
export function outcomeDifference(actual: Outcome, expected: Outcome): string | null {
  for (const [name, what] of [
    ['result', 'result'],
    ['argument', 'inputs'],
    ['gradient', 'grads']
  ] as const) {
    const found = resultDifference(actual[what], expected[what])
    if (found !== null) return `${name}: ${found}`
  }
  if (actual.versions !== expected.versions) return `versions: ${actual.versions} instead of ${expected.versions}`
  return actual.sharing === expected.sharing ? null : `sharing: ${actual.sharing} instead of ${expected.sharing}`
}

/**
 * Records `step` on inputs of A, replays it on those of B and of A; each time it must do what it does in eager mode.
 * `use` is what happens with it outside.
 */
export function checkStep(
  step: Step,
  makeA: () => Tensor[],
  makeB: () => Tensor[],
  about: string,
  use: (step: Step) => Step = (each) => each
): string | null {
  const { call, runs } = counted(step)
  const outcomes: [Outcome, Outcome][] = []
  for (const [number, make] of [makeA, makeB, makeA].entries()) {
    const expected = outcomeOf(use(step), make)
    const actual = outcomeOf(use(call), make)
    const found = outcomeDifference(actual, expected)
    if (found !== null) return `${about}, ${number === 0 ? 'recording' : `replay ${number}`}: ${found}`
    outcomes.push([actual, expected])
  }
  if (runs() !== 1) return `${about}: ran ${runs()} times: ${call.programs[0].reason}`
  if (call.programs.length !== 1) return `${about}: ${call.programs.length} programs`
  // What was handed out stays as it was.
  for (const [number, [actual, expected]] of outcomes.entries()) {
    const found = outcomeDifference(actual, expected)
    if (found !== null) return `${about}, call ${number} seen later: ${found}`
  }
  return null
}
