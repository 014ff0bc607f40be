// Random programs that scripts/fixtures/programs.py has run in PyTorch, replayed here: after each step its results,
// what it has written to other values, and the gradients that it has left.

import { Tensor, at, noGrad, setAt, slice } from '../../lib'
import type { Subscript } from '../../lib'
import { type Tolerance, precisionOf, tensorDifference } from './close'
import { sameShape } from '../../lib/shape'
import { type EncodedNumber, type EncodedTensor, decodeNumber, decodeTensor } from './fixture'
import { named } from './named-op'

type Argument =
  | EncodedNumber
  | boolean
  | null
  | { readonly v: number }
  | { readonly span: readonly (number | null)[] }
  | readonly Argument[]

type Result = EncodedTensor & { readonly strides?: readonly number[] }

export interface Step {
  readonly op: string
  readonly args?: readonly Argument[]
  readonly kwargs?: Readonly<Record<string, Argument>>
  readonly noGrad?: boolean
  readonly results?: readonly (Result | null)[]
  /** PyTorch's message. */
  readonly throws?: string
  readonly changed?: readonly (readonly [number: number, now: Result])[]
  readonly grads?: readonly (readonly [number: number, gradient: EncodedTensor | null])[]
}

export interface TorchProgram {
  readonly seed: number
  readonly steps: readonly Step[]
}

export interface Difference {
  /** Number of the step. */
  readonly step: number
  readonly text: string
}

// One op of numbers that are PyTorch's own: a few units of the largest one, where a sum cancels.
const STEP = 64
// A gradient comes from up to 15 ops and what they have rounded.
const GRADIENT = 4096
const STEP_OF_HALVES = 4
const GRADIENT_OF_HALVES = 32

const largestOf = (numbers: Iterable<number | bigint>): number =>
  Math.max(1, ...[...numbers].map((each) => Math.abs(Number(each))).filter(Number.isFinite))

const largest = ({ data }: EncodedTensor): number => largestOf(data.map(decodeNumber))

/** Tolerance for numbers of size `scale` that come from values as coarse as `precision`. */
function toleranceFor(
  { dtype }: EncodedTensor,
  scale: number,
  precision: number,
  units: number,
  unitsOfHalves: number
): Tolerance {
  const own = precisionOf(dtype)
  const ulps = (precision >= 2 ** -10 ? unitsOfHalves : units) * (own === 0 ? 0 : Math.max(1, precision / own))
  return { ulps, floor: ulps * scale, signlessZero: true, halves: true }
}

/** Ops whose results lie as suits the way in which they are computed. */
const ofAnyLayout = new Set([
  ...['einsum', 'at', 'addmm', 'baddbmm', 'selectScatter', 'sliceScatter', 'diagonalScatter'],
  ...['logsigmoid', 'mseLoss', 'smoothL1Loss', 'huberLoss', 'l1Loss', 'pad'].map((name) => `nn.functional.${name}`)
])

/** Ops that save for backward what PyTorch's do not, so that a write to it is an error: docs/differences.md. */
const savingMore = new Set([
  ...['erfinv', 'cosineSimilarity', 'tensordot', 'inner'],
  ...['nn.functional.klDiv', 'nn.functional.l1Loss', 'nn.functional.rmsNorm', 'nn.functional.tanhshrink']
])
/** Ops that may copy an operand in another order than PyTorch's, and then do not see what is written to it later. */
const copying = new Set(['einsum', 'tensordot', 'inner'])
const isStale = (message: string | undefined): boolean =>
  message?.includes('has been modified by an inplace operation') === true

/** A run of a program, step by step. */
class Replay {
  private readonly values: (Tensor | null)[] = []
  /**
   * True where there are gradients that are tracked: a derivative that is 0 everywhere requires no grad here.
   */
  private isSecond = false
  private savesMore = false
  private mayCopy = false
  /** True from where both go different ways, as they may. */
  isOver = false
  /** True from where a result lies otherwise in memory, as it may. */
  private isOfAnyLayout = false
  /** Of the tensors that the step is given. */
  private shapes: readonly (readonly number[])[] = []
  /** Of the largest number that the step is given, which others may cancel. */
  private scale = 1
  /** Of the coarsest floating dtype so far. */
  private precision = 2 ** -52

  /** What differs in a step, in words, or null. */
  take(step: Step): string | null {
    if (step.op === 'input') {
      const [given] = step.results as [Result]
      // A leaf of its own: what decodes is a view of a list of numbers.
      const { requiresGrad = false } = given
      this.add(
        decodeTensor({ ...given, requiresGrad: false })
          .clone()
          .requiresGrad_(requiresGrad),
        given
      )
      return null
    }
    this.savesMore ||= savingMore.has(step.op)
    this.mayCopy ||= copying.has(step.op)
    let results: (Tensor | null)[]
    try {
      results = step.noGrad === true ? noGrad(() => this.call(step)) : this.call(step)
    } catch (error) {
      const text = String(error)
      if (!(error instanceof Error) || error.message.startsWith('internal')) return `throws ${text}`
      const isUntracked = this.isSecond && error.message.includes('does not require grad')
      const isOfLayout = this.isOfAnyLayout && error.message.startsWith('view size is not compatible')
      if (isUntracked || isOfLayout || (this.savesMore && isStale(error.message))) this.isOver = true
      return step.throws === undefined && !this.isOver ? `throws ${text}` : null
    }
    // Who saves less for backward notices fewer writes.
    if (step.throws === undefined) return this.compare(step, results)
    // Products of theirs that need no reshaping are no views here.
    this.isOver ||= this.mayCopy && /^Can't detach views|^A view was created in no_grad/.test(step.throws)
    this.isOver ||= this.isOfAnyLayout && step.throws.startsWith('view size is not compatible')
    if (!isStale(step.throws)) return this.isOver ? null : `does not throw: ${step.throws}`
    return step.grads === undefined || this.mayCopy ? null : this.compare(step, results)
  }

  private decode(value: Argument): unknown {
    if (typeof value !== 'object' || value === null) {
      return typeof value === 'string' && /^(nan|-?inf|-0)$/.test(value) ? decodeNumber(value) : value
    }
    if ('v' in value) return this.values[value.v]
    if ('span' in value) return slice(...(value.span as [number, number, number]))
    return value.map((each) => this.decode(each))
  }

  private call({ op, args = [], kwargs }: Step): (Tensor | null)[] {
    const decoded = args.map((each) => this.decode(each))
    const floats = decoded.flat().filter((each) => each instanceof Tensor && each.isFloatingPoint()) as Tensor[]
    this.shapes = decoded.flatMap((each) => (each instanceof Tensor ? [each.shape] : []))
    this.scale = Math.max(...floats.map((each) => largestOf(each.toTypedArray())), 1)
    const [self, ...rest] = decoded as [Tensor, ...unknown[]]
    if (op === 'at') return [at(self, ...(rest as Subscript[]))]
    if (op === 'setAt') {
      setAt(self, rest[0] as Subscript[], rest[1] as Tensor)
      return []
    }
    if (op === 'registerHook') {
      self.registerHook((gradient) => gradient.mul(rest[0] as number))
      return []
    }
    if (kwargs !== undefined) {
      decoded.push(Object.fromEntries(Object.entries(kwargs).map(([key, value]) => [key, this.decode(value)])))
    }
    const result = named(op)(...decoded) as Tensor | Iterable<Tensor | null> | undefined
    if (result === undefined || result === null) return []
    return result instanceof Tensor ? [result] : [...result]
  }

  private compare(
    { op, throws, results = [], changed = [], grads = [] }: Step,
    actual: (Tensor | null)[]
  ): string | null {
    if (actual.length !== results.length && throws === undefined)
      return `gives ${actual.length} results instead of ${results.length}`
    if (op === 'autograd.grad') this.isSecond = true
    for (const [i, expected] of results.entries()) {
      const which = results.length > 1 ? `result ${i}: ` : ''
      const value = actual[i]
      if (expected === null || value === null) {
        if (expected !== value) return `${which}${value === null ? 'null' : 'a tensor instead of null'}`
        this.values.push(null)
        continue
      }
      const difference =
        op === 'autograd.grad' ? this.gradientDiffers(value, expected) : this.differs(value, expected, op)
      if (difference !== null) return which + difference
      this.add(value, expected)
    }
    for (const [number, now] of changed) {
      const difference = this.differs(this.values[number]!, now, op)
      if (difference !== null) return `v${number} afterwards: ${difference}`
      adjust(this.values[number]!, now)
    }
    for (const [number, gradient] of grads) {
      const difference = this.gradientDiffers(this.values[number]!.grad, gradient)
      if (difference !== null) return `gradient of v${number}: ${difference}`
    }
    return null
  }

  private differs(value: Tensor, expected: Result, op: string): string | null {
    const { requiresGrad = false } = expected
    if (value.requiresGrad !== requiresGrad && !this.isSecond)
      return requiresGrad ? 'does not require grad' : 'requires grad'
    const scale = Math.max(this.scale, largest(expected))
    const tolerance = toleranceFor(expected, scale, precisionOf(expected.dtype), STEP, STEP_OF_HALVES)
    const difference = tensorDifference(value, decodeTensor(expected), tolerance)
    if (difference !== null || this.isOfAnyLayout) return difference
    const strides = stridesDiffer(value, expected)
    // Where dims of size 1 broadcast, PyTorch's order of dims follows their strides, too.
    const isBroadcast = this.shapes.some((shape) => shape.includes(1) && !sameShape(shape, value.shape))
    this.isOfAnyLayout = strides !== null && (ofAnyLayout.has(op) || isBroadcast || this.isSecond)
    return this.isOfAnyLayout ? null : strides
  }

  private gradientDiffers(gradient: Tensor | null, expected: EncodedTensor | null): string | null {
    // Where one has no derivative the other may have 0.
    const isZero = (numbers: Iterable<unknown>): boolean =>
      this.isSecond && [...numbers].every((each) => Number(each) === 0)
    if (expected === null) return gradient === null || isZero(gradient.toTypedArray()) ? null : 'not null'
    if (gradient === null) return isZero(expected.data) ? null : 'null'
    // A NaN spreads as the formulas of second derivatives have it.
    if (this.isSecond && expected.data.includes('nan')) return null
    const tolerance = toleranceFor(expected, largest(expected), this.precision, GRADIENT, GRADIENT_OF_HALVES)
    return tensorDifference(gradient, decodeTensor(expected), tolerance)
  }

  /** Numbers a value; from here on it has PyTorch's very bits, so that no difference grows. */
  private add(value: Tensor, expected: Result): void {
    this.values.push(value)
    this.precision = Math.max(this.precision, precisionOf(value.dtype))
    adjust(value, expected)
  }
}

function adjust(value: Tensor, expected: Result): void {
  // What shows elements twice takes no writes; its base has the bits.
  if (value.strides.some((stride, dim) => stride === 0 && value.shape[dim] > 1)) return
  const wanted = decodeTensor({ ...expected, requiresGrad: false })
  if (tensorDifference(value, wanted) !== null) noGrad(() => value.data.copy_(wanted))
}

/** Differences in the strides of dims that have a step. */
function stridesDiffer(value: Tensor, { shape, strides }: Result): string | null {
  if (value.numel() < 2) return null
  const wanted = strides ?? shape.map((_, dim) => shape.slice(dim + 1).reduce((product, size) => product * size, 1))
  const same = shape.every((size, dim) => size === 1 || value.strides[dim] === wanted[dim])
  return same ? null : `strides [${value.strides.join(', ')}] instead of [${wanted.join(', ')}]`
}

/** The first step that differs, or null; those after it follow other values. */
export function replay({ steps }: TorchProgram): Difference | null {
  const run = new Replay()
  for (const [step, each] of steps.entries()) {
    const text = run.take(each)
    if (text !== null) return { step, text }
    if (run.isOver) break
  }
  return null
}

// ---- a difference in few lines ----

const references = (value: Argument): number[] => {
  if (typeof value !== 'object' || value === null) return []
  if ('v' in value) return [value.v]
  return 'span' in value ? [] : value.flatMap(references)
}

const used = ({ args = [], kwargs = {} }: Step): number[] => [...args, ...Object.values(kwargs)].flatMap(references)

/** The program without a step whose results nobody takes, or null. */
function without({ seed, steps }: TorchProgram, index: number): TorchProgram | null {
  const before = steps.slice(0, index).reduce((sum, { results = [] }) => sum + results.length, 0)
  const count = steps[index].results?.length ?? 0
  const isGone = (number: number): boolean => number >= before && number < before + count
  const shift = (number: number): number => (number < before ? number : number - count)
  const renumber = (value: Argument): Argument => {
    if (typeof value !== 'object' || value === null || 'span' in value) return value
    return 'v' in value ? { v: shift(value.v) } : value.map(renumber)
  }
  const rest = steps.filter((_, i) => i !== index)
  if (rest.some((step) => used(step).some(isGone))) return null
  const renumbered = rest.map((step) => ({
    ...step,
    args: step.args?.map(renumber),
    kwargs:
      step.kwargs && Object.fromEntries(Object.entries(step.kwargs).map(([key, value]) => [key, renumber(value)])),
    changed: step.changed?.flatMap(([number, now]) => (isGone(number) ? [] : [[shift(number), now] as const])),
    grads: step.grads?.flatMap(([number, now]) => (isGone(number) ? [] : [[shift(number), now] as const]))
  }))
  return { seed, steps: renumbered }
}

/** True for what acts on more than its results. */
const hasEffects = ({ op }: Step): boolean => /_$|^(setAt|registerHook|retainGrad|backward)$/.test(op)

/**
 * The fewest steps that show the same difference: one after the other is left out, the last ones first. Those that
 * write stay, since what PyTorch would do without them is not known.
 */
export function shrink(program: TorchProgram, { step, text }: Difference): TorchProgram {
  let kept: TorchProgram = { ...program, steps: program.steps.slice(0, step + 1) }
  for (let index = step - 1; index >= 0; index--) {
    const fewer = hasEffects(kept.steps[index]) ? null : without(kept, index)
    const found = fewer === null ? null : replay(fewer)
    if (found?.text === text && found.step === kept.steps.length - 2) kept = fewer!
  }
  return kept
}

function argumentText(value: Argument): string {
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? `'${value}'` : String(value)
  if ('v' in value) return `v${value.v}`
  return 'span' in value ? `slice(${value.span.join(', ')})` : `[${value.map(argumentText).join(', ')}]`
}

function tensorText(tensor: EncodedTensor | null): string {
  if (tensor === null) return 'null'
  const { shape, dtype, data, requiresGrad = false } = tensor
  return `${dtype} [${shape.join(', ')}] of ${data.join(' ')}${requiresGrad ? ', requires grad' : ''}`
}

/** The program, a line for each step with what PyTorch gives. */
export function describe({ seed, steps }: TorchProgram): string {
  let number = 0
  const lines = steps.flatMap(
    ({ op, args = [], kwargs = {}, noGrad, results = [], throws, changed = [], grads = [] }) => {
      const options = Object.entries(kwargs).map(([key, value]) => `${key}: ${argumentText(value)}`)
      const given = [...args.map(argumentText), ...(options.length > 0 ? [`{ ${options.join(', ')} }`] : [])]
      const numbers = results.map(() => `v${number++}`)
      const names = numbers.length === 0 ? '' : `${numbers.join(', ')} = `
      const call = op === 'input' ? '' : `${op}(${given.join(', ')})${noGrad === true ? ' in noGrad' : ''}`
      return [
        `${names}${call}${throws === undefined ? '' : ` throws ${throws}`}`,
        ...results.map((each, i) => `    ${numbers[i]} ${tensorText(each)}`),
        ...changed.map(([which, now]) => `    v${which} is now ${tensorText(now)}`),
        ...grads.map(([which, gradient]) => `    v${which}.grad ${tensorText(gradient)}`)
      ]
    }
  )
  return [`seed ${seed}`, ...lines].join('\n')
}
