// Random numbers: PyTorch's CPU stream. The generator's state is an operand of every launch, so a replay advances it as
// eager does.

import { declare, member, overload, way } from '../declare'
import {
  BOOL,
  type DType,
  INT16,
  INT32,
  INT64,
  INT8,
  UINT8,
  dtypeCode,
  elementOf,
  isFloating,
  largestOf,
  itemSizes,
  scalarCode,
  defaults
} from '../dtype'
import { entropy } from '../launch'
import { type Kernel, type KernelArgument, type KernelOperand, callKernel, flatOf, kernel } from '../kernel'
import { forbidInCapture, setting, wrote } from '../recording'
import { INTERNALS, UNCLONEABLE, markClass, refuseUnmade, uncloneable } from '../identity'
import { kindText, valueText } from '../kinds'
import { type OrKeyword, defineCheck } from '../signature'
import { type Shape, broadcastShapes, shapeText } from '../shape'
import { type Storage, allocate, allocateOwn } from '../storage'
import { Tensor } from '../tensor'
import { aliasTensor, denseTensor } from '../tensor/geometry'
import { checkSizes, finish } from './core/leaf'
import { emptyLike } from './creation'
import { computed, writeComputed } from './define/convert'
import { checkedUnit } from './define/checks'
import { Fused } from './define/fused'
import { where as select } from './define/value'
import { checkTensor, emptyOwned, torchTypeName } from './define/result'
import { add, mul } from './elementwise'
import { cast, copyInto } from './core/copy'
import { overwriting } from './define/write'
import { noGrad } from '../autograd/mode'

const seedKernel = kernel('seed')
const stateBytes = seedKernel.sizes.s

const signature = member('Generator(device: device? = null)')

const REFUSAL = uncloneable('a Generator', 'send getState().toTransferable() instead, and setState() of a new one')

/** A stream of random numbers of its own; the default one follows `manualSeed`. */
export class Generator {
  /** @internal */
  readonly [UNCLONEABLE] = REFUSAL
  /** @internal Which generator it is, for comparisons. */
  readonly serial: number
  /** @internal mt19937 state and the spare normal deviate, laid out as the kernels read it. */
  readonly [INTERNALS]!: Storage
  /** Where it draws: always on the CPU. */
  readonly device = 'cpu'
  // An ordinary property, so that a replay can set it.
  private start = 0n

  constructor(device?: OrKeyword<'device', 'cpu'>)
  constructor(...args: unknown[]) {
    if (args.length > 0) signature.read(args)
    const state = allocateOwn(stateBytes)
    this.serial = state.serial
    Object.defineProperty(this, INTERNALS, { value: state })
    this.seed()
  }

  /** Restarts the stream; integers are taken modulo 2^64. */
  manualSeed(seed: number | bigint): this {
    if (typeof seed !== 'bigint' && !Number.isInteger(seed)) {
      throw new TypeError(`manualSeed expected a long, but got ${valueText(seed)}; pass an integer`)
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
    if (state.code !== UINT8 || state.numelCached !== stateBytes) {
      throw new TypeError(
        `setState: expected a uint8 tensor of ${stateBytes} bytes, got ${state.dtype} ${shapeText(state.sizes)}`
      )
    }
    copyInto(stateOf(this), state.reshape(-1))
    return this
  }
}

markClass('Generator', Generator, (value) => value instanceof Generator)
refuseUnmade(Generator)

/** Another generator that goes on as `generator` does. */
export function cloneGenerator(generator: Generator): Generator {
  const copy = new Generator()
  copyInto(stateOf(copy), stateOf(generator))
  return Object.assign(copy, { start: generator.initialSeed() })
}

/** The state as a tensor. */
const stateOf = (generator: Generator): Tensor => denseTensor(generator[INTERNALS], [stateBytes], UINT8)

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
function stateOperand(generator: Generator | null): KernelOperand {
  const state = (generator ?? defaultGenerator)[INTERNALS]
  return { storage: state, byteOffset: state.byteOffset, code: UINT8, sizes: stateSizes, steps: oneStep }
}

const noInputs: readonly KernelArgument[] = []
const noElements: readonly KernelArgument[] = [null]

/** Fills a dense tensor. A parameter for each element is optional where a row takes it. */
function fill(row: Kernel, generator: Generator | null, out: Tensor, reals: readonly number[]): void {
  const inputs = row.operands[0].isOptional ? noElements : noInputs
  writeComputed(out, false, (to) => callKernel(row, [stateOperand(generator), flatOf(to)], inputs, undefined, reals))
}

/** The generator that factories use unless told otherwise. */
export const defaultGenerator = new Generator()

/** Restarts the default stream. */
export function manualSeed(seed: number | bigint): Generator {
  return defaultGenerator.manualSeed(seed)
}

declare module '../signature/types' {
  interface KindTypes {
    Generator: Generator
  }
}

const isGenerator = (value: unknown): boolean => value instanceof Generator
defineCheck('Generator', 'a Generator', isGenerator, (value, op) => {
  if (!isGenerator(value))
    throw new TypeError(`${op}(): argument 'generator' must be Generator, not ${kindText(value)}`)
})

// PyTorch's names of the kernels, for messages.
const UNIFORM = 'check_uniform_bounds'
const NORMAL = 'normal_kernel_cpu'

function floatingCode(dtype: DType | null, kernel: string): number {
  const code = dtype === null ? defaults.float : dtypeCode(dtype)
  checkFloating(code, kernel)
  return code
}

// ---- factories ----

/** Uniform on [0, 1). */
export const rand = declare(
  'rand(size: int..., *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (size, generator, dtype, requiresGrad) => {
    const result = emptyOwned(checkSizes(size), floatingCode(dtype, UNIFORM))
    fill(kernels.uniform, generator, result, [0, 1])
    return finish(result, requiresGrad)
  },
  ['torch']
)

/** Standard normal. */
export const randn = declare(
  'randn(size: int..., *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (size, generator, dtype, requiresGrad) => {
    const result = emptyOwned(checkSizes(size), floatingCode(dtype, NORMAL))
    fill(kernels.normal, generator, result, [0, 1])
    return finish(result, requiresGrad)
  },
  ['torch']
)

/** Uniform on [0, 1), shaped as `input`; dense strides are kept. */
export const randLike = declare(
  'randLike(input: Tensor, *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (input, generator, dtype, requiresGrad) =>
    finish(uniform_(emptyLike(input, { dtype }), 0, 1, { generator }), requiresGrad),
  ['torch']
)

/** Standard normal, shaped as `input`; dense strides are kept. */
export const randnLike = declare(
  'randnLike(input: Tensor, *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (input, generator, dtype, requiresGrad) =>
    finish(normal_(emptyLike(input, { dtype }), 0, 1, { generator }), requiresGrad),
  ['torch']
)

function checkStd(std: number): void {
  if (!(std >= 0)) throw new RangeError(`normal expects std >= 0.0, but found std ${std}`)
}

// Checks that a launch makes, so that a replay makes them too.

const checkedSpread = new Fused(([std]) => {
  const failure = (): Error => new RangeError('normal expects all elements of std >= 0.0')
  // -0.5 where a deviation is negative, else 0.
  const checked = checkedUnit(std.lt(0).mul(-0.5), failure)
  return select(checked.eq(0), std, std)
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

/** Normal deviates with a mean and a standard deviation for each, of which one or both are tensors. */
function normalAround(mean: Tensor | number, std: Tensor | number, generator: Generator | null): Tensor {
  if (!(std instanceof Tensor)) checkStd(std)
  const tensors = [mean, std].filter((value) => value instanceof Tensor)
  if (tensors.length === 0) throw new TypeError('normal: a size is needed when mean and std are numbers')
  const spread = std instanceof Tensor ? checkedSpread.call(std.sizes, [std]) : null
  const [first] = tensors
  checkFloating(first.code, NORMAL)
  const shape = tensors.reduce<Shape>((sizes, each) => broadcastShapes(sizes, each.sizes, 'normal'), [])
  const result = emptyOwned(shape, first.code)
  fill(kernels.normal, generator, result, [0, spread === null ? (std as number) : 1])
  return noGrad(() => {
    const scaled = spread === null ? result : mul(result, spread)
    return cast(add(scaled, mean), first.code)
  })
}

/** Normal with mean and standard deviation as numbers, then with a size, or as tensors. */
export const normal = overload(
  ['torch'],
  way('normal(mean: Tensor|float, std: Tensor|float = 1, *, generator: Generator? = null)', normalAround),
  way(
    'normal(mean: float, std: float, size: int[], *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
    (mean, std, size, generator, dtype, requiresGrad) => {
      checkStd(std)
      const result = emptyOwned(checkSizes(size), floatingCode(dtype, NORMAL))
      fill(kernels.normal, generator, result, [mean, std])
      return finish(result, requiresGrad)
    }
  )
)

const integerRanges = new Map([
  [INT32, { type: 'int', least: -(2 ** 31), greatest: 2 ** 31 - 1 }],
  [UINT8, { type: 'unsigned char', least: 0, greatest: 255 }],
  [INT8, { type: 'signed char', least: -128, greatest: 127 }],
  [INT16, { type: 'short', least: -(2 ** 15), greatest: 2 ** 15 - 1 }],
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

function integersBetween(
  low: number,
  high: number,
  size: Shape,
  generator: Generator | null,
  dtype: DType | null,
  requiresGrad: boolean
): Tensor {
  for (const [name, bound] of Object.entries({ low, high })) {
    if (scalarCode(bound) !== INT64) {
      throw new RangeError(`Overflow when unpacking long long; randint: ${name} is ${bound}`)
    }
  }
  if (low >= high) {
    throw new RangeError(`random_ expects 'from' to be less than 'to', but got from=${low} >= to=${high}`)
  }
  const code = dtype === null ? INT64 : dtypeCode(dtype)
  checkBounds(low, high - 1, code)
  const result = emptyOwned(checkSizes(size), code)
  fill(kernels.randint, generator, result, [low, high])
  return finish(result, requiresGrad)
}

/** Integers of [low, high), from 0 unless told otherwise, int64 unless a dtype is named. */
export const randint = overload(
  ['torch'],
  way(
    'randint(high: int, size: int[], *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
    (high, size, generator, dtype, requiresGrad) => integersBetween(0, high, size, generator, dtype, requiresGrad)
  ),
  way(
    'randint(low: int, high: int, size: int[], *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
    integersBetween
  )
)

/** A random permutation of 0..n-1, int64. */
export const randperm = declare(
  'randperm(n: int, *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (n, generator, dtype, requiresGrad) => {
    const shape = checkSizes([n])
    const code = dtype === null ? INT64 : dtypeCode(dtype)
    if (code === BOOL) throw new TypeError(`"randperm" not implemented for '${torchTypeName(code)}'`)
    elementOf(n, code)
    const result = emptyOwned(shape, code)
    fill(kernels.randperm, generator, result, [])
    return finish(result, requiresGrad)
  },
  ['torch']
)

/** 0 or 1, with the probability of 1 in each element of `input`. */
export const bernoulli = declare(
  'bernoulli(input: Tensor, *, generator: Generator? = null)',
  (input, generator): Tensor => {
    checkFloating(input.code, 'bernoulli_tensor_cpu_p_')
    const dense = checkedProbabilities.call(input.sizes, [input])
    const result = denseTensor(allocate(input.numelCached * itemSizes[input.code]), input.sizes, input.code)
    const probabilities = flatOf(computed(dense))
    writeComputed(result, false, (to) =>
      callKernel(kernels.bernoulli, [stateOperand(generator), flatOf(to)], [probabilities], undefined, [0])
    )
    return result
  }
)

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
function draw(self: Tensor, row: Kernel, generator: Generator | null, parameters: readonly number[]): void {
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

interface Drawing {
  readonly generator: Generator | null
  readonly reals: readonly number[]
}

const drawing = (nodeName: string, row: Kernel): ((self: Tensor, of: Drawing) => Tensor) =>
  overwriting<Drawing>(nodeName, (self, { generator, reals }) => {
    draw(self, row, generator, reals)
  })
const drawUniform = drawing('UniformBackward0', kernels.uniform)
const drawNormal = drawing('NormalBackward0', kernels.normal)
const drawBernoulli = drawing('BernoulliBackward2', kernels.bernoulli)

function checkFloating(code: number, kernel: string): void {
  if (!isFloating(code)) throw new TypeError(`"${kernel}" not implemented for '${torchTypeName(code)}'`)
}

/** Uniform on [from, to), in place. */
export const uniform_ = declare(
  'uniform_(input: Tensor, from: float = 0, to: float = 1, *, generator: Generator? = null)',
  (input, from, to, generator): Tensor => {
    checkFloating(input.code, UNIFORM)
    if (!(from <= to)) {
      throw new RangeError(`uniform_ expects to return a [from, to) range, but found from=${from} > to=${to}`)
    }
    const largest = largestOf(input.code)
    for (const [name, bound] of [
      ['from', from],
      ['to', to]
    ] as const) {
      if (Math.abs(bound) > largest) throw new RangeError(`${name} is out of bounds for ${input.dtype}; it is ${bound}`)
    }
    return drawUniform(input, { generator, reals: [from, to] })
  }
)

/** Normal, in place. */
export const normal_ = declare(
  'normal_(input: Tensor, mean: float = 0, std: float = 1, *, generator: Generator? = null)',
  (input, mean, std, generator): Tensor => {
    checkFloating(input.code, NORMAL)
    checkStd(std)
    return drawNormal(input, { generator, reals: [mean, std] })
  }
)

/** 1 with probability `p`, else 0, in place. */
export const bernoulli_ = declare(
  'bernoulli_(input: Tensor, p: float = 0.5, *, generator: Generator? = null)',
  (input, p, generator): Tensor => {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`bernoulli_ expects p to be in [0, 1], but got p=${p}`)
    return drawBernoulli(input, { generator, reals: [p] })
  }
)
