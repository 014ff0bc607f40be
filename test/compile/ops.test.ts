// Every op once more, compiled: recorded on some values, replayed on others, compared with eager mode bit for bit.

import * as dyngrad from '../../lib'
import {
  type DType,
  Generator,
  Tensor,
  autograd,
  combinations,
  compile,
  deepcopy,
  fromTransferable,
  manualSeed,
  noGrad,
  slice,
  tensor
} from '../../lib'
import { declarations } from '../../lib/declare'
import { dtypeNames } from '../../lib/dtype'
import { CompileError } from '../../lib/errors'
import { indexPut_ } from '../../lib/ops/indexing'
import { defaultGenerator } from '../../lib/ops/core/generator'
import { type Step, checkStep, stateText } from '../helpers/compiled'
import type { Values } from '../helpers/formulas'
import { SEED, isTracked, layouts, specialsOf, toTensor, valuesOf, weightsOf } from '../helpers/operands'
import { type Row, type Shape, rejectedBy } from '../helpers/rows'
import { own } from '../ops/random.rows'
import { table } from '../ops/table'

const FLOATS: readonly DType[] = ['float32', 'float64']
/** So many of a row's shapes are tried in every dtype, the others in float32. */
const MANY_DTYPES = 2
const [SEED_A, SEED_B] = [SEED + 10, SEED + 11]

const seeded = (problem: string | null): string | null => problem && `${problem} (seeds ${SEED_A}, ${SEED_B})`
const shapesText = (shapes: readonly Shape[]): string => shapes.map((shape) => `[${shape.join(', ')}]`).join(' ')

/** Operands A and B of a row, as functions that make them anew. */
function makers(values: readonly (readonly Values[])[], make: (each: Values, operand: number) => Tensor) {
  return values.map((list) => () => list.map(make)) as [() => Tensor[], () => Tensor[]]
}

const bothOf = (row: Row, shapes: readonly Shape[]) => [SEED_A, SEED_B].map((seed) => valuesOf(row, shapes, seed))

/** The first problem of many, in words. */
function firstProblem(problems: Iterable<string | null>): string | null {
  for (const problem of problems) if (problem !== null) return seeded(problem)
  return null
}

/** Integers are no divisors of 0 and no negative exponents. */
function valuesFor({ shape, data }: Values, operand: number, dtype: DType): Values {
  if (dtype.includes('float')) return { shape, data }
  // int8 holds the least of them.
  const whole = data.map((value) => Math.ceil(value) % 128)
  return { shape, data: whole.map((value) => (operand === 0 ? value : Math.abs(value) || 1)) }
}

const title = ({ name, variant }: Row): string => (variant === '' ? name : `${name} ${variant}`)

/** Gradients of `result` with respect to those inputs that require one. */
function gradientsOf(result: Tensor, inputs: readonly Tensor[], weights: Tensor, createGraph = false) {
  const wanted = inputs.filter((input) => input.requiresGrad)
  if (wanted.length === 0 || !result.requiresGrad) return []
  return autograd.grad(result, wanted, { gradOutputs: weights, createGraph, allowUnused: true })
}

// ---- every row ----

const rows = table.filter(({ compiles }) => compiles !== false)

describe.each(rows.map((row) => [title(row), row] as const))('%s, compiled,', (_, row) => {
  const dtypes = row.checksDtypes === false ? FLOATS : dtypeNames.filter((dtype) => !rejectedBy(row).includes(dtype))
  const leaf = (dtype: DType) => (each: Values, i: number) =>
    toTensor(each, dtype).requiresGrad_(row.differentiable && isTracked(row, i))
  const step: Step = (...inputs) => row.call(...inputs)

  test('gives in each dtype what it gives in eager mode', () => {
    const problems = row.shapes.flatMap((shapes, number) =>
      (number < MANY_DTYPES ? dtypes : dtypes.slice(0, 1)).map((dtype) => {
        const [a, b] = makers(bothOf(row, shapes), (each, i) => toTensor(valuesFor(each, i, dtype), dtype))
        return noGrad(() => checkDrawing(step, a, b, `${dtype} ${shapesText(shapes)}`))
      })
    )
    expect(firstProblem(problems)).toBeNull()
  })

  if (row.shapes[0].length > 0) {
    test.each(Object.entries(layouts))('takes %s operands', (name, arrange) => {
      const problems = row.shapes.map((shapes) => {
        const [a, b] = makers(bothOf(row, shapes), (each) => arrange(toTensor(each, 'float32')))
        return noGrad(() => checkDrawing(step, a, b, `${name} ${shapesText(shapes)}`))
      })
      expect(firstProblem(problems)).toBeNull()
    })
  }

  if (row.isPointwise && row.specials !== false) {
    test('treats NaN, infinities and zeros as in eager mode', () => {
      const specials = specialsOf(row.shapes[0].length)
      const shapes = specials.map((each) => each.shape)
      const problems = FLOATS.map((dtype) => {
        const [a, b] = makers([valuesOf(row, shapes, SEED_A), specials], (each) => toTensor(each, dtype))
        return noGrad(() => checkDrawing(step, a, b, dtype))
      })
      expect(firstProblem(problems)).toBeNull()
    })
  }

  if (!row.differentiable) return

  /** Runs a check for both floating dtypes and all shapes. */
  const forFloats = (check: (a: () => Tensor[], b: () => Tensor[], about: string) => string | null): string | null =>
    firstProblem(
      row.shapes.flatMap((shapes, number) =>
        FLOATS.slice(0, number < MANY_DTYPES ? 2 : 1).map((dtype) => {
          const [a, b] = makers(bothOf(row, shapes), leaf(dtype))
          return check(a, b, `${dtype} ${shapesText(shapes)}`)
        })
      )
    )

  test('gives gradients inside the step', () => {
    const problem = forFloats((a, b, about) => {
      const weights = weightsOf(noGrad(() => row.call(...a())))
      const inside: Step = (...inputs) => {
        const result = row.call(...inputs)
        return [result, ...gradientsOf(result, inputs, weights)]
      }
      return checkDrawing(inside, a, b, about)
    })
    expect(problem).toBeNull()
  })

  test('leaves gradients of backward() inside the step', () => {
    const problem = forFloats((a, b, about) => {
      const weights = weightsOf(noGrad(() => row.call(...a())))
      const inside: Step = (...inputs) => {
        const loss = row
          .call(...inputs)
          .mul(weights)
          .sum()
        if (loss.requiresGrad) loss.backward()
        return loss
      }
      return checkDrawing(inside, a, b, about)
    })
    expect(problem).toBeNull()
  })

  test('gives second derivatives inside the step', () => {
    const problem = forFloats((a, b, about) => {
      const weights = weightsOf(noGrad(() => row.call(...a())))
      const inside: Step = (...inputs) => {
        const first = gradientsOf(row.call(...inputs), inputs, weights, true)
        const loss = first.reduce<Tensor>(
          (sum, each) => (each === null ? sum : sum.add(each.square().sum())),
          weights.sum()
        )
        return [...first.map((each) => each && each.detach()), ...gradientsOf(loss, inputs, dyngrad.onesLike(loss))]
      }
      return checkDrawing(inside, a, b, about)
    })
    expect(problem).toBeNull()
  })

  test('has a graph outside the step', () => {
    const problem = forFloats((a, b, about) => {
      const weights = weightsOf(noGrad(() => row.call(...a())))
      const outside =
        (forward: Step): Step =>
        (...inputs) => {
          const result = forward(...inputs) as Tensor
          const names = [result.requiresGrad, result.isLeaf, result.gradFn?.name ?? null]
          if (result.requiresGrad) result.backward({ gradient: weights })
          return [result.detach(), ...names]
        }
      return checkDrawing(step, a, b, about, outside)
    })
    expect(problem).toBeNull()
  })
})

/** As `checkStep`, with the streams of random numbers at the same state before eager mode and before the replay. */
function checkDrawing(
  step: Step,
  a: () => Tensor[],
  b: () => Tensor[],
  about: string,
  use: (step: Step) => Step = (each) => each
): string | null {
  const streams = [defaultGenerator, own]
  manualSeed(SEED)
  let saved = streams.map((stream) => stream.getState())
  let isEager = true
  const synchronised = (make: () => Tensor[]) => () => {
    // checkStep makes the inputs of eager mode first, then those of the replay.
    if (isEager) saved = streams.map((stream) => stream.getState())
    else streams.forEach((stream, i) => stream.setState(saved[i]))
    isEager = !isEager
    return make()
  }
  const problem = checkStep(step, synchronised(a), synchronised(b), about, use)
  if (problem !== null) return problem
  const left = streams.map(stateText)
  // The last call was a replay on A; eager mode from the same state must end in the same.
  streams.forEach((stream, i) => stream.setState(saved[i]))
  step(...a())
  return streams.every((stream, i) => stateText(stream) === left[i]) ? null : `${about}: the stream is elsewhere`
}

describe('in-place ops, compiled,', () => {
  type InPlace = (self: Tensor, ...others: Tensor[]) => Tensor
  const written = [...declarations.values()].flatMap(({ name, call }) => {
    const isFloat = (row: Row): boolean => row.isPointwise && row.inPlaceElsewhere !== true
    const isForm = name.endsWith('_') && rows.some((row) => isFloat(row) && row.name === name.slice(0, -1))
    return isForm ? [[name, call as unknown as InPlace] as const] : []
  })
  const writers: (readonly [string, InPlace, Row])[] = written.flatMap(([name, op]) => {
    const row = table.find((each) => each.name === name.slice(0, -1) && each.isPointwise && each.variant === '')
    const other = table.find((each) => each.name === name.slice(0, -1) && each.shapes[0].length > 1)
    const found = row ?? other
    return found === undefined ? [] : [[name, op, found] as const]
  })
  const one = (name: string, call: InPlace, shapes: Shape[], domain: readonly [number, number] = [-2, 2]) => {
    const about = { variant: '', isPointwise: false, differentiable: true, rejects: [], ulps: 0 }
    const row: Row = { name, shapes: [shapes], call, domain, ...about }
    return [name, call, row] as const
  }
  const index = tensor([3, 1], { dtype: 'int64' })
  writers.push(
    one('copy_', (x, y) => x.copy_(y), [[2, 3], [3]]),
    one('fill_', (x) => x.fill_(2.5), [[2, 3]]),
    one('zero_', (x) => x.zero_(), [[2, 3]]),
    one('indexPut_', (x, y) => indexPut_(x, [index], y), [[4], [2]]),
    one('setAt', (x, y) => x.setAt(slice(1, 3), y), [[4], [2]]),
    one('uniform_', (x) => x.uniform_(), [[5]]),
    one('normal_', (x) => x.normal_(), [[20]]),
    one('bernoulli_', (x) => x.bernoulli_(0.5), [[20]]),
    one('scaled add_', (x, y) => x.add_(y, { alpha: 3 }), [[4], [4]]),
    one('clamp_ with numbers', (x) => x.clamp_(-0.5, 0.5), [[4]]),
    one('add_ with a number', (x) => x.add_(3), [[4]]),
    one('add_ of itself', (x) => x.add_(x), [[4]]),
    one('pow_ with a number', (x) => x.pow_(3), [[4]]),
    one('threshold_', (x) => dyngrad.threshold_(x, 0.5, 3), [[4]]),
    one('tril_', (x) => x.tril_(1), [[3, 3]]),
    one('triu_', (x) => x.triu_(), [[3, 3]]),
    one('fillDiagonal_', (x) => x.fillDiagonal_(2), [[3, 3]]),
    one('mvlgamma_', (x) => x.mvlgamma_(2), [[4]], [1, 3]),
    one('polygamma_', (x) => x.polygamma_(1), [[4]], [1, 3]),
    one('round_ to decimals', (x) => x.round_({ decimals: 1 }), [[4]]),
    one('add_ to a view', (x) => x.t().at(0).add_(1), [[2, 3]])
  )

  test('are all here', () => {
    const here = new Set(writers.map(([name]) => name))
    expect(written.map(([name]) => name).filter((name) => !here.has(name))).toEqual([])
  })

  describe.each(writers)('%s', (_, op, row) => {
    const keepsShape = (shapes: readonly Shape[]): boolean => {
      try {
        op(...(valuesOf(row, shapes).map((each) => toTensor(each, 'float32')) as [Tensor, ...Tensor[]]))
        return true
      } catch {
        return false
      }
    }
    const shapesOf = row.shapes.filter(keepsShape)

    test('writes to an argument', () => {
      expect(shapesOf.length).toBeGreaterThan(0)
      const problems = shapesOf.flatMap((shapes) =>
        FLOATS.map((dtype) => {
          const [a, b] = makers(bothOf(row, shapes), (each) => toTensor(each, dtype))
          return checkDrawing(op as Step, a, b, `${dtype} ${shapesText(shapes)}`)
        })
      )
      expect(firstProblem(problems)).toBeNull()
    })

    test('writes to an argument that is not row-major, beside other elements', () => {
      const problems = shapesOf.flatMap((shapes) =>
        ['transposed', 'sliced'].map((layout) => {
          const [a, b] = makers(bothOf(row, shapes), (each) => layouts[layout](toTensor(each, 'float32')))
          return checkDrawing(op as Step, a, b, `${layout} ${shapesText(shapes)}`)
        })
      )
      expect(firstProblem(problems)).toBeNull()
    })

    test('writes to what the step made, with gradients inside the step', () => {
      const problems = shapesOf.map((shapes) => {
        const [a, b] = makers(bothOf(row, shapes), (each, i) =>
          toTensor(each, 'float32').requiresGrad_(isTracked(row, i))
        )
        const weights = weightsOf(noGrad(() => op(...(a().map((each) => each.clone()) as [Tensor, ...Tensor[]]))))
        const step: Step = (self, ...others) => {
          const result = op(self.clone(), ...others)
          const tracked = [self, ...others].filter((each) => each.requiresGrad)
          return [result.detach(), ...gradientsOf(result, tracked, weights)]
        }
        return checkDrawing(step, a, b, shapesText(shapes))
      })
      expect(firstProblem(problems)).toBeNull()
    })
  })
})

// ---- what cannot be captured ----

const flags = tensor([true, false, true])
const sgdOf = (x: Tensor): dyngrad.optim.SGD => new dyngrad.optim.SGD([x])

/** Each reads a value or changes what a replay does not: the way out that the error names. */
const sent = tensor([1]).toTransferable()

const exemptions: Record<string, { readonly step: Step; readonly wayOut: RegExp }> = {
  item: { step: (x) => x.sum().item(), wayOut: /return the tensor and read it after the call/ },
  tolist: { step: (x) => x.tolist(), wayOut: /return the tensor and read it after the call/ },
  toTypedArray: { step: (x) => x.toTypedArray(), wayOut: /return the tensor and read it after the call/ },
  toString: { step: (x: Tensor) => x.toString(), wayOut: /return the tensor and read it after the call/ },
  toJSON: { step: (x) => JSON.stringify(x), wayOut: /return the tensor and read it after the call/ },
  'Symbol.toPrimitive': { step: (x) => Number(x.at(0)), wayOut: /return the tensor and read it after the call/ },
  'Symbol.nodejs.util.inspect.custom': {
    step: (x) => (x as unknown as Record<symbol, () => string>)[Symbol.for('nodejs.util.inspect.custom')](),
    wayOut: /return the tensor and read it after the call/
  },
  'set data': { step: (x) => void (x.clone().data = x), wayOut: /write with copy_\(\)/ },
  'tensor of numbers': { step: (x) => x.add(tensor([1, 2, 3])), wayOut: /make it before the step/ },
  'at with a mask': { step: (x) => x.at(flags), wayOut: /use where\(\)/ },
  'setAt with a mask': { step: (x) => x.clone().setAt(flags, 0), wayOut: /use where\(\)/ },
  'Optimizer.addParamGroup': {
    step: (x) => sgdOf(x).addParamGroup({ params: [x.clone()] }),
    wayOut: /call it outside the step/
  },
  'Optimizer.loadStateDict': {
    step: (x) => sgdOf(x).loadStateDict(sgdOf(x).stateDict()),
    wayOut: /call it outside the step/
  },
  'a Promise': { step: (x) => Promise.resolve(x), wayOut: /await before the call/ },
  bincount: { step: (x) => x.long().bincount(), wayOut: /call it outside the step/ },
  combinations: { step: (x) => combinations(x), wayOut: /make it before the step/ },
  isNonzero: { step: (x) => x.at(0).isNonzero(), wayOut: /return the tensor and read it after the call/ },
  uniqueConsecutive: { step: (x) => x.uniqueConsecutive(), wayOut: /call it outside the step/ },
  unique: { step: (x) => x.unique(), wayOut: /call it outside the step/ },
  nonzero: { step: (x) => x.nonzero(), wayOut: /call it outside the step/ },
  nonzeroList: { step: (x) => x.nonzero({ asTuple: true }), wayOut: /call it outside the step/ },
  argwhere: { step: (x) => x.argwhere(), wayOut: /call it outside the step/ },
  maskedSelect: { step: (x) => x.maskedSelect(flags), wayOut: /call it outside the step/ },
  equal: { step: (x) => x.equal(x), wayOut: /return the tensor and read it after the call/ },
  allclose: { step: (x) => x.allclose(x), wayOut: /return the tensor and read it after the call/ },
  toTransferable: { step: (x) => x.toTransferable(), wayOut: /return the tensor and read it after the call/ },
  deepcopy: { step: (x) => deepcopy(x), wayOut: /call it outside the step/ },
  fromTransferable: { step: () => fromTransferable(sent), wayOut: /make it before the step/ },
  'Generator.seed': { step: () => new Generator().manualSeed(1).seed(), wayOut: /call it outside the step/ }
}
const EXEMPTIONS = 29

describe('what a step cannot do', () => {
  test.each(Object.entries(exemptions))('%s throws and says what to do instead', (_, { step, wayOut }) => {
    const x = tensor([1, 2, 3])
    const compiled = compile(step)
    const attempt = (): unknown => {
      try {
        return compiled(x)
      } catch (error) {
        return error
      }
    }
    for (const error of [attempt(), attempt()]) {
      expect(error).toBeInstanceOf(CompileError)
      expect((error as Error).message).toMatch(/^compile: /)
      expect((error as Error).message).toMatch(wayOut)
    }
    expect(compiled.programs).toHaveLength(0)
    expect(x.tolist()).toEqual([1, 2, 3])
    expect(() => step(x)).not.toThrow()
  })

  test('is a list of known length', () => {
    expect(Object.keys(exemptions)).toHaveLength(EXEMPTIONS)
  })
})

// ---- completeness ----

/** Members of Tensor that say something about it and launch nothing. */
const metadata: readonly string[] = [
  'constructor',
  'aliasWith',
  'base',
  'cell',
  'code',
  'cuda',
  'dense',
  'device',
  'dim',
  'dtype',
  'elementSize',
  'ensureMeta',
  'existingDim',
  'grad',
  'gradFn',
  'isContiguous',
  'isFloatingPoint',
  'isLeaf',
  'itemsize',
  'leafRequiresGrad',
  'length',
  'meta',
  'nbytes',
  'ndim',
  'node',
  'numel',
  'numelCached',
  'outputIndex',
  'outputNr',
  'requiresGrad',
  'retainsGrad',
  'shape',
  'show',
  'size',
  'storage',
  'storageOffset',
  'stride',
  'strides',
  'version',
  // Changes to the graph, which the tests of training compile.
  'backward',
  'registerHook',
  'requiresGrad_',
  'retainGrad'
]

/** What tools read. */
const marks = ['Symbol.dyngrad.class', 'Symbol.toStringTag', '@jest/serializableProperties']

describe('the compiled ops', () => {
  const forms = [...declarations.values()].map(({ name }) => name).filter((name) => name.endsWith('_'))
  const compiled = new Set([...rows.map(({ name }) => name), ...forms, ...Object.keys(exemptions)])

  test('are all that have a row, but for what throws', () => {
    expect(table.filter(({ name }) => !compiled.has(name)).map(({ name }) => name)).toEqual([])
  })

  test('are all members of Tensor.prototype', () => {
    const members = Reflect.ownKeys(Tensor.prototype).map((key) =>
      typeof key === 'symbol' ? String(key.description) : key
    )
    const names = members.map((name) => (name.includes('.') && !name.startsWith('Symbol') ? `Symbol.${name}` : name))
    expect(names.filter((name) => !compiled.has(name) && !metadata.includes(name) && !marks.includes(name))).toEqual([])
  })

  test('name nothing that does not exist', () => {
    expect(metadata.filter((name) => !(name in Tensor.prototype))).toEqual([])
  })

  test('hand back objects with tensors, as max along a dim does', () => {
    const problem = checkStep(
      (x: Tensor) => {
        const { values, indices } = x.max(1)
        return { values, nested: [indices, x.min(0)] }
      },
      () => [toTensor(valuesOf(rows[0], [[3, 4]], SEED_A)[0], 'float32')],
      () => [toTensor(valuesOf(rows[0], [[3, 4]], SEED_B)[0], 'float32')],
      'max and min'
    )
    expect(seeded(problem)).toBeNull()
    const compiled = compile((x: Tensor) => x.max(1))
    for (let i = 0; i < 2; i++)
      expect([...compiled(dyngrad.eye(2))].map((each: Tensor) => each.tolist())).toEqual([
        [1, 1],
        [0, 1]
      ])
  })
})
