// Data in two parts: to train with, and to test with.

import { type Tensor, tensor } from '../../index'
import { isList, kindText, valueText } from '../../kinds'
import { Signature } from '../arguments'
import { type MapDataset, isMapDataset, isTensor } from '../dataset'
import { Subset } from '../subset'
import { type Labels, classesOf, countOf, placesOf } from './classes'
import { type Permute, RANDOM, type RandomOptions, permuter, shuffled } from './draw'

/** Options of `trainTestSplit`. */
export interface TrainTestSplitOptions extends RandomOptions {
  /** A share of all samples, or their number. Default 0.25, or what `trainSize` leaves. */
  readonly testSize?: number | null
  /** A share of all samples, or their number. Default: what `testSize` leaves. */
  readonly trainSize?: number | null
  /** Default true. */
  readonly shuffle?: boolean
  /** Labels whose shares both parts shall have. */
  readonly stratify?: Labels | null
}

const SPLIT_SIZES = 'testSize: float? = null, trainSize: float? = null, shuffle: bool = true, stratify: any = null'
const signature = new Signature(`trainTestSplit(*, ${SPLIT_SIZES}, ${RANDOM})`)

type Part<Data> = Data extends Tensor | readonly unknown[] | ArrayBufferView
  ? Data
  : Data extends MapDataset<infer Item>
    ? Subset<Item>
    : never

/** The two parts of each of several. */
type Parts<All extends readonly unknown[]> = All extends readonly [infer First, ...infer Others]
  ? [Part<First>, Part<First>, ...Parts<Others>]
  : []

interface Sizes {
  readonly train: number
  readonly test: number
}

/** A size as a number of samples; shares come out with a fraction. */
function readSize(size: number | null, name: string, count: number): number | null {
  if (size === null) return null
  if (Number.isInteger(size) ? size > 0 && size < count : size > 0 && size < 1)
    return Number.isInteger(size) ? size : size * count
  throw new RangeError(
    `${name}=${size} should be either positive and smaller than the number of samples ${count} or a float in the ` +
      '(0, 1) range'
  )
}

/** As many samples as scikit-learn takes: the share to test with rounded up, that to train with down. */
function sizesOf(count: number, testSize: number | null, trainSize: number | null): Sizes {
  const test = readSize(testSize === null && trainSize === null ? 0.25 : testSize, 'testSize', count)
  const train = readSize(trainSize, 'trainSize', count)
  const sizes = {
    test: test === null ? count - Math.floor(train!) : Math.ceil(test),
    train: train === null ? count - Math.ceil(test!) : Math.floor(train)
  }
  if (sizes.train + sizes.test > count) {
    throw new RangeError(
      `The sum of trainSize and testSize = ${sizes.train + sizes.test}, should be smaller than the number of samples ` +
        `${count}. Reduce testSize and/or trainSize.`
    )
  }
  if (sizes.train > 0) return sizes
  throw new RangeError(
    `With n_samples=${count}, testSize=${testSize} and trainSize=${trainSize}, the resulting train set will be empty. ` +
      'Adjust any of the aforementioned parameters.'
  )
}

/** So many of each class that their sum is `draws` and their shares are those of the counts, ties drawn. */
function sharesOf(counts: readonly number[], draws: number, permute: Permute): number[] {
  const total = counts.reduce((sum, each) => sum + each, 0)
  const exact = counts.map((count) => (count / total) * draws)
  const shares = exact.map(Math.floor)
  const missing = draws - shares.reduce((sum, each) => sum + each, 0)
  const rest = exact.map((value, i) => value - shares[i])
  const order = permute(counts.length).sort((a, b) => rest[b] - rest[a])
  for (const i of order.slice(0, missing)) shares[i]++
  return shares
}

interface Places {
  readonly train: number[]
  readonly test: number[]
}

function stratified(count: number, sizes: Sizes, labels: Labels, permute: Permute): Places {
  const { codes, counts } = classesOf(labels, count, 'trainTestSplit', 'stratify')
  const least = Math.min(...counts)
  if (least < 2) {
    throw new RangeError(
      `The least populated class in y has only ${least} member, which is too few. The minimum number of groups for any ` +
        'class cannot be less than 2.'
    )
  }
  for (const [name, size] of Object.entries({ trainSize: sizes.train, testSize: sizes.test })) {
    if (size >= counts.length) continue
    throw new RangeError(`The ${name} = ${size} should be greater or equal to the number of classes = ${counts.length}`)
  }
  const trained = sharesOf(counts, sizes.train, permute)
  const tested = sharesOf(
    counts.map((each, i) => each - trained[i]),
    sizes.test,
    permute
  )
  const train: number[] = []
  const test: number[] = []
  placesOf(codes, counts.length).forEach((places, i) => {
    const order = shuffled(places, permute)
    train.push(...order.slice(0, trained[i]))
    test.push(...order.slice(trained[i], trained[i] + tested[i]))
  })
  return { train: shuffled(train, permute), test: shuffled(test, permute) }
}

function partOf(data: unknown, places: readonly number[]): unknown {
  if (isTensor(data)) return data.indexSelect(0, tensor(places as number[], { dtype: 'int64' }))
  if (isList(data)) return places.map((place) => data[place])
  if (ArrayBuffer.isView(data)) {
    const values = data as Float32Array
    const part = new (values.constructor as Float32ArrayConstructor)(places.length)
    places.forEach((place, i) => (part[i] = values[place]))
    return part
  }
  return new Subset(data as MapDataset, places)
}

/**
 * Tensors, arrays and datasets of as many samples each, in two parts: `[xTrain, xTest, yTrain, yTest]` of `x` and `y`.
 * Sizes are scikit-learn's; the order is drawn from our generators.
 */
export function trainTestSplit<All extends readonly [unknown, ...unknown[]]>(...data: All): Parts<All>
export function trainTestSplit<All extends readonly [unknown, ...unknown[]]>(
  ...dataAndOptions: [...All, TrainTestSplitOptions]
): Parts<All>
export function trainTestSplit(...args: unknown[]): unknown[] {
  const last = args[args.length - 1]
  const hasOptions = !isTensor(last) && !isMapDataset(last)
  const data = hasOptions ? args.slice(0, -1) : args
  if (data.length === 0) throw new TypeError('At least one array required as input')
  const [testSize, trainSize, shuffle, stratify, generator, seed] = signature.read(hasOptions ? [last] : [])
  const [count, ...others] = data.map((each) => {
    if (isTensor(each) || isMapDataset(each)) return countOf(each, 'trainTestSplit')
    throw new TypeError(`trainTestSplit: data must be tensors, arrays or datasets, got ${valueText(each)}`)
  })
  if (others.some((other) => other !== count)) {
    throw new RangeError(
      `Found input variables with inconsistent numbers of samples: [${[count, ...others].join(', ')}]`
    )
  }
  const sizes = sizesOf(count, testSize, trainSize)
  const { train, test } = placesFor(count, sizes, shuffle, stratify as Labels | null, () =>
    permuter('trainTestSplit', generator, seed)
  )
  return data.flatMap((each) => [partOf(each, train), partOf(each, test)])
}

function placesFor(
  count: number,
  { train, test }: Sizes,
  shuffle: boolean,
  stratify: Labels | null,
  permuterOf: () => Permute
): Places {
  if (shuffle) {
    const permute = permuterOf()
    if (stratify !== null) return stratified(count, { train, test }, stratify, permute)
    const order = permute(count)
    return { test: order.slice(0, test), train: order.slice(test, test + train) }
  }
  if (stratify !== null)
    throw new RangeError(
      `Stratified train/test split is not implemented for shuffle=false; stratify is ${kindText(stratify)}`
    )
  const order = Array.from({ length: train + test }, (_, i) => i)
  return { train: order.slice(0, train), test: order.slice(train) }
}
