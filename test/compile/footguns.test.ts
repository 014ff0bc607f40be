// What surprises in a compiled function, each as a test: first what throws and says what to do, then what is silently
// constant.

import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import {
  CompileError,
  type Tensor,
  compile,
  full,
  manualSeed,
  noGrad,
  ones,
  rand,
  slice,
  tensor,
  where,
  zeros
} from 'dyngrad'
import { counted } from '../helpers/compiled'
import { thrown, x } from '../helpers/footguns'
import { runProgram } from '../helpers/program'

const READS = 'reads a value while recording; return the tensor and read it after the call'

describe('reading a value inside throws and says what to do', () => {
  const readers: Record<string, readonly [what: string, step: (input: Tensor) => unknown]> = {
    'item()': ['item()', (input) => input.mul(input.sum().item())],
    'tolist()': ['tolist()', (input) => input.mul(input.tolist<number[]>()[0])],
    'toTypedArray()': ['toTypedArray()', (input) => input.mul(Number(input.toTypedArray()[0]))],
    'String(t)': ['String(tensor)', (input) => [String(input)]],
    'a template': ['String(tensor)', (input) => [`${input as unknown as string}`]],
    'util.inspect, as console.log does': ['String(tensor)', (input) => [inspect(input)]],
    'JSON.stringify': ['JSON', (input) => [JSON.stringify({ input })]],
    '+t': ['conversion to a primitive', (input) => input.mul(+input.sum())],
    't > 1': ['conversion to a primitive', (input) => ((input.sum() as unknown as number) > 1 ? input : input.neg())],
    // eslint-disable-next-line eqeqeq
    't == 6': ['conversion to a primitive', (input) => ((input.sum() as unknown as number) == 6 ? input : input.neg())],
    't + t': ['conversion to a primitive', (input) => (input as unknown as number) + (input as unknown as number)],
    'the elements of an iteration': ['item()', (input) => [...input].map((element) => element.item())]
  }
  for (const [name, [what, step]] of Object.entries(readers)) {
    test(name, () => {
      const compiled = compile(step)
      const error = thrown(() => compiled(x()))
      expect(error).toBeInstanceOf(CompileError)
      expect(error.message).toBe(`compile: ${what} ${READS}`)
      // No program is made, so the next call says it again.
      expect(() => compiled(x())).toThrow(CompileError)
      expect(compiled.programs).toEqual([])
    })
  }

  test('outside of capture, after the throw, all of them work as ever', () => {
    const input = x()
    expect(() => compile((t: Tensor) => t.item())(input)).toThrow(CompileError)
    expect(input.sum().item()).toBe(6)
    expect(String(input)).toBe('tensor([1., 2., 3.])')
  })

  test('iteration without reading is captured', () => {
    const { call, runs } = counted((input: Tensor) => {
      const [a, b, c] = input
      return a.add(b).mul(c)
    })
    expect(call(x()).item()).toBe(9)
    expect(call(tensor([2, 2, 2])).item()).toBe(8)
    expect(runs()).toBe(1)
  })
})

describe('shapes that depend on values throw', () => {
  const MASK = 'compile: indexing with a mask gives a shape that depends on values; use where(), or a list of booleans'

  test('reading through a mask', () => {
    expect(() => compile((input: Tensor) => input.at(input.gt(1)))(x())).toThrow(MASK)
  })

  test('where() is the way out', () => {
    const relu = compile((input: Tensor) => where(input.gt(2), input, 0))
    expect(relu(x()).tolist()).toEqual([0, 0, 3])
    expect(relu(tensor([3, 2, 5])).tolist()).toEqual([3, 0, 5])
  })

  test('a list of booleans is the way out where the mask is known', () => {
    const ends = compile((input: Tensor) => input.at([true, false, true]))
    expect(ends(x()).tolist()).toEqual([1, 3])
    expect(ends(tensor([4, 5, 6])).tolist()).toEqual([4, 6])
  })
})

describe('data from JavaScript throws where it would be a constant unawares', () => {
  test('tensor() of fresh data', () => {
    expect(() => compile((input: Tensor) => input.add(tensor([1, 2, 3])))(x())).toThrow(
      'compile: tensor() makes a constant while recording; make it before the step'
    )
  })

  test('assigning data', () => {
    const weight = ones(3)
    const step = compile((input: Tensor) => {
      weight.data = zeros(3)
      return input.add(weight)
    })
    expect(() => step(x())).toThrow(
      'compile: assigning data gives the tensor other memory, which a replay does not repeat; write with copy_()'
    )
    expect(weight.tolist()).toEqual([1, 1, 1])
  })

  test('zeros(), ones() and full() are made anew by each replay', () => {
    const step = compile((input: Tensor) => full([3], 7).add_(input))
    const first = step(x())
    const second = step(x())
    expect(first.tolist()).toEqual([8, 9, 10])
    expect(second.tolist()).toEqual([8, 9, 10])
    second.zero_()
    expect(first.tolist()).toEqual([8, 9, 10])
  })
})

/** A step whose type does not say what it returns. */
type Step = (input: Tensor) => unknown

describe('a function that returns a Promise throws', () => {
  const PROMISE =
    'compile: the function returns a Promise, which cannot be captured; await before the call and compile the synchronous part'

  test('an async function', () => {
    expect(() => compile((async (input: Tensor) => input.mul(await Promise.resolve(2))) as Step)(x())).toThrow(PROMISE)
  })

  test('a plain function with a Promise among its results', () => {
    expect(() => compile((input: Tensor) => [input, { later: Promise.resolve(input) }])(x())).toThrow(PROMISE)
  })

  test('one of another realm, a thenable', () => {
    const foreign = runInNewContext('Promise.resolve(1)') as object
    expect(() => compile(() => [foreign])()).toThrow(PROMISE)
    expect(() => compile(() => ({ then: () => undefined }) as object)()).toThrow(PROMISE)
  })

  test('a generator', () => {
    const step = compile(function* () {
      yield 1
    } as () => object)
    expect(() => step()).toThrow(
      'compile: the function returns a generator, whose body has not run yet; return an array of its values'
    )
  })

  test('an argument says that it is one', () => {
    const step = compile((input: Tensor, other: unknown) => input.mul(Number(other)))
    const generator = (function* () {
      yield 1
    })()
    expect(() => step(x(), { later: [Promise.resolve(1)] })).toThrow(
      new TypeError('compile: an argument is a Promise; await it before the call')
    )
    expect(() => step(x(), generator)).toThrow(
      new TypeError('compile: an argument is a generator; pass an array of its values')
    )
  })

  test('without a gradient, too', () => {
    expect(() => noGrad(() => compile(((input: Tensor) => Promise.resolve(input)) as Step)(x()))).toThrow(PROMISE)
  })

  test('the promise of an async function that fails is no unhandled rejection', async () => {
    const unhandled: unknown[] = []
    const listener = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', listener)
    const step = compile((async (input: Tensor) => Promise.resolve(input.sum().item())) as Step)
    expect(() => step(x())).toThrow(CompileError)
    await new Promise((resolve) => setTimeout(resolve, 10))
    process.off('unhandledRejection', listener)
    expect(unhandled).toEqual([])
  })
})

describe('a result that a replay cannot make throws', () => {
  class Pair {
    constructor(readonly tensor: Tensor) {}
  }
  const results: Record<string, (input: Tensor) => unknown> = {
    'a Map': (input) => new Map([['y', input.mul(2)]]),
    'an instance of a class': (input) => new Pair(input.mul(2))
  }
  for (const [name, step] of Object.entries(results)) {
    test(name, () => {
      expect(() => compile(step)(x())).toThrow('which a replay cannot make')
    })
  }

  test('arrays, plain objects and constants in them come back as they were', () => {
    const step = compile((input: Tensor) => ({ list: [input.mul(2), null], name: 'twice', input }))
    step(x())
    const input = tensor([2, 3, 4])
    const result = step(input)
    expect(result.list[0]!.tolist()).toEqual([4, 6, 8])
    expect(result.list[1]).toBeNull()
    expect(result.name).toBe('twice')
    expect(result.input).toBe(input)
  })
})

describe('a tensor stashed from inside a step', () => {
  const STASHED =
    'compile: this tensor was made inside a compiled step, whose replays do not fill it; return it from the step to read it outside'
  let stash: Tensor
  const step = compile((input: Tensor) => {
    stash = input.mul(2)
    return stash.add(1)
  })
  const uses: Record<string, (stashed: Tensor) => unknown> = {
    'throws when read': (stashed) => stashed.tolist(),
    'throws when printed': (stashed) => String(stashed),
    'throws as an operand': (stashed) => stashed.add(1),
    'throws as what is written to': (stashed) => stashed.zero_(),
    'throws through a view of it': (stashed) => stashed.at(slice(0, 2)).sum()
  }
  for (const [name, use] of Object.entries(uses)) {
    test(name, () => {
      expect(step(x()).tolist()).toEqual([3, 5, 7])
      expect(() => use(stash)).toThrow(STASHED)
      expect(step(x()).tolist()).toEqual([3, 5, 7])
      expect(() => use(stash)).toThrow(STASHED)
    })
  }

  test('throws when a later capture uses it', () => {
    let hidden: Tensor | null = null
    const recurrent = compile((input: Tensor) => (hidden = hidden === null ? input.mul(2) : hidden.add(input)).mul(1))
    recurrent(ones(3))
    // Other dtype, so another program.
    expect(() => recurrent(ones(3, { dtype: 'float64' }))).toThrow(STASHED)
  })

  test('is an ordinary tensor when the step returns it', () => {
    const returning = compile((input: Tensor) => {
      stash = input.mul(2)
      return [stash, stash.add(1)]
    })
    returning(x())
    expect(stash.tolist()).toEqual([2, 4, 6])
    const [twice] = returning(ones(3))
    expect(twice.tolist()).toEqual([2, 2, 2])
    expect(stash.tolist()).toEqual([2, 4, 6])
  })
})

describe('JavaScript runs only while it is recorded', () => {
  test('a number of the closure stays what it was', () => {
    let factor = 2
    const step = compile((input: Tensor) => input.mul(factor))
    expect(step(x()).tolist()).toEqual([2, 4, 6])
    factor = 10
    expect(step(x()).tolist()).toEqual([2, 4, 6])
  })

  test('a plain field of an object stays what it was', () => {
    const settings = { factor: 2 }
    const step = compile((input: Tensor) => input.mul(settings.factor))
    step(x())
    settings.factor = 10
    expect(step(x()).tolist()).toEqual([2, 4, 6])
  })

  test('as an argument it is no constant', () => {
    const { call, runs } = counted((input: Tensor, factor: number) => input.mul(factor))
    expect(call(x(), 2).tolist()).toEqual([2, 4, 6])
    expect(call(x(), 10).tolist()).toEqual([10, 20, 30])
    expect(call(x(), 2).tolist()).toEqual([2, 4, 6])
    expect(runs()).toBe(2)
  })

  test('in a tensor it is no constant', () => {
    const factor = tensor(2)
    const step = compile((input: Tensor) => input.mul(factor))
    step(x())
    noGrad(() => factor.fill_(10))
    expect(step(x()).tolist()).toEqual([10, 20, 30])
  })

  test('a tensor that a variable of the closure holds is the recorded one', () => {
    let weight = ones(3)
    const step = compile((input: Tensor) => input.mul(weight))
    step(x())
    weight = full([3], 5)
    expect(step(x()).tolist()).toEqual([1, 2, 3])
    expect(weight.tolist()).toEqual([5, 5, 5])
  })

  test('Math.random() gives one number', () => {
    const step = compile((input: Tensor) => input.mul(0).add(Math.random()))
    const first = step(x()).tolist()
    expect(step(x()).tolist()).toEqual(first)
    expect(step(x()).tolist()).toEqual(first)
  })

  test("rand() goes on in the generator's stream", () => {
    const step = compile((input: Tensor) => rand(3).add(input))
    manualSeed(5)
    const compiled = [step(x()), step(x()), step(x())].map((result) => result.tolist())
    manualSeed(5)
    const eager = [1, 2, 3].map(() => rand(3).add(x()).tolist())
    expect(compiled).toEqual(eager)
  })

  test('a branch on what is no argument is taken once and for all', () => {
    let isNegated = false
    const step = compile((input: Tensor) => (isNegated ? input.neg() : input.mul(1)))
    step(x())
    isNegated = true
    expect(step(x()).tolist()).toEqual([1, 2, 3])
  })

  test('a tensor is truthy whatever it holds', () => {
    const step = compile((input: Tensor) => ((input.gt(100) as unknown) ? input.mul(1) : input.neg()))
    expect(step(x()).tolist()).toEqual([1, 2, 3])
  })

  test('side effects happen once', () => {
    const log: string[] = []
    let steps = 0
    const step = compile((input: Tensor) => {
      log.push('step')
      steps++
      return input.mul(2)
    })
    for (let i = 0; i < 5; i++) step(x())
    expect([log, steps]).toEqual([['step'], 1])
  })

  test('a constant in the result is the recorded one', () => {
    let steps = 0
    const step = compile((input: Tensor) => [input.mul(2), steps++] as const)
    expect([1, 2, 3].map(() => step(x())[1])).toEqual([0, 0, 0])
  })

  test('with DYNGRAD_COMPILE=0 the function runs at each call, and may read values', () => {
    const outcome = runProgram('compiled-off', [], { DYNGRAD_COMPILE: '0' })
    expect(outcome).toMatchObject({ runs: 3, factors: [1, 2, 3], programs: 0, reads: 6, later: [4, 8, 12] })
    expect(outcome).toMatchObject({ prepared: 4, refusal: expect.stringContaining('returns a Promise') })
  })
})
