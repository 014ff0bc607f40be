// Samplers of one process: in order, shuffled, by weight.

import { Generator, type Tensor, arange, empty, multinomial, randint, randperm, tensor } from '../../index'
import { isList, listAdvice, wrongKind } from '../../kinds'
import { Signature } from '../arguments'
import { isTensor, lengthOf } from '../dataset'
import { TensorSampler, checkBoolean, checkPositive } from './sampler'

/** What has a length. */
export interface Sized {
  readonly length: number
}

type Chunks = globalThis.Generator<Tensor, void>

interface GeneratorOption {
  readonly generator?: Generator | null
}

const signatures = {
  sequential: new Signature('SequentialSampler(dataSource: object)'),
  random: new Signature(
    'RandomSampler(dataSource: object, replacement: value = false, numSamples: value = null, generator: generator? = null)'
  ),
  subset: new Signature('SubsetRandomSampler(indices: object, generator: generator? = null)'),
  weighted: new Signature(
    'WeightedRandomSampler(weights: object, numSamples: value, replacement: value = true, generator: generator? = null)'
  )
}

/** A seed as PyTorch draws it: value int64 of at least 0. */
export const drawSeed = (generator: Generator | null): bigint =>
  empty([], { dtype: 'int64' }).random_({ generator }).toTypedArray()[0] as bigint

/** All samples in their order. */
export class SequentialSampler extends TensorSampler {
  readonly dataSource: Sized

  constructor(dataSource: Sized)
  constructor(...args: unknown[]) {
    super()
    const [dataSource] = signatures.sequential.read(args)
    lengthOf(dataSource, 'SequentialSampler')
    this.dataSource = dataSource as Sized
  }

  get length(): number {
    return lengthOf(this.dataSource, 'SequentialSampler')
  }

  *chunks(): Chunks {
    yield arange(this.length)
  }
}

// PyTorch draws numbers with replacement in blocks of this size.
const BLOCK = 32

/** Options of `RandomSampler`. */
export interface RandomSamplerOptions extends GeneratorOption {
  /** Draws each number from all samples. Default false. */
  readonly replacement?: boolean
  /** How many numbers one pass draws. Default all. */
  readonly numSamples?: number | null
}

/**
 * All samples in random order; more than there are by starting anew. Without a generator each pass seeds one from the
 * default stream.
 */
export class RandomSampler extends TensorSampler {
  readonly dataSource: Sized
  readonly replacement: boolean
  readonly generator: Generator | null
  readonly #numSamples: number | null

  constructor(dataSource: Sized, options?: RandomSamplerOptions)
  constructor(
    dataSource: Sized,
    replacement?: boolean,
    numSamples?: number | null,
    generator?: Generator | null | GeneratorOption
  )
  constructor(...args: unknown[]) {
    super()
    const [dataSource, replacement, numSamples, generator] = signatures.random.read(args)
    checkBoolean(replacement, 'replacement')
    this.dataSource = dataSource as Sized
    checkPositive(numSamples ?? lengthOf(dataSource, 'RandomSampler'), 'numSamples')
    this.replacement = replacement
    this.#numSamples = numSamples as number | null
    this.generator = generator
  }

  get numSamples(): number {
    return this.#numSamples ?? lengthOf(this.dataSource, 'RandomSampler')
  }

  get length(): number {
    return this.numSamples
  }

  *chunks(): Chunks {
    const { numSamples, replacement } = this
    const count = lengthOf(this.dataSource, 'RandomSampler')
    const generator = this.generator ?? new Generator().manualSeed(drawSeed(null))
    const size = replacement ? BLOCK : count
    const draw = (length: number): Tensor =>
      replacement ? randint(count, [length], { generator }) : randperm(count, { generator }).narrow(0, 0, length)
    for (let i = 0; i < Math.floor(numSamples / size); i++) yield draw(size)
    // As in PyTorch, drawn even where nothing is left.
    yield draw(numSamples % size)
  }
}

/** Some samples in random order. */
export class SubsetRandomSampler extends TensorSampler {
  readonly indices: readonly number[]
  readonly generator: Generator | null
  readonly #places: Tensor

  constructor(indices: ArrayLike<number>, generator?: Generator | null | GeneratorOption)
  constructor(...args: unknown[]) {
    super()
    const [indices, generator] = signatures.subset.read(args)
    if (!isList(indices) && !ArrayBuffer.isView(indices))
      throw wrongKind('SubsetRandomSampler', 'indices', 'an array of integers', indices, listAdvice)
    this.indices = Array.from(indices as ArrayLike<number>, Number)
    if (!this.indices.every((index) => Number.isSafeInteger(index)))
      throw new TypeError('SubsetRandomSampler: indices must be integers')
    this.generator = generator
    this.#places = tensor(this.indices as number[], { dtype: 'int64' })
  }

  get length(): number {
    return this.indices.length
  }

  *chunks(): Chunks {
    yield this.#places.indexSelect(0, randperm(this.length, { generator: this.generator }))
  }
}

/** Options of `WeightedRandomSampler`. */
export interface WeightedRandomSamplerOptions extends GeneratorOption {
  /** Draws each number from all samples. Default true. */
  readonly replacement?: boolean
}

/** Samples drawn in proportion to their weights, which need not sum to 1. */
export class WeightedRandomSampler extends TensorSampler {
  /** Float64. */
  readonly weights: Tensor
  readonly numSamples: number
  readonly replacement: boolean
  readonly generator: Generator | null

  constructor(weights: ArrayLike<number> | Tensor, numSamples: number, options?: WeightedRandomSamplerOptions)
  constructor(
    weights: ArrayLike<number> | Tensor,
    numSamples: number,
    replacement?: boolean,
    generator?: Generator | null | GeneratorOption
  )
  constructor(...args: unknown[]) {
    super()
    const [weights, numSamples, replacement, generator] = signatures.weighted.read(args)
    checkPositive(numSamples, 'numSamples')
    checkBoolean(replacement, 'replacement')
    this.weights = (isTensor(weights) ? weights : tensor(weights as number[])).to('float64')
    if (this.weights.dim() !== 1) {
      throw new RangeError(
        `weights should be a 1d sequence but given weights have shape [${this.weights.shape.join(', ')}]`
      )
    }
    this.numSamples = numSamples
    this.replacement = replacement
    this.generator = generator
  }

  get length(): number {
    return this.numSamples
  }

  *chunks(): Chunks {
    const { weights, numSamples, replacement, generator } = this
    yield multinomial(weights, numSamples, replacement, { generator })
  }
}
