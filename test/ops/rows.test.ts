// Every check of every row.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as dyngrad from '../../lib'
import { type DType, type Tensor, autograd, noGrad, tensor } from '../../lib'
import { type Declaration, declarations } from '../../lib/declare'
import { dtypeNames } from '../../lib/dtype'
import { native } from '../../lib/native'
import { type Tolerance, difference, tensorDifference } from '../helpers/close'
import { type Values, at, indicesOf } from '../helpers/formulas'
import { SEED, isTracked, layouts, specialsOf, toTensor, valuesOf, weightsOf } from '../helpers/operands'
import { topics } from '../helpers/op-cases'
import { Random } from '../helpers/random'
import { OF_STORAGE, type Row, type Shape, rejectedBy } from '../helpers/rows'
import { rowsOf, table } from './table'

const lib = join(__dirname, '../../lib')
const FLOATS: readonly DType[] = ['float32', 'float64']
// ---- operands ----

/** Leaves of a row's operands; those with a gradient require it. */
function leaves(row: Row, values: readonly Values[], dtype: DType): Tensor[] {
  return values.map((each, i) => toTensor(each, dtype).requiresGrad_(row.differentiable && isTracked(row, i)))
}

const seeded = (problem: string | null): string | null => problem && `${problem} (seed ${SEED})`

// ---- references ----

function broadcastShape(shapes: readonly Shape[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length))
  return Array.from({ length: rank }, (_, d) => {
    const sizes = shapes.map((shape) => shape[d - rank + shape.length] ?? 1)
    return sizes.find((size) => size !== 1) ?? 1
  })
}

function expectedOf(row: Row, values: readonly Values[], shape: Shape): readonly number[] | null {
  if (row.reference) return row.reference(...values)
  if (row.from) return indicesOf(shape).map((index) => at(values[0], row.from!(index, shape)))
  if (!row.formula) return null
  return indicesOf(broadcastShape(values.map((each) => each.shape))).map((index) =>
    row.formula!(
      ...values.map((each) =>
        at(
          each,
          each.shape.map((size, d) => (size === 1 ? 0 : index[d + index.length - each.shape.length]))
        )
      )
    )
  )
}

function checkValues(row: Row, values: readonly Values[], dtype: DType, tolerance: Tolerance): string | null {
  const result = row.call(...values.map((each) => toTensor(each, dtype)))
  const expected = expectedOf(row, values, result.shape)
  if (expected === null) return null
  const actual = Float64Array.from(Array.from<number | bigint>(result.toTypedArray()).map(Number))
  const wanted = dtype === 'float32' ? expected.map(Math.fround) : expected
  return seeded(difference(actual, Float64Array.from(wanted), dtype, tolerance))
}

// ---- results ----

/** Result and gradients of a call, in one list. */
function outcomes(row: Row, inputs: readonly Tensor[], createGraph = false): Tensor[] {
  const tracked = inputs.map((input, i) => input.detach().requiresGrad_(row.differentiable && isTracked(row, i)))
  const result = row.call(...tracked)
  const wanted = tracked.filter((each) => each.requiresGrad)
  if (wanted.length === 0 || !result.requiresGrad) return [result]
  return [result, ...autograd.grad(result, wanted, { gradOutputs: weightsOf(result), createGraph })]
}

function firstDifference(actual: readonly Tensor[], expected: readonly Tensor[]): string | null {
  if (actual.length !== expected.length) return `${actual.length} results instead of ${expected.length}`
  for (let i = 0; i < actual.length; i++) {
    const found = tensorDifference(actual[i], expected[i])
    if (found !== null) return `${i === 0 ? 'result' : `gradient ${i - 1}`}: ${found}`
  }
  return null
}

// ---- derivatives by central differences ----

const STEP = 1e-5
// Central differences err by step^2 times the third derivative and by rounding over step: about 1e-9 near 1.
const SLOPE_TOLERANCE = 2e-6

const dot = (tensors: readonly Tensor[], directions: readonly Tensor[]): number =>
  tensors.reduce((sum, each, i) => sum + each.detach().mul(directions[i]).sum().item(), 0)

/** The slope of `f` along `directions` against the projection of its gradient, or what is wrong. */
function checkSlope(
  f: (inputs: Tensor[]) => number,
  gradients: readonly Tensor[],
  inputs: readonly Tensor[],
  directions: readonly Tensor[]
): string | null {
  const moved = (step: number): number =>
    f(inputs.map((input, i) => input.detach().add(directions[i].mul(step)).requiresGrad_(input.requiresGrad)))
  const slope = (moved(STEP) - moved(-STEP)) / (2 * STEP)
  const projection = dot(gradients, directions)
  const close = Math.abs(slope - projection) <= SLOPE_TOLERANCE * Math.max(1, Math.abs(slope))
  return close ? null : `the gradient projects to ${projection}, the slope is ${slope}`
}

/** Gradients in a half type beside those of the same operands in float32; some formulas read a rounded output. */
function checkHalves(row: Row, shapes: readonly Shape[], dtype: DType, computes: DType): void {
  const values = valuesOf(row, shapes).map((each) => toTensor(each, 'float64').to(dtype))
  const gradientsIn = (each: DType): Tensor[] => {
    const inputs = values.map((value, i) => value.to(each).clone().requiresGrad_(isTracked(row, i)))
    const result = row.call(...inputs).float()
    return gradientsOf(result.mul(weightsOf(result)).sum(), inputs, false)
  }
  const unit = dtype === 'float16' ? 2 ** -10 : 2 ** -7
  const wide = gradientsIn(computes)
  gradientsIn(dtype).forEach((gradient, i) => {
    expect(gradient.dtype).toBe(dtype)
    const apart = gradient.float().sub(wide[i]).abs()
    const isNear = apart
      .le(
        wide[i]
          .abs()
          .add(1)
          .mul(8 * unit)
      )
      .logicalOr(wide[i].isfinite().logicalNot())
    expect(isNear.all().item()).toBe(true)
  })
}

function directionsOf(inputs: readonly Tensor[], seed: number): Tensor[] {
  const source = new Random(seed)
  return inputs.map((input) =>
    input.requiresGrad
      ? tensor(source.list(input.numel()), { dtype: 'float64' }).reshape(input.shape)
      : dyngrad.zeros(input.shape, { dtype: 'float64' })
  )
}

/** Gradients of every input, zeros where there is none. */
function gradientsOf(result: Tensor, inputs: readonly Tensor[], createGraph: boolean): Tensor[] {
  const wanted = inputs.filter((input) => input.requiresGrad)
  const found = result.requiresGrad
    ? autograd.grad(result, wanted, { createGraph, allowUnused: true, retainGraph: true })
    : wanted.map(() => null)
  return inputs.map((input) => found[wanted.indexOf(input)] ?? dyngrad.zerosLike(input))
}

function checkDerivatives(row: Row, shapes: readonly Shape[]): string | null {
  const inputs = leaves(row, valuesOf(row, shapes), 'float64')
  const projected = (points: readonly Tensor[]): Tensor => {
    const result = row.call(...points)
    return result.mul(weightsOf(result)).sum()
  }
  const [v, u] = [directionsOf(inputs, SEED + 2), directionsOf(inputs, SEED + 3)]
  const gradients = gradientsOf(projected(inputs), inputs, true)
  const first = checkSlope((points) => projected(points).item(), gradients, inputs, v)
  if (first !== null) return seeded(`first derivative: ${first}`)
  const along = gradients.reduce(
    (sum, gradient, i) => sum.add(gradient.mul(v[i]).sum()),
    dyngrad.zeros([], { dtype: 'float64' })
  )
  const second = checkSlope(
    (points) => dot(gradientsOf(projected(points), points, false), v),
    gradientsOf(along, inputs, false),
    inputs,
    u
  )
  return seeded(second && `second derivative: ${second}`)
}

const title = ({ name, variant }: Row): string => (variant === '' ? name : `${name} ${variant}`)

const checked = table.filter((row) => row.checkedIn === undefined)

describe.each(checked.map((row) => [title(row), row] as const))('%s', (_, row) => {
  if (row.formula ?? row.reference ?? row.from) {
    test('computes its formula in float32 and float64', () => {
      const tolerance = { ulps: row.ulps, floor: row.formula ? 0 : row.ulps, signlessZero: !row.formula }
      for (const shapes of row.shapes) {
        for (const dtype of FLOATS) expect(checkValues(row, valuesOf(row, shapes), dtype, tolerance)).toBeNull()
      }
    })
  }

  if (row.sameAs) {
    test('gives the bits of the other call', () => {
      const other: Row = { ...row, call: row.sameAs! }
      for (const shapes of row.shapes) {
        for (const dtype of FLOATS) {
          const inputs = valuesOf(row, shapes).map((each) => toTensor(each, dtype))
          expect(firstDifference(outcomes(row, inputs), outcomes(other, inputs))).toBeNull()
        }
      }
    })
  }

  if (row.formula && row.specials !== false) {
    test('treats NaN, infinities and zeros as its formula does', () => {
      const values = specialsOf(row.shapes[0].length)
      const tolerance = { ulps: row.ulps, signlessZero: row.signlessZero }
      for (const dtype of FLOATS) expect(checkValues(row, values, dtype, tolerance)).toBeNull()
    })
  }

  test.each(Object.entries(layouts))('gives the same bits for %s operands', (_name, arrange) => {
    for (const shapes of row.shapes) {
      const inputs = valuesOf(row, shapes).map((each) => arrange(toTensor(each, 'float32')))
      expect(
        firstDifference(
          outcomes(row, inputs),
          outcomes(
            row,
            inputs.map((input) => (row.followsStrides ? input.clone() : input.clone().contiguous()))
          )
        )
      ).toBeNull()
    }
  })

  if (row.differentiable) {
    test('has the first and second derivatives of central differences', () => {
      for (const shapes of row.shapes) expect(checkDerivatives(row, shapes)).toBeNull()
    })

    test('gives the same gradient bits with createGraph and without', () => {
      for (const shapes of row.shapes) {
        const inputs = leaves(row, valuesOf(row, shapes), 'float32')
        expect(firstDifference(outcomes(row, inputs), outcomes(row, inputs, true))).toBeNull()
      }
    })

    test('gives a gradient to the inputs that ask for it only', () => {
      for (const shapes of row.shapes) {
        const all = leaves(row, valuesOf(row, shapes), 'float32')
        const gradients = outcomes(row, all).slice(1)
        const asking = all.filter((input) => input.requiresGrad)
        asking.forEach((input, i) => {
          const alone = all.map((each) => (each === input ? input : each.detach()))
          const result = row.call(...alone)
          const gradient = autograd.grad(result, [input], { gradOutputs: weightsOf(result) })
          expect(tensorDifference(gradient[0], gradients[i])).toBeNull()
        })
        expect(row.call(...all.map((each) => each.detach())).requiresGrad).toBe(false)
        expect(noGrad(() => row.call(...all)).gradFn).toBeNull()
      }
    })
  } else {
    test('is not differentiable', () => {
      const inputs = valuesOf(row, row.shapes[0]).map((each) => toTensor(each, 'float32').requiresGrad_())
      expect(row.call(...inputs).requiresGrad).toBe(false)
    })
  }

  if (row.checksDtypes !== false) {
    test('takes every dtype but those that it says', () => {
      const refused = dtypeNames.filter((dtype) => {
        try {
          row.call(...row.shapes[0].map((shape) => dyngrad.ones(shape, { dtype })))
          return false
        } catch (error) {
          if ((error as Error).message.startsWith('internal')) throw error
          return true
        }
      })
      expect(new Set(refused)).toEqual(new Set(rejectedBy(row)))
    })

    const taken = OF_STORAGE.filter(([dtype]) => !rejectedBy(row).includes(dtype))
    for (const [dtype, computes] of row.roundsOnce === false ? [] : taken) {
      test(`${dtype} is computed in ${computes} and rounded once`, () => {
        for (const shapes of row.shapes) {
          // No integer is divided by 0, or is 0 to a negative power.
          const values = valuesOf(row, shapes).map((each) => toTensor(each, 'float64'))
          const inputs = values.map((each) => (dtype.startsWith('int') ? each.abs().add(1) : each).to(dtype))
          const result = row.call(...inputs)
          const wide = row.call(...inputs.map((input) => input.to(computes)))
          const expected = wide.dtype === computes ? wide.to(dtype) : wide
          expect(seeded(tensorDifference(result, expected))).toBeNull()
        }
      })
    }

    const isDifferentiable = row.differentiable && (row.tracked?.length ?? 1) > 0
    for (const [dtype, computes] of isDifferentiable ? taken.filter(([each]) => each.includes('float')) : []) {
      test(`gradients in ${dtype} are those in ${computes}, rounded`, () => {
        for (const shapes of row.shapes) checkHalves(row, shapes, dtype, computes)
      })
    }
  }

  if (row.isPointwise && row.shapes[0].length > 1) {
    test('rejects shapes that do not broadcast', () => {
      const inputs = row.shapes[0].map((_, i) => dyngrad.ones(i === 0 ? 2 : 3))
      expect(() => row.call(...inputs)).toThrow(RangeError)
      expect(() => row.call(...inputs)).toThrow(
        /^The size of tensor a \(\d\) must match the size of tensor b \(\d\) at non-singleton dimension 0/
      )
    })
  }
})

// ---- in-place forms ----

const inPlaceOps = new Map(
  [...declarations.values()].filter(({ name }) => name.endsWith('_')).map((each) => [each.name, each.call])
)
const inPlaceRows = checked.filter(
  ({ name, isPointwise, variant, inPlaceElsewhere }) =>
    isPointwise && inPlaceOps.has(`${name}_`) && variant === '' && inPlaceElsewhere !== true
)

describe.each(inPlaceRows.map((row) => [`${row.name}_`, row] as const))('%s', (name, row) => {
  const inPlace = inPlaceOps.get(name) as unknown as (self: Tensor, ...others: Tensor[]) => Tensor
  const written: Row = { ...row, call: (self, ...others) => inPlace(self.clone(), ...others) }
  const keepsShape = row.shapes.filter((shapes) => `${broadcastShape(shapes)}` === `${shapes[0]}`)

  test('writes what the op gives, with the same gradients', () => {
    for (const shapes of keepsShape) {
      for (const dtype of FLOATS) {
        const inputs = valuesOf(row, shapes).map((each) => toTensor(each, dtype))
        // A test of elements is written in their dtype.
        const given: Row = row.differentiable ? row : { ...row, call: (...each) => row.call(...each).to(dtype) }
        expect(firstDifference(outcomes(written, inputs), outcomes(given, inputs))).toBeNull()
        const strided = inputs.map(layouts.transposed)
        expect(firstDifference(outcomes(written, strided), outcomes(given, inputs))).toBeNull()
      }
    }
  })

  test('returns its tensor, at the next version', () => {
    const [self, ...others] = valuesOf(row, row.shapes[0]).map((each) => toTensor(each, 'float32'))
    expect(inPlace(self, ...others)).toBe(self)
    expect(self.version).toBe(1)
  })
})

// ---- completeness ----

/** The op whose row stands for an in-place form. */
const baseOf = (name: string): string => name.replace(/_$/, '')

type Declared = ((...args: never) => unknown) & { readonly declaration?: Declaration }

/** The public functions that a file of lib/ declares, without those that it hands on from a file before. */
const known = new Set<unknown>()
const declaredIn = (file: string): string[] =>
  Object.values(require(join(lib, file)) as Record<string, Declared>).flatMap((each) => {
    if (typeof each !== 'function' || each.declaration === undefined || known.has(each)) return []
    known.add(each)
    return [each.declaration.name]
  })

const folders = ['ops', 'nn/functional']
const opFiles = folders.flatMap((folder) =>
  readdirSync(join(lib, folder))
    .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
    .map((name) => `${folder}/${name.slice(0, -'.ts'.length)}`)
)

/** Kernel rows that no op's name gives: the row of the op that runs them. */
const kernelsElsewhere: Readonly<Record<string, string>> = {
  'cast.float32': 'cast',
  'cast.float64': 'cast',
  'cast.int32': 'cast',
  'cast.int64': 'cast',
  'cast.uint8': 'cast',
  'cast.bool': 'cast',
  'cast.int8': 'cast',
  'cast.int16': 'cast',
  'cast.float16': 'cast',
  'cast.bfloat16': 'cast',
  addProduct: 'add with alpha',
  exponent: 'frexp',
  mantissa: 'frexp',
  nextafterBFloat16: 'nextafter',
  nextafterHalf: 'nextafter',
  checkUnit: 'binaryCrossEntropy, in nn/losses.test.ts',
  subProduct: 'sub with alpha',
  truncDivide: 'div rounded to zero',
  index: 'arange',
  put: 'indexPut_',
  accumulate: 'scatterAdd',
  accumulateProduct: 'scatter that multiplies',
  accumulateGreatest: 'scatterReduce',
  accumulateLeast: 'scatterReduce',
  cauchy: 'cauchy_',
  exponential: 'exponential_',
  geometric: 'geometric_',
  logNormal: 'logNormal_',
  adam: 'Adam, in optim/adam.test.ts',
  recurrence: 'the gradients of cumprod and logcumsumexp',
  seed: 'manualSeed',
  uniform: 'rand',
  uniqueRows: 'unique'
}

describe('the table', () => {
  const names = new Set(table.map((row) => row.name))
  const cases = new Set(topics.flatMap(({ cases }) => cases).map(({ op }) => op.split('.').at(-1)!))

  test.each(opFiles.map((file) => [file, declaredIn(file)] as const))('has the ops of %s beside them', (file, ops) => {
    const rows = new Set(rowsOf.get(file)?.map(({ name }) => name))
    const missing = ops.filter((name) => !rows.has(name) && !(name.endsWith('_') && names.has(baseOf(name))))
    expect(missing).toEqual([])
  })

  test('has a row for every op that is declared', () => {
    // What is no op: initial values and calls of the engine have tests of their own.
    const ops = [...declarations.values()].filter(
      ({ places }) => !places.every((place) => place === 'nn.init' || place === 'autograd')
    )
    const missing = ops.filter(({ name }) => !names.has(name) && !names.has(baseOf(name)))
    expect(missing.map(({ name }) => name)).toEqual([])
  })

  test('has a row for every kernel', () => {
    const { pointwise, reduce: reductions, kernel: calls } = native.kernels()
    const kernels = [...pointwise, ...reductions, ...calls].map(({ name }) => name)
    expect(kernels.filter((name) => !names.has(name) && !(name in kernelsElsewhere))).toEqual([])
  })

  test('names nothing that does not exist', () => {
    const files = [...rowsOf.keys()].map((file) => join(lib, file)).filter((file) => existsSync(`${file}.ts`))
    const exported = new Set(files.flatMap((file) => Object.keys(require(file) as object)))
    const isThere = (name: string): boolean =>
      exported.has(name) || name in dyngrad || [...declarations.values()].some((each) => each.name === name)
    const members = new Set(rowsOf.get('tensor/tensor')!.map(({ name }) => name))
    expect([...names].filter((name) => !isThere(name) && !members.has(name))).toEqual([])
    const tests = new Set(table.flatMap(({ checkedIn }) => checkedIn ?? []))
    expect([...tests].filter((file) => !existsSync(join(__dirname, '..', file)))).toEqual([])
  })

  test("has values for each row: its own, or PyTorch's", () => {
    const isTold = ({ name, formula, reference, from, sameAs, checkedIn }: Row): boolean =>
      Boolean(formula ?? reference ?? from ?? sameAs ?? checkedIn) || cases.has(name)
    expect(table.filter((row) => !isTold(row)).map(title)).toEqual([])
  })
})

describe('a value that is no tensor', () => {
  const takesTensor = ({ signatures }: Declaration): boolean =>
    signatures.every(({ text }) => /^[^(]*\(\w+: (Tensor|operand|Tensor\[\])(,|\))/.test(text))
  const ops = [...declarations.values()].filter((each) => takesTensor(each) && !each.places.includes('autograd'))

  test.each(ops.map((each) => [each.name, each] as const))('is refused by %s', (_name, { call }) => {
    const op = call as (...args: unknown[]) => unknown
    for (const value of ['text', null, undefined]) {
      const args = op.length === 1 ? [value] : [value, 1]
      expect(() => op(...args)).toThrow(TypeError)
      expect(() => op(...args)).toThrow(/Tensor/)
    }
  })
})
