// What surprises in the state around a compiled function: its programs, errors and what they leave, gradients, tensors
// in use.

import { type Tensor, autograd, compile, full, nn, noGrad, ones, optim, tensor, zeros } from 'dyngrad'
import { counted } from '../helpers/compiled'
import { thrown, x } from '../helpers/footguns'

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
    for (let size = 5; size < 300; size++) call(ones(size))
    // One function warns once, whatever the reasons.
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
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
    expect(() => compile(5 as never)).toThrow(new TypeError('compile: fn must be a function, got 5'))
    expect(() => compile(undefined as never)).toThrow(new TypeError('compile: fn must be a function, got undefined'))
  })

  test.each([0, -1, 1.5, NaN, Infinity])('takes a positive integer as maxPrograms, not %p', (maxPrograms) => {
    expect(() => compile((input: Tensor) => input, { maxPrograms })).toThrow(
      new RangeError(`compile: maxPrograms must be a positive integer, got ${maxPrograms}`)
    )
    expect(() => compile((input: Tensor) => input, { maxPrograms: String(maxPrograms) as never })).toThrow(
      new TypeError(`compile: maxPrograms must be a positive integer, got '${maxPrograms}'`)
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
        expect(eager).toContain(
          'RangeError: all elements of input should be between 0 and 1; one lies outside, or is NaN'
        )
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
