// What surprises in a compiled function, each as a test: first what throws and says what to do, then what is silently constant.

import { inspect } from 'node:util'
import {
  CompileError,
  type Tensor,
  autograd,
  compile,
  full,
  manualSeed,
  nn,
  noGrad,
  ones,
  optim,
  rand,
  slice,
  tensor,
  where,
  zeros
} from 'dyngrad'
import { counted } from './helpers/compiled'
import { runProgram } from './helpers/program'

const x = (): Tensor => tensor([1, 2, 3])

/** What a call throws. */
function thrown(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

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

describe('a function that returns a Promise throws', () => {
  const PROMISE =
    'compile: the function returns a Promise, which cannot be captured; await before the call and compile the synchronous part'

  test('an async function', () => {
    expect(() => compile(async (input: Tensor) => input.mul(await Promise.resolve(2)))(x())).toThrow(PROMISE)
  })

  test('a plain function with a Promise among its results', () => {
    expect(() => compile((input: Tensor) => [input, { later: Promise.resolve(input) }])(x())).toThrow(PROMISE)
  })

  test('without a gradient, too', () => {
    expect(() => noGrad(() => compile((input: Tensor) => Promise.resolve(input))(x()))).toThrow(PROMISE)
  })

  test('the promise of an async function that fails is no unhandled rejection', async () => {
    const unhandled: unknown[] = []
    const listener = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', listener)
    const step = compile(async (input: Tensor) => input.sum().item())
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
    expect(outcome).toEqual({ runs: 3, factors: [1, 2, 3], programs: 0, reads: 6, later: [4, 8, 12], prepared: 4 })
  })
})

describe('programs', () => {
  test('a compiled function inside another is part of it', () => {
    const inner = counted((input: Tensor) => input.mul(2))
    const outer = counted((input: Tensor) => inner.call(input).add(1))
    expect(outer.call(x()).tolist()).toEqual([3, 5, 7])
    expect(outer.call(ones(3)).tolist()).toEqual([3, 3, 3])
    expect([inner.runs(), outer.runs()]).toEqual([1, 1])
    // Recorded as a part, it has no program of its own.
    expect(inner.call(x()).tolist()).toEqual([2, 4, 6])
    expect(inner.runs()).toBe(2)
  })

  test('say why they were made', () => {
    const weight = tensor([1, 2, 3], { requiresGrad: true })
    const optimizer = new optim.SGD([weight], { lr: 0.1 })
    const step = compile((input: Tensor, name: string) => {
      void name
      const loss = input.mul(weight).sum()
      loss.backward()
      optimizer.step()
      return loss
    })
    const newest = (): string => step.programs[0].reason
    step(x(), 'a')
    expect(newest()).toBe('first call')
    step(x(), 'a')
    expect(newest()).toMatch(/grad/)
    step(ones(1), 'a')
    expect(newest()).toMatch(/^argument 0 is float32 \[1\].*, not float32 \[3\]/)
    step(x().requiresGrad_(), 'a')
    expect(newest()).toMatch(/^argument 0 is float32 \[3\].*requires grad, not float32 \[1\]/)
    step(x().to('float64'), 'a')
    expect(newest()).toMatch(/^argument 0 is float64 \[3\]/)
    step(x(), 'b')
    expect(newest()).toMatch(/argument/)
    expect(step.programs.length).toBe(6)
    expect(step.programs.every(({ launches }) => launches > 0)).toBe(true)
  })

  test('say that grad mode made one necessary', () => {
    const step = compile((input: Tensor) => input.mul(2))
    step(x())
    noGrad(() => step(x()))
    expect(step.programs.map(({ reason }) => reason)).toEqual(['grad mode is off', 'first call'])
  })

  test('train() and eval() have one each', () => {
    class Doubling extends nn.Module {
      override forward(input: Tensor): Tensor {
        return this.training ? input.mul(2) : input.mul(1)
      }
    }
    const module = new Doubling()
    const { call, runs } = counted((input: Tensor) => module.forward(input))
    expect(call(ones(3)).tolist()).toEqual([2, 2, 2])
    module.eval()
    expect(call(x()).tolist()).toEqual([1, 2, 3])
    expect(call.programs[0].reason).toMatch(/training is false, not true/)
    module.train()
    expect(call(x()).tolist()).toEqual([2, 4, 6])
    expect(runs()).toBe(2)
  })

  test('are bounded by maxPrograms: the one unused for longest goes, with a warning', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const { call, runs } = counted((input: Tensor) => input.mul(2), { maxPrograms: 3 })
    for (let size = 1; size <= 3; size++) call(ones(size))
    call(ones(1))
    expect([call.programs.length, runs()]).toEqual([3, 3])
    call(ones(4))
    expect([call.programs.length, runs()]).toEqual([3, 4])
    // [1] was used after [2].
    call(ones(1))
    expect(runs()).toBe(4)
    call(ones(2))
    expect(runs()).toBe(5)
    // Each reason warns once.
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      expect.stringMatching(/^compile: a function has needed more than 3 programs, .*maxPrograms/),
      expect.stringMatching(/^compile: a function has needed more than 3 programs, .*maxPrograms/)
    ])
    warn.mockRestore()
  })

  test('differ by arguments that are no tensors: value, number and place', () => {
    const { call, runs } = counted((...args: unknown[]) => (args.flat() as Tensor[])[0].mul(2))
    const both = x()
    const calls: unknown[][] = [
      [both],
      [both, 1],
      [both, 2],
      [both, '2'],
      [both, null],
      [both, undefined],
      [[both], 2],
      [both, NaN]
    ]
    for (const args of calls) call(...args)
    expect(runs()).toBe(calls.length)
    for (const args of calls) call(...args)
    expect(runs()).toBe(calls.length)
  })

  test('differ by keys of plain objects', () => {
    const { call, runs } = counted((given: Record<string, Tensor>) => Object.values(given)[0].mul(2))
    call({ a: x() })
    expect(call({ a: ones(3) }).tolist()).toEqual([2, 2, 2])
    expect(runs()).toBe(1)
    call({ b: x() })
    call({ a: x(), b: x() })
    expect(runs()).toBe(3)
  })

  test('a string key with a comma is not two keys', () => {
    const { call, runs } = counted((given: Record<string, Tensor>) => Object.keys(given).length)
    const one = x()
    expect(call({ 'a,b': one, c: one })).toBe(2)
    expect(call({ a: one, 'b,c': one })).toBe(2)
    expect(runs()).toBe(2)
  })

  test('one tensor given twice is not two tensors', () => {
    const step = compile((a: Tensor, b: Tensor) => a.add_(1).add(b))
    const same = x()
    expect(step(same, same).tolist()).toEqual([4, 6, 8])
    expect(step(x(), ones(3)).tolist()).toEqual([3, 4, 5])
    const again = ones(3)
    expect(step(again, again).tolist()).toEqual([4, 4, 4])
  })

  test('assigning data of a tensor of the closure makes another', () => {
    const weight = ones(3)
    const step = compile((input: Tensor) => input.mul(weight))
    step(x())
    weight.data = full([3], 2)
    expect(step(x()).tolist()).toEqual([2, 4, 6])
    expect(step.programs[0].reason).toMatch(/a tensor.* data/)
  })
})

describe('compile() itself', () => {
  test('takes a function', () => {
    expect(() => compile(5 as never)).toThrow(new TypeError('compile: expected a function, got number'))
    expect(() => compile(undefined as never)).toThrow(new TypeError('compile: expected a function, got undefined'))
  })

  test.each([0, -1, 1.5, NaN, Infinity, '3'])('takes a positive integer as maxPrograms, not %p', (maxPrograms) => {
    expect(() => compile((input: Tensor) => input, { maxPrograms: maxPrograms as number })).toThrow(
      new RangeError(`compile: maxPrograms must be a positive integer, got ${maxPrograms}`)
    )
  })
})

describe('errors', () => {
  test('a refused read that the step catches throws after all', () => {
    const step = compile((input: Tensor) => {
      try {
        return input.mul(input.sum().item())
      } catch {
        return input.mul(2)
      }
    })
    expect(() => step(x())).toThrow(
      'compile: the step cannot be captured: item() was refused inside the step and the error caught there'
    )
  })

  test('a failed check that the step catches throws', () => {
    const step = compile((input: Tensor) => {
      try {
        return nn.functional.binaryCrossEntropy(input, ones(3))
      } catch {
        return input.mul(2)
      }
    })
    expect(() => step(x())).toThrow(
      'compile: the step cannot be captured: a check failed inside the step and was caught there'
    )
  })

  test('an error that depends on shapes alone may be caught', () => {
    const { call, runs } = counted((input: Tensor) => {
      try {
        return input.add(ones(7))
      } catch {
        return input.mul(2)
      }
    })
    expect(call(x()).tolist()).toEqual([2, 4, 6])
    expect(call(ones(3)).tolist()).toEqual([2, 2, 2])
    expect(runs()).toBe(1)
  })

  test("the function's own error reaches the caller, with the state that eager mode leaves", () => {
    const problem = new Error('enough')
    const counter = zeros(1)
    const { call, runs } = counted((input: Tensor) => {
      counter.add_(1)
      if (input.size(0) > 2) throw problem
      counter.add_(10)
      return input.mul(2)
    })
    expect(thrown(() => call(x()))).toBe(problem)
    expect([counter.item(), counter.version]).toEqual([1, 1])
    expect(call.programs).toEqual([])
    expect(thrown(() => call(x()))).toBe(problem)
    expect(counter.item()).toBe(2)
    expect(call(ones(2)).tolist()).toEqual([2, 2])
    expect(counter.item()).toBe(13)
    expect(runs()).toBe(3)
  })

  describe("a check that fails in a replay throws eager's error and leaves what eager mode leaves", () => {
    const bce = (input: Tensor): Tensor => nn.functional.binaryCrossEntropy(input, ones(2))
    const gradient = (step: (input: Tensor, w: Tensor) => Tensor) => () => {
      const w = tensor([1, 2], { requiresGrad: true })
      return { step: (input: Tensor) => step(input, w), state: () => [w.tolist(), w.version, w.grad?.tolist()] }
    }
    const plain = (step: (input: Tensor, w: Tensor) => Tensor) => () => {
      const w = tensor([1, 2])
      return { step: (input: Tensor) => step(input, w), state: () => [w.tolist(), w.version] }
    }
    const steps: Record<string, () => { step: (input: Tensor) => Tensor; state: () => unknown }> = {
      'updates around it': plain((input, w) => {
        w.add_(1)
        const loss = bce(input)
        w.add_(10)
        return loss
      }),
      'updates around two': plain((input, w) => {
        w.add_(1)
        const loss = bce(input.sub(0.1).clamp(0))
        w.add_(10)
        bce(input)
        w.add_(100)
        return loss
      }),
      'backward before it': gradient((input, w) => {
        w.grad = null
        w.mul(input).sum().backward()
        const loss = bce(input)
        noGrad(() => w.sub_(w.grad!))
        return loss
      }),
      'backward after it': gradient((input, w) => {
        const loss = bce(input)
        w.grad = null
        w.mul(input).sum().backward()
        return loss
      }),
      'a gradient let go of before it': gradient((input, w) => {
        w.grad = null
        const loss = bce(input)
        w.mul(input).sum().backward()
        return loss
      }),
      'a gradient accumulated around it': gradient((input, w) => {
        w.mul(input).sum().backward()
        const loss = bce(input)
        w.mul(input).sum().backward()
        return loss
      }),
      'a gradient overwritten after it': gradient((input, w) => {
        const made = noGrad(() => w.mul(input))
        w.grad = made
        const loss = bce(input)
        made.zero_()
        return loss
      }),
      'a gradient cloned after it': gradient((input, w) => {
        const made = noGrad(() => w.mul(input))
        const loss = bce(input)
        w.grad = made.clone()
        return loss
      })
    }
    for (const [name, make] of Object.entries(steps)) {
      test(name, () => {
        const run = (isCompiled: boolean): unknown[] => {
          const { step, state } = make()
          const compiled = isCompiled ? compile(step) : step
          return [0.5, 0.25, 7, 0.75, 9, 0.5].flatMap((value) => {
            const outcome = outcomeOf(() => compiled(full([2], value)).item())
            // Not after each call, so that a gradient waits for its reader.
            return value === 0.25 ? [outcome] : [outcome, state()]
          })
        }
        const eager = run(false)
        expect(eager).toContain('RangeError: all elements of input should be between 0 and 1')
        expect(run(true)).toEqual(eager)
      })
    }
  })
})

/** A value, or the error in its place. */
function outcomeOf(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    return String(error)
  }
}

describe('gradients', () => {
  test('backward of a compiled output fills the gradients that eager mode fills', () => {
    const weight = tensor([1, 2, 3], { requiresGrad: true })
    const step = compile((input: Tensor) => input.mul(weight).square().sum())
    step(x()).backward()
    weight.grad = null
    step(ones(3)).backward()
    expect(weight.grad!.tolist()).toEqual([2, 4, 6])
  })

  test('createGraph through a compiled output throws and says what to do', () => {
    const weight = tensor([1, 2, 3], { requiresGrad: true })
    const step = compile((input: Tensor) => input.mul(weight).square().sum())
    const WAY_OUT =
      'compile: createGraph through a compiled function is not captured; call the function itself, without compile()'
    expect(() => step(x()).backward({ createGraph: true })).toThrow(WAY_OUT)
    expect(() => autograd.grad(step(x()), weight, { createGraph: true })).toThrow(WAY_OUT)
  })

  test('createGraph inside the step is captured', () => {
    const step = compile((input: Tensor) => {
      const [first] = autograd.grad(input.pow(3).sum(), input, { createGraph: true })
      const [second] = autograd.grad(first!.sum(), input)
      return second!
    })
    step(tensor([1, 2, 3], { requiresGrad: true }))
    expect(step(tensor([4, 5, 6], { requiresGrad: true })).tolist()).toEqual([24, 30, 36])
  })

  const AGAIN = /^Trying to backward through the graph a second time/

  test("a second backward of an output throws eager's sentence", () => {
    const weight = tensor([1, 2, 3], { requiresGrad: true })
    const step = compile((input: Tensor) => input.mul(weight).square().sum())
    for (let i = 0; i < 2; i++) {
      const loss = step(x())
      loss.backward()
      expect(() => loss.backward()).toThrow(AGAIN)
    }
  })

  test('a second backward with retainGraph before it is as in eager mode', () => {
    const weight = tensor([1, 2, 3], { requiresGrad: true })
    const step = compile((input: Tensor) => input.mul(weight).square().sum())
    for (let i = 0; i < 2; i++) {
      weight.grad = null
      const loss = step(x())
      loss.backward({ retainGraph: true })
      loss.backward()
      expect(weight.grad!.tolist()).toEqual([4, 32, 108])
    }
  })

  test("backward of a loss whose backward ran inside throws eager's sentence", () => {
    const weight = tensor([1, 2, 3], { requiresGrad: true })
    const step = compile((input: Tensor) => {
      weight.grad = null
      const loss = input.mul(weight).square().sum()
      loss.backward()
      return loss
    })
    for (let i = 0; i < 3; i++) {
      const loss = step(x())
      expect(loss.requiresGrad).toBe(true)
      expect(() => loss.backward()).toThrow(AGAIN)
    }
  })

  test('a tensor saved for a captured backward and overwritten since is noticed', () => {
    const weight = tensor([1, 2, 3], { requiresGrad: true })
    const step = compile((input: Tensor) => input.mul(weight).sum())
    for (let i = 0; i < 2; i++) {
      const input = x()
      const loss = step(input)
      input.zero_()
      expect(() => loss.backward()).toThrow('modified by an inplace operation')
    }
  })

  test('a gradient once handed out keeps its values', () => {
    const weight = tensor([1, 2, 3], { requiresGrad: true })
    const step = compile((input: Tensor) => {
      weight.grad = null
      const loss = input.mul(weight).sum()
      loss.backward()
      return loss
    })
    step(x())
    step(x())
    const gradient = weight.grad!
    step(ones(3))
    expect(gradient.tolist()).toEqual([1, 2, 3])
    expect(weight.grad!.tolist()).toEqual([1, 1, 1])
  })
})

describe('tensors in use by a running step.async()', () => {
  const IN_USE = 'this tensor is in use by a running step.async(); await its promise first'

  test('throw when they are touched, and are free afterwards', async () => {
    const weight = ones(400, 400)
    const step = compile((input: Tensor) => weight.copy_(input.matmul(weight).mul(1e-3)))
    const input = ones(400, 400)
    step(input)
    const running = step.async(input)
    // The call starts in the next turn of the event loop's microtasks.
    await Promise.resolve()
    await Promise.resolve()
    expect(() => weight.sum()).toThrow(IN_USE)
    expect(() => input.add_(1)).toThrow(IN_USE)
    await running
    expect(() => weight.sum()).not.toThrow()
    expect(() => input.add_(1)).not.toThrow()
  })
})
