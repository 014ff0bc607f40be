// Random numbers: PyTorch's CPU stream. The generator's state is an operand of every launch, so a replay advances it as eager does.

import { randomBytes } from 'node:crypto'
import { FLOAT32, INT64, UINT8, dtypeCode, isFloating, itemSizes } from '../dtype'
import { FAMILY, bodyWord, launchList, offsetWord, scratch } from '../launch'
import { kernelRow, native } from '../native'
import { type Shape, checkShape, numelOf, shapeText } from '../shape'
import { type Storage, allocate, allocateOwn } from '../storage'
import { Tensor, denseTensor } from '../tensor'
import { type CreationOptions, type ShapeArguments, finish, parseShape } from './creation'
import { checkInPlace } from './define/inplace'
import { emptyOwned, torchTypeName } from './define/result'
import { add, mul } from './elementwise'
import { copyInto } from './movement'
import { noGrad } from '../autograd/mode'

/** A stream of random numbers of its own; the default one follows `manualSeed`. */
export class Generator {
  /** mt19937 state and the spare normal deviate, laid out as the kernels read it. */
  readonly state: Storage = allocateOwn(native.generatorStateBytes)
  #seed = 0n

  constructor() {
    this.seed()
  }

  /** Restarts the stream; integers are taken modulo 2^64. */
  manualSeed(seed: number | bigint): this {
    if (typeof seed === 'number' && !Number.isInteger(seed)) {
      throw new TypeError(`manual_seed expected a long, but got ${seed}`)
    }
    this.#seed = BigInt.asUintN(64, BigInt(seed))
    launchRandom('seed', this, null, null, [Number(this.#seed & 0xffffffffn), Number(this.#seed >> 32n)])
    return this
  }

  /** Restarts the stream from the system's entropy and returns the seed. */
  seed(): bigint {
    const seed = randomBytes(8).readBigUInt64LE()
    this.manualSeed(seed)
    return seed
  }

  /** The seed that the stream started from. */
  initialSeed(): bigint {
    return this.#seed
  }

  /** A copy of the state, uint8. */
  getState(): Tensor {
    const state = denseTensor(this.state, [this.state.byteLength], UINT8)
    const copy = emptyOwned(state.shape, UINT8)
    copyInto(copy, state)
    return copy
  }

  /** Continues from a state that `getState` gave. */
  setState(state: Tensor): this {
    if (state.code !== UINT8 || state.numelCached !== this.state.byteLength) {
      throw new TypeError(`setState: expected a uint8 tensor of ${this.state.byteLength} bytes, got ${state.dtype} ${shapeText(state.shape)}`)
    }
    copyInto(denseTensor(this.state, [this.state.byteLength], UINT8), state.reshape(-1))
    return this
  }
}

type RandomKernel = 'seed' | 'uniform' | 'normal' | 'randint' | 'randperm' | 'bernoulli'

/** Fills a dense tensor. `elements` is bernoulli's probability per element. */
function launchRandom(
  kernel: RandomKernel,
  generator: Generator,
  out: Tensor | null,
  elements: Tensor | null,
  parameters: readonly [number, number]
): void {
  const target = out ?? emptyOwned([0], FLOAT32)
  const operands: [number, number, Storage][] = [
    [UINT8, generator.state.byteOffset, generator.state],
    [target.code, target.byteOffset, target.storage]
  ]
  if (elements !== null) operands.unshift([elements.code, elements.byteOffset, elements.storage])
  const { words } = scratch
  const body = bodyWord(operands.length)
  words[0] = FAMILY.random
  words[1] = body + 4
  words[2] = operands.length
  words[3] = 2
  operands.forEach(([code, offset], i) => {
    words[offsetWord(i) - 1] = code
    words[offsetWord(i)] = offset
  })
  words[body] = kernelRow('random', kernel)
  words[body + 1] = target.numelCached
  words[body + 2] = parameters[0]
  words[body + 3] = parameters[1]
  launchList(scratch, operands.map(([, , storage]) => storage))
}

/** The generator that factories use unless told otherwise. */
export const defaultGenerator = new Generator()

/** Restarts the default stream. */
export function manualSeed(seed: number | bigint): Generator {
  return defaultGenerator.manualSeed(seed)
}

/** Options of random factories. */
export interface RandomOptions extends CreationOptions {
  readonly generator?: Generator
}

const generatorOf = (options: RandomOptions): Generator => options.generator ?? defaultGenerator

function floatingCode(options: RandomOptions, op: string): number {
  const code = options.dtype === undefined ? FLOAT32 : dtypeCode(options.dtype)
  if (!isFloating(code)) throw new TypeError(`"${op}" not implemented for '${torchTypeName(code)}'`)
  return code
}

// ---- factories ----

/** Uniform on [0, 1). */
export function rand(...args: ShapeArguments | [...number[], RandomOptions]): Tensor {
  const { shape, options } = parseShape(args, 'rand')
  const result = emptyOwned(shape, floatingCode(options, 'uniform'))
  launchRandom('uniform', generatorOf(options), result, null, [0, 1])
  return finish(result, options)
}

/** Standard normal. */
export function randn(...args: ShapeArguments | [...number[], RandomOptions]): Tensor {
  const { shape, options } = parseShape(args, 'randn')
  const result = emptyOwned(shape, floatingCode(options, 'normal_kernel_cpu'))
  launchRandom('normal', generatorOf(options), result, null, [0, 1])
  return finish(result, options)
}

const dtypeLike = (self: Tensor, options: RandomOptions): RandomOptions => ({ dtype: self.dtype, ...options })

/** Uniform on [0, 1), shaped as `self`. */
export const randLike = (self: Tensor, options: RandomOptions = {}): Tensor => rand(self.shape, dtypeLike(self, options))
/** Standard normal, shaped as `self`. */
export const randnLike = (self: Tensor, options: RandomOptions = {}): Tensor => randn(self.shape, dtypeLike(self, options))

function checkStd(std: number): void {
  if (!(std >= 0)) throw new RangeError(`normal expects std >= 0.0, but found std ${std}`)
}

/** Normal with mean and standard deviation as numbers (then with a size) or tensors. */
export function normal(mean: Tensor | number, std: Tensor | number = 1, size?: Shape | RandomOptions, options?: RandomOptions): Tensor {
  const hasSize = Array.isArray(size)
  const chosen: RandomOptions = (hasSize ? options : (size as RandomOptions | undefined)) ?? {}
  const tensors = [mean, std].filter((value) => value instanceof Tensor)
  if (typeof std === 'number') checkStd(std)
  if (tensors.length === 0) {
    if (!hasSize) throw new TypeError('normal: a size is needed when mean and std are numbers')
    checkShape(size as Shape, 'normal')
    const result = emptyOwned(size as Shape, floatingCode(chosen, 'normal_kernel_cpu'))
    launchRandom('normal', generatorOf(chosen), result, null, [mean as number, std as number])
    return finish(result, chosen)
  }
  const [first] = tensors
  const shape = tensors.length === 2 ? mul(tensors[0].detach(), 0).add(tensors[1].detach()).shape : first.shape
  const result = emptyOwned(shape, first.code)
  const scale = typeof std === 'number' ? std : 1
  launchRandom('normal', generatorOf(chosen), result, null, [0, scale])
  return noGrad(() => {
    const scaled = std instanceof Tensor ? mul(result, std) : result
    return add(scaled, mean)
  })
}

/** Integers of [low, high), int64 unless a dtype is named. */
export function randint(high: number, size: Shape, options?: RandomOptions): Tensor
export function randint(low: number, high: number, size: Shape, options?: RandomOptions): Tensor
export function randint(...args: (number | Shape | RandomOptions | undefined)[]): Tensor {
  const at = args.findIndex((arg) => Array.isArray(arg))
  if (at < 1) throw new TypeError('randint: expected (high, size) or (low, high, size)')
  const [low, high] = at === 1 ? [0, args[0] as number] : [args[0] as number, args[1] as number]
  const size = args[at] as Shape
  const options = (args[at + 1] ?? {}) as RandomOptions
  if (low >= high) {
    throw new RangeError(`random_ expects 'from' to be less than 'to', but got from=${low} >= to=${high}`)
  }
  checkShape(size, 'randint')
  const result = emptyOwned(size, options.dtype === undefined ? INT64 : dtypeCode(options.dtype))
  launchRandom('randint', generatorOf(options), result, null, [low, high])
  return finish(result, options)
}

/** A random permutation of 0..n-1, int64. */
export function randperm(n: number, options: RandomOptions = {}): Tensor {
  checkShape([n], 'randperm')
  const result = emptyOwned([n], options.dtype === undefined ? INT64 : dtypeCode(options.dtype))
  launchRandom('randperm', generatorOf(options), result, null, [0, 0])
  return finish(result, options)
}

/** 0 or 1, with the probability of 1 in each element of `p`. */
export function bernoulli(p: Tensor, options: RandomOptions = {}): Tensor {
  if (!isFloating(p.code)) throw new TypeError('bernoulli expects probabilities of a floating dtype')
  if (!noGrad(() => p.ge(0).logicalAnd(p.le(1)).all().item<boolean>())) {
    throw new RangeError('Expected p_in >= 0 && p_in <= 1 to be true, but got false.')
  }
  const dense = noGrad(() => p.detach().contiguous())
  const result = denseTensor(allocate(p.numelCached * itemSizes[p.code]), p.shape, p.code)
  launchRandom('bernoulli', generatorOf(options), result, dense, [0, 0])
  return result
}

// ---- in place ----

function fillRandom(self: Tensor, kernel: RandomKernel, options: RandomOptions, parameters: [number, number]): Tensor {
  checkInPlace(self, [])
  if (self.dense) launchRandom(kernel, generatorOf(options), self, null, parameters)
  else {
    const values = denseTensor(allocate(numelOf(self.shape) * itemSizes[self.code]), self.shape, self.code)
    launchRandom(kernel, generatorOf(options), values, null, parameters)
    copyInto(self, values)
  }
  self.cell.version++
  return self
}

/** Uniform on [from, to), in place. */
export function uniform_(self: Tensor, from = 0, to = 1, options: RandomOptions = {}): Tensor {
  if (!(from <= to)) {
    throw new RangeError(`uniform_ expects to return a [from, to) range, but found from=${from} > to=${to}`)
  }
  return fillRandom(self, 'uniform', { dtype: self.dtype, ...options }, [from, to])
}

/** Normal, in place. */
export function normal_(self: Tensor, mean = 0, std = 1, options: RandomOptions = {}): Tensor {
  checkStd(std)
  return fillRandom(self, 'normal', options, [mean, std])
}

/** 1 with probability `p`, else 0, in place. */
export function bernoulli_(self: Tensor, p = 0.5, options: RandomOptions = {}): Tensor {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`bernoulli_ expects p to be in [0, 1], but got p=${p}`)
  return fillRandom(self, 'bernoulli', options, [p, 0])
}

