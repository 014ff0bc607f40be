// Generators of random numbers. The state is an operand of every launch, so a replay advances it as eager does.

import { UINT8 } from '../../dtype'
import { type KernelOperand, callKernel, kernel } from '../../kernel'
import { INTERNALS, UNCLONEABLE, markClass, refuseUnmade, uncloneable } from '../../identity'
import { type Synchronous, checkArity, checkOver, kindText, valueText } from '../../kinds'
import { entropy } from '../../launch'
import { forbidInCapture, setting, wrote } from '../../recording'
import { shapeText } from '../../shape'
import { type Arguments, type OrKeyword, defineCheck, member } from '../../signature'
import { type Storage, allocateOwn } from '../../storage'
import { Tensor } from '../../tensor'
import { denseTensor } from '../../tensor/geometry'
import { copyInto } from './copy'
import { checkTensor, emptyOwned } from '../define/result'

const seedKernel = kernel('seed')
const stateBytes = seedKernel.sizes.s

const signatures = {
  constructor: member('Generator(device: device? = null)'),
  setRngState: member('setRngState(newState: Tensor)'),
  forkRng: member('forkRng(body: function)')
}

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
    if (args.length > 0) signatures.constructor.read(args)
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

const stateSizes = [stateBytes]
const oneStep = [1]

/** The state as an operand, which costs 150 ns less than a tensor. */
export function stateOperand(generator: Generator | null): KernelOperand {
  const state = (generator ?? defaultGenerator)[INTERNALS]
  return { storage: state, byteOffset: state.byteOffset, code: UINT8, sizes: stateSizes, steps: oneStep }
}

/** Another generator that goes on as `generator` does. */
export function cloneGenerator(generator: Generator): Generator {
  const copy = new Generator()
  copyInto(stateOf(copy), stateOf(generator))
  return Object.assign(copy, { start: generator.initialSeed() })
}

/** The state as a tensor. */
const stateOf = (generator: Generator): Tensor => denseTensor(generator[INTERNALS], [stateBytes], UINT8)

/** The generator that factories use unless told otherwise. */
export const defaultGenerator = new Generator()

declare module '../../signature/types' {
  interface KindTypes {
    Generator: Generator
  }
}

const isGenerator = (value: unknown): boolean => value instanceof Generator
defineCheck('Generator', 'a Generator', isGenerator, (value, op) => {
  if (!isGenerator(value))
    throw new TypeError(`${op}(): argument 'generator' must be Generator, not ${kindText(value)}`)
})

// ---- the default stream ----

/** Restarts the default stream. */
export function manualSeed(seed: number | bigint): Generator {
  return defaultGenerator.manualSeed(seed)
}

/** Restarts the default stream from the system's entropy and returns the seed. */
export function seed(): bigint {
  checkArity('seed', arguments.length, 0)
  return defaultGenerator.seed()
}

/** The seed that the default stream started from. */
export function initialSeed(): bigint {
  checkArity('initialSeed', arguments.length, 0)
  return defaultGenerator.initialSeed()
}

/** A copy of the state of the default stream, uint8. */
export function getRngState(): Tensor {
  checkArity('getRngState', arguments.length, 0)
  return defaultGenerator.getState()
}

/** Continues the default stream from a state that `getRngState` gave. */
export function setRngState(...args: Arguments<typeof signatures.setRngState>): void {
  defaultGenerator.setState(...signatures.setRngState.read(args))
}

/**
 * Runs `body`, a synchronous function, and returns its result; what it draws from the default stream, and how it seeds
 * it, leaves no trace in that stream.
 */
export function forkRng<Result>(body: OrKeyword<'body', Synchronous<Result, () => Result>>): Result
export function forkRng<Result>(...args: unknown[]): Result {
  const [body] = signatures.forkRng.read(args) as [() => Result]
  const state = defaultGenerator.getState()
  const start = defaultGenerator.initialSeed()
  let result: Result
  try {
    result = body()
  } finally {
    defaultGenerator.setState(state)
    setting(defaultGenerator, 'start')
    Object.assign(defaultGenerator, { start })
    wrote(defaultGenerator, 'start')
  }
  if (result !== undefined && !(result instanceof Tensor)) checkOver('forkRng', 'fork', result)
  return result
}
