// Random numbers: PyTorch's CPU stream. The generator's state is an operand of every launch, so a replay advances it as eager does.

import { BOOL, FLOAT32, INT32, INT64, UINT8, dtypeCode, elementOf, isFloating, itemSizes, scalarCode } from '../dtype'
import { entropy } from '../launch'
import { type Kernel, type KernelArgument, type KernelOperand, callKernel, flatOf, kernel } from '../kernel'
import { forbidInCapture, setting, wrote } from '../recording'
import { checkInteger, checkNumber, kindText, shapeOf } from '../kinds'
import { type Shape, broadcastShapes, shapeText } from '../shape'
import { type Storage, allocate, allocateOwn } from '../storage'
import { Tensor, aliasTensor, denseTensor } from '../tensor'
import { type CreationOptions, type ShapeArguments, emptyLike, finish, parseShape } from './creation'
import { checkedUnit } from './define/checks'
import { Fused } from './define/fused'
import { checkTensor, emptyOwned, torchTypeName } from './define/result'
import { add, mul } from './elementwise'
import { cast, copyInto } from './core/copy'
import { cutRule, overwrite } from './copy'
import { noGrad } from '../autograd/mode'

const seedKernel = kernel('seed')
const stateBytes = seedKernel.sizes.s

/** A stream of random numbers of its own; the default one follows `manualSeed`. */
export class Generator {
  /** mt19937 state and the spare normal deviate, laid out as the kernels read it. */
  readonly state: Storage = allocateOwn(stateBytes)
  // An ordinary property, so that a replay can set it.
  private start = 0n

  constructor() {
    this.seed()
  }

  /** Restarts the stream; integers are taken modulo 2^64. */
  manualSeed(seed: number | bigint): this {
    if (typeof seed !== 'bigint' && !Number.isInteger(seed)) {
      throw new TypeError(`manual_seed expected a long, but got ${typeof seed === 'number' ? seed : kindText(seed)}`)
    }
    setting(this, 'start')
    this.start = BigInt.asUintN(64, BigInt(seed))
    wrote(this, 'start')
    callKernel(seedKernel, [stateOperand(this)], [], [Number(this.start & 0xffffffffn)])
    return this
  }

  /** Restarts the stream from the system's entropy and returns the seed. */
  seed(): bigint {
    forbidInCapture('seed()', 'takes a new seed at each call; call it outside the step')
    const seed = entropy()
    this.manualSeed(seed)
    return seed
  }

  /** The seed that the stream started from. */
  initialSeed(): bigint {
    return this.start
  }

  /** A copy of the state, uint8. */
  getState(): Tensor {
    const state = stateOf(this)
    const copy = emptyOwned(state.sizes, UINT8)
    copyInto(copy, state)
    return copy
  }

  /** Continues from a state that `getState` gave. */
  setState(state: Tensor): this {
    checkTensor(state, 'setState', 'state')
    if (state.code !== UINT8 || state.numelCached !== this.state.byteLength) {
      throw new TypeError(
        `setState: expected a uint8 tensor of ${this.state.byteLength} bytes, got ${state.dtype} ${shapeText(state.sizes)}`
      )
    }
    copyInto(stateOf(this), state.reshape(-1))
    return this
  }
}

/** The state as a tensor. */
const stateOf = ({ state }: Generator): Tensor => denseTensor(state, [stateBytes], UINT8)

const kernels = {
  uniform: kernel('uniform'),
  normal: kernel('normal'),
  randint: kernel('randint'),
  randperm: kernel('randperm'),
  bernoulli: kernel('bernoulli')
}

const stateSizes = [stateBytes]
const oneStep = [1]

/** The state as an operand, which costs 150 ns less than a tensor. */
const stateOperand = ({ state }: Generator): KernelOperand => ({
  storage: state,
  byteOffset: state.byteOffset,
  code: UINT8,
  sizes: stateSizes,
  steps: oneStep
})

const noInputs: readonly KernelArgument[] = []
const noElements: readonly KernelArgument[] = [null]

/** Fills a dense tensor. A parameter for each element is optional where a row takes it. */
function fill(row: Kernel, generator: Generator, out: Tensor, reals: readonly number[]): void {
  const inputs = row.operands[0].isOptional ? noElements : noInputs
  callKernel(row, [stateOperand(generator), flatOf(out)], inputs, undefined, reals)
}

/** The generator that factories use unless told otherwise. */
export const defaultGenerator = new Generator()

/** Restarts the default stream. */
export function manualSeed(seed: number | bigint): Generator {
  return defaultGenerator.manualSeed(seed)
}

/** Options of random factories. */
export interface RandomOptions extends CreationOptions {
  /** Draws from this stream instead of the default one. */
  readonly generator?: Generator
}

function generatorOf({ generator = defaultGenerator }: RandomOptions): Generator {
  if (generator instanceof Generator) return generator
  throw new TypeError(`argument 'generator' must be Generator, not ${kindText(generator)}`)
}

// PyTorch's names of the kernels, for messages.
const UNIFORM = 'check_uniform_bounds'
const NORMAL = 'normal_kernel_cpu'

function floatingCode(options: RandomOptions, kernel: string): number {
  const code = options.dtype === undefined ? FLOAT32 : dtypeCode(options.dtype)
  checkFloating(code, kernel)
  return code
}

// ---- factories ----

/** Uniform on [0, 1). */
export function rand(...args: ShapeArguments | [...number[], RandomOptions]): Tensor {
  const { shape, options } = parseShape(args, 'rand')
  const result = emptyOwned(shape, floatingCode(options, UNIFORM))
  fill(kernels.uniform, generatorOf(options), result, [0, 1])
  return finish(result, options)
}

/** Standard normal. */
export function randn(...args: ShapeArguments | [...number[], RandomOptions]): Tensor {
  const { shape, options } = parseShape(args, 'randn')
  const result = emptyOwned(shape, floatingCode(options, NORMAL))
  fill(kernels.normal, generatorOf(options), result, [0, 1])
  return finish(result, options)
}

/** Uniform on [0, 1), shaped as `self`; dense strides are kept. */
export function randLike(self: Tensor, options: RandomOptions = {}): Tensor {
  const result = emptyLike(self, { dtype: options.dtype })
  return finish(uniform_(result, 0, 1, options), options)
}

/** Standard normal, shaped as `self`; dense strides are kept. */
export function randnLike(self: Tensor, options: RandomOptions = {}): Tensor {
  const result = emptyLike(self, { dtype: options.dtype })
  return finish(normal_(result, 0, 1, options), options)
}

function checkStd(std: number): void {
  if (!(std >= 0)) throw new RangeError(`normal expects std >= 0.0, but found std ${std}`)
}

// Checks that a launch makes, so that a replay makes them too.

const checkedSpread = new Fused(([std]) => {
  const failure = (): Error => new RangeError('normal expects all elements of std >= 0.0')
  // -0.5 where a deviation is negative, else 0.
  const checked = checkedUnit(std.lt(0).mul(-0.5), failure)
  return std.where(checked.eq(0), std)
})

const checkedProbabilities = new Fused(([p]) =>
  checkedUnit(
    p,
    () =>
      new RangeError(
        'Expected p_in >= 0 && p_in <= 1 to be true, but got false. bernoulli: p is a tensor of probabilities'
      )
  )
)

/** Normal with mean and standard deviation as numbers (then with a size) or tensors. */
export function normal(
  mean: Tensor | number,
  std: Tensor | number = 1,
  size?: Shape | RandomOptions,
  options?: RandomOptions
): Tensor {
  const hasSize = Array.isArray(size)
  const chosen: RandomOptions = (hasSize ? options : (size as RandomOptions | undefined)) ?? {}
  const tensors = [mean, std].filter((value) => value instanceof Tensor)
  if (!(mean instanceof Tensor)) checkNumber(mean, 'normal', 'mean')
  if (!(std instanceof Tensor)) {
    checkNumber(std, 'normal', 'std')
    checkStd(std)
  }
  if (tensors.length === 0) {
    if (!hasSize) throw new TypeError('normal: a size is needed when mean and std are numbers')
    const result = emptyOwned(shapeOf(size, 'normal'), floatingCode(chosen, NORMAL))
    fill(kernels.normal, generatorOf(chosen), result, [mean as number, std as number])
    return finish(result, chosen)
  }
  const spread = std instanceof Tensor ? checkedSpread.call(std.sizes, [std]) : null
  const [first] = tensors
  checkFloating(first.code, NORMAL)
  const shape = tensors.reduce<Shape>((sizes, each) => broadcastShapes(sizes, each.sizes, 'normal'), [])
  const result = emptyOwned(shape, first.code)
  fill(kernels.normal, generatorOf(chosen), result, [0, spread === null ? (std as number) : 1])
  return noGrad(() => {
    const scaled = spread === null ? result : mul(result, spread)
    return cast(add(scaled, mean), first.code)
  })
}

const integerRanges = new Map([
  [INT32, { type: 'int', least: -(2 ** 31), greatest: 2 ** 31 - 1 }],
  [UINT8, { type: 'unsigned char', least: 0, greatest: 255 }],
  [BOOL, { type: 'bool', least: 0, greatest: 1 }]
])

/** Checks that a dtype holds the integers from `low` to `last`. */
function checkBounds(low: number, last: number, code: number): void {
  const range = integerRanges.get(code)
  if (range === undefined) return
  for (const [name, bound] of [
    ['from', low],
    ['to - 1', last]
  ] as const) {
    if (bound < range.least || bound > range.greatest) {
      throw new RangeError(`${name} is out of bounds for ${range.type}; it is ${bound}`)
    }
  }
}

/** Integers of [low, high), int64 unless a dtype is named. */
export function randint(high: number, size: Shape, options?: RandomOptions): Tensor
export function randint(low: number, high: number, size: Shape, options?: RandomOptions): Tensor
export function randint(...args: (number | Shape | RandomOptions | undefined)[]): Tensor {
  const at = args.findIndex((arg) => Array.isArray(arg))
  if (at < 1) throw new TypeError('randint: expected (high, size) or (low, high, size)')
  const [low, high] = at === 1 ? [0, args[0] as number] : [args[0] as number, args[1] as number]
  const size = shapeOf(args[at], 'randint')
  const options = (args[at + 1] ?? {}) as RandomOptions
  for (const [name, bound] of Object.entries({ low, high })) {
    checkInteger(bound, 'randint', name)
    if (scalarCode(bound) !== INT64) {
      throw new RangeError(`Overflow when unpacking long long; randint: ${name} is ${bound}`)
    }
  }
  if (low >= high) {
    throw new RangeError(`random_ expects 'from' to be less than 'to', but got from=${low} >= to=${high}`)
  }
  const code = options.dtype === undefined ? INT64 : dtypeCode(options.dtype)
  checkBounds(low, high - 1, code)
  const result = emptyOwned(size, code)
  fill(kernels.randint, generatorOf(options), result, [low, high])
  return finish(result, options)
}

/** A random permutation of 0..n-1, int64. */
export function randperm(n: number, options: RandomOptions = {}): Tensor {
  const shape = shapeOf([n], 'randperm')
  const code = options.dtype === undefined ? INT64 : dtypeCode(options.dtype)
  elementOf(n, code)
  const result = emptyOwned(shape, code)
  fill(kernels.randperm, generatorOf(options), result, [])
  return finish(result, options)
}

/** 0 or 1, with the probability of 1 in each element of `p`. */
export function bernoulli(p: Tensor, options: RandomOptions = {}): Tensor {
  checkTensor(p, 'bernoulli', 'p')
  checkFloating(p.code, 'bernoulli_tensor_cpu_p_')
  const dense = checkedProbabilities.call(p.sizes, [p])
  const result = denseTensor(allocate(p.numelCached * itemSizes[p.code]), p.sizes, p.code)
  callKernel(kernels.bernoulli, [stateOperand(generatorOf(options)), flatOf(result)], [flatOf(dense)], undefined, [0])
  return result
}

// ---- in place ----

/** The same elements with their dims in the order of memory, from the outermost to the innermost. No autograd. */
function inMemoryOrder(self: Tensor): Tensor {
  const { sizes, steps } = self
  const order = [...steps.keys()].sort((a, b) => steps[b] - steps[a] || a - b)
  return aliasTensor(
    self,
    order.map((d) => sizes[d]),
    order.map((d) => steps[d]),
    0
  )
}

// What PyTorch draws one by one, it draws in blocks where at least this many normal deviates are contiguous.
const NORMAL_BLOCK = 16

/** Draws into `self` in the order of its memory, as PyTorch does. */
function draw(self: Tensor, row: Kernel, generator: Generator, parameters: readonly number[]): void {
  const ordered = inMemoryOrder(self)
  if (self.dense) return fill(row, generator, self, parameters)
  const values = ordered.dense
    ? ordered
    : denseTensor(allocate(self.numelCached * itemSizes[self.code]), ordered.sizes, self.code)
  const apart = row === kernels.normal && self.numelCached >= NORMAL_BLOCK
  const step = apart ? NORMAL_BLOCK - 2 : self.numelCached // even: deviates come in pairs
  for (let start = 0; start < self.numelCached; start += step) {
    const part = aliasTensor(values, [Math.min(step, self.numelCached - start)], [1], start)
    fill(row, generator, part, parameters)
  }
  if (values !== ordered) copyInto(ordered, values)
}

function fillRandom(
  self: Tensor,
  row: Kernel,
  cut: typeof normalCut,
  options: RandomOptions,
  parameters: readonly number[]
): Tensor {
  return overwrite(self, cut, () => {
    draw(self, row, generatorOf(options), parameters)
  })
}

const [uniformCut, normalCut, bernoulliCut] = ['UniformBackward0', 'NormalBackward0', 'BernoulliBackward2'].map(cutRule)

function checkFloating(code: number, kernel: string): void {
  if (!isFloating(code)) throw new TypeError(`"${kernel}" not implemented for '${torchTypeName(code)}'`)
}

/** Uniform on [from, to), in place. */
export function uniform_(self: Tensor, from = 0, to = 1, options: RandomOptions = {}): Tensor {
  checkTensor(self, 'uniform_', 'self')
  checkFloating(self.code, UNIFORM)
  checkNumber(from, 'uniform_', 'from')
  checkNumber(to, 'uniform_', 'to')
  if (!(from <= to)) {
    throw new RangeError(`uniform_ expects to return a [from, to) range, but found from=${from} > to=${to}`)
  }
  return fillRandom(self, kernels.uniform, uniformCut, options, [from, to])
}

/** Normal, in place. */
export function normal_(self: Tensor, mean = 0, std = 1, options: RandomOptions = {}): Tensor {
  checkTensor(self, 'normal_', 'self')
  checkFloating(self.code, NORMAL)
  checkNumber(mean, 'normal_', 'mean')
  checkNumber(std, 'normal_', 'std')
  checkStd(std)
  return fillRandom(self, kernels.normal, normalCut, options, [mean, std])
}

/** 1 with probability `p`, else 0, in place. */
export function bernoulli_(self: Tensor, p = 0.5, options: RandomOptions = {}): Tensor {
  checkTensor(self, 'bernoulli_', 'self')
  checkNumber(p, 'bernoulli_', 'p')
  if (!(p >= 0 && p <= 1)) throw new RangeError(`bernoulli_ expects p to be in [0, 1], but got p=${p}`)
  return fillRandom(self, kernels.bernoulli, bernoulliCut, options, [p])
}
