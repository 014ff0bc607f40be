// Arguments and results of compiled functions.

import { type Tensor, autograd, compile, full, noGrad, ones, rand, randn, slice, tensor, zeros } from 'dyngrad'
import { expectAsEager, inner, leaves, type Make, pair, random } from '../helpers/calls'
import { thrown, values } from '../helpers/check'
import { tensorDifference } from '../helpers/close'
import { counted, tensorsOf } from '../helpers/compiled'

describe('results of a compiled function', () => {
  const results: Record<string, (x: Tensor, y: Tensor) => unknown> = {
    'an argument': (x) => x,
    'both arguments and a new tensor': (x, y) => [y, x, x.add(y)],
    'a view of an argument': (x) => x.at(1),
    'views of arguments, transposed and sliced': (x, y) => [x.t(), y.at(slice(), slice(0, 4, 2))],
    'an argument detached': (x) => x.detach(),
    'the same tensor twice': (x, y) => {
      const sum = x.add(y)
      return [sum, { again: sum }]
    },
    'a tensor and views of it': (x, y) => {
      const sum = x.add(y)
      return [sum.at(0), sum, sum.t()]
    },
    'a transposed tensor': (x, y) => x.t().matmul(y).t(),
    'an expanded tensor': (x) => x.sum(0).expand(5, 4),
    'nested arrays and objects': (x, y) => ({ a: [x.mul(2), [y.mul(3)]], b: { c: { d: x.add(y) } }, e: [] }),
    'a tensor beside other values': (x) => [x.mul(2), 3, 'text', null, undefined, true],
    nothing: () => undefined,
    null: () => null,
    'a number': () => 7,
    'a tensor of no elements': (x) => x.at(slice(0, 0)).mul(2),
    scalars: (x, y) => [x.sum(), y.mean(), x.at(0, 0)],
    'integers and booleans': (x, y) => [x.gt(y), x.argmax(1), x.mul(9).int()],
    'of other dtypes': (x) => [x.double(), x.mul(100).byte(), x.long()]
  }

  test.each(Object.entries(results))('are %s', (_, step) => {
    expectAsEager(step, pair)
    noGrad(() => expectAsEager(step, leaves))
  })

  const tracked = Object.entries(results).filter(([name]) => name !== 'an argument detached')

  test.each(tracked)('with a graph: %s', (_, step) => {
    const after = (result: unknown, args: Tensor[]): unknown => {
      const some = tensorsOf(result).filter((each) => each !== null && each.requiresGrad)
      const loss = some.reduce<Tensor | null>((sum, each, i) => {
        const part = each!
          .square()
          .sum()
          .mul(i + 1)
        return sum === null ? part : sum.add(part)
      }, null)
      return loss === null ? null : autograd.grad(loss, args, { allowUnused: true })
    }
    expectAsEager(step, leaves, after)
    expectAsEager(step, inner, after)
  })

  test('stay as they are when the function is called again', () => {
    const f = compile((x: Tensor) => [x.mul(2), x.sum()])
    const outputs = [1, 2, 3, 4].map((value) => f(full([3], value)))
    expect(outputs.map(([product, sum]) => [...values(product), ...values(sum)])).toEqual(
      [1, 2, 3, 4].map((value) => [2 * value, 2 * value, 2 * value, 3 * value])
    )
  })

  test('may be written to', () => {
    const f = compile((x: Tensor) => x.mul(2))
    for (const value of [1, 2, 3]) {
      const x = full([2], value)
      expect(values(f(x).add_(1))).toEqual([2 * value + 1, 2 * value + 1])
      expect(values(x)).toEqual([value, value])
    }
  })

  test('may be arguments of the next call', () => {
    const f = compile((x: Tensor) => x.mul(2).add(1))
    let x = ones(2)
    for (let i = 0; i < 6; i++) x = f(x)
    expect(values(x)).toEqual([127, 127])
    expect(f.programs).toHaveLength(1)
  })

  test('share memory where they do in eager mode', () => {
    const f = compile((x: Tensor) => {
      const product = x.mul(2)
      return [product, product.at(0)]
    })
    for (let i = 0; i < 3; i++) {
      const [product, first] = f(ones(2))
      first.fill_(7)
      expect(values(product)).toEqual([7, 2])
    }
  })
})

describe('arguments of a compiled function', () => {
  const sum = (x: Tensor, y: Tensor): Tensor => x.mul(3).add(y.exp())

  const arranged: Record<string, Make> = {
    'row-major tensors': pair,
    'transposed tensors': (source) => [random(source, 4, 3).t(), random(source, 4, 3).t()],
    'slices with steps': (source) => [
      random(source, 6, 8).at(slice(0, 6, 2), slice(0, 8, 2)),
      random(source, 3, 9).at(slice(), slice(1, 5))
    ],
    'expanded tensors': (source) => [random(source, 3, 1).expand(3, 4), random(source, 4).expand(3, 4)],
    'two views that share memory': (source) => {
      const all = random(source, 6, 4)
      return [all.at(slice(0, 3)), all.at(slice(3, 6))]
    },
    'two views that overlap': (source) => {
      const all = random(source, 5, 4)
      return [all.at(slice(0, 3)), all.at(slice(2, 5))]
    },
    'the later view first': (source) => {
      const all = random(source, 5, 4)
      return [all.at(slice(2, 5)), all.at(slice(0, 3))]
    },
    'scalars beside matrices': (source) => [random(source), random(source, 3, 4)],
    'no elements': () => [zeros(0, 4), zeros(0, 4)]
  }

  test.each(Object.entries(arranged))('may be %s', (_, make) => {
    expectAsEager(sum, make)
    const detached: Make = (source) => make(source).map((each) => each.detach().requiresGrad_())
    expectAsEager(sum, detached, (result: Tensor) => result.square().sum().backward())
    expectAsEager(
      (x, y) => [x.mul_(1), y.mul(2), x.add(1)],
      (source) => make(source).map((each) => each.clone())
    )
  })

  test('may be the same tensor twice, which has a program of its own', () => {
    const { call, runs } = counted((x: Tensor, y: Tensor) => x.add_(1).mul(y))
    for (let i = 0; i < 3; i++) {
      const [x, y] = [full([2], i), full([2], 3)]
      expect(values(call(x, y))).toEqual([3 * (i + 1), 3 * (i + 1)])
      const same = full([2], i)
      expect(values(call(same, same))).toEqual([(i + 1) ** 2, (i + 1) ** 2])
    }
    expect(runs()).toBe(2)
  })

  test('that begin to share memory get another program', () => {
    const { call, runs } = counted((x: Tensor, y: Tensor) => {
      x.add_(1)
      return y.clone()
    })
    const all = tensor([1, 2, 3])
    expect(values(call(ones(2), zeros(2)))).toEqual([0, 0])
    expect(values(call(all.at(slice(0, 2)), all.at(slice(1, 3))))).toEqual([3, 3])
    expect(values(all)).toEqual([2, 3, 3])
    expect(values(call(ones(2), zeros(2)))).toEqual([0, 0])
    expect(values(call(all.at(slice(0, 2)), all.at(slice(1, 3))))).toEqual([4, 3])
    expect(runs()).toBe(2)
  })

  test('may be slices of one big tensor at different offsets, for one program', () => {
    const data = randn(64, 3)
    const labels = rand(64, 2)
    const weight = randn(3, 2).requiresGrad_()
    const step = (x: Tensor, y: Tensor): Tensor => {
      weight.grad = null
      const loss = x.matmul(weight).sub(y).square().mean()
      loss.backward()
      return loss
    }
    const { call, runs } = counted(step)
    for (let i = 0; i < 64; i += 8) {
      const batch = [data.at(slice(i, i + 8)), labels.at(slice(i, i + 8))] as const
      const loss = call(...batch)
      const gradient = weight.grad!
      expect(tensorDifference(loss, step(...batch))).toBeNull()
      expect(tensorDifference(gradient, weight.grad!)).toBeNull()
    }
    expect(runs()).toBe(1)
  })

  test('may be slices of one tensor at once, of inputs and labels in columns', () => {
    const data = randn(40, 5)
    const { call, runs } = counted((x: Tensor, y: Tensor) => x.sum(1).sub(y).square().mean())
    for (let i = 0; i < 40; i += 10) {
      const rows = data.at(slice(i, i + 10))
      const batch = [rows.at(slice(), slice(0, 4)), rows.at(slice(), 4)] as const
      expect(tensorDifference(call(...batch), batch[0].sum(1).sub(batch[1]).square().mean())).toBeNull()
    }
    expect(runs()).toBe(1)
  })

  test('may be written to', () => {
    const steps: ((x: Tensor, y: Tensor) => unknown)[] = [
      (x, y) => x.add_(y),
      (x, y) => void x.mul_(2).sub_(y),
      (x, y) => [x.at(0).fill_(3), y.t().mul_(2), x.sum()],
      (x, y) => x.setAt(0, y.at(1)).clone(),
      (x, y) => y.copy_(x).add_(1),
      (x, y) => {
        const before = x.clone()
        x.zero_()
        return [before, y.add(x)]
      },
      (x, y) => x.detach().add_(y.detach())
    ]
    for (const step of steps) {
      expectAsEager(step, pair)
      noGrad(() => expectAsEager(step, leaves))
    }
  })

  test('may be nested', () => {
    const { call, runs } = counted((batch: { x: Tensor; y: Tensor[] }, scale: number) =>
      batch.y.reduce((total, each) => total.add(each), batch.x).mul(scale)
    )
    const of = (...numbers: number[]) => ({ x: ones(1), y: numbers.map((value) => full([1], value)) })
    expect(values(call(of(1, 2), 2))).toEqual([8])
    expect(values(call(of(3, 4), 2))).toEqual([16])
    expect(runs()).toBe(1)
    expect(values(call(of(3, 4), 3))).toEqual([24])
    expect(values(call(of(3), 3))).toEqual([12])
    expect(runs()).toBe(3)
    expect(values(call(of(5, 5), 3))).toEqual([33])
    expect(values(call(of(9), 3))).toEqual([30])
    expect(runs()).toBe(3)
  })

  test('may be missing', () => {
    const state = zeros(3)
    const { call, runs } = counted(() => state.add_(1).mul(2))
    for (const i of [1, 2, 3]) expect(values(call())).toEqual([2 * i, 2 * i, 2 * i])
    expect(runs()).toBe(1)
    expect(state.version).toBe(3)
  })

  test('of another shape, dtype, layout, requiresGrad or grad mode get programs of their own, which are kept', () => {
    const { call, runs } = counted((x: Tensor) => x.mul(2))
    const kinds: (() => Tensor)[] = [
      () => call(ones(2)),
      () => call(ones(3)),
      () => call(ones([2], { dtype: 'float64' })),
      () => call(ones(4).at(slice(0, 4, 2))),
      () => call(ones(2, { requiresGrad: true })),
      () => noGrad(() => call(ones(2, { requiresGrad: true }))),
      () => call(ones(2, { requiresGrad: true }).mul(1))
    ]
    const tell = (): string[] =>
      kinds.map((kind) => `${kind().dtype} ${values(kind().detach())} ${kind().requiresGrad}`)
    const first = tell()
    expect(runs()).toBe(kinds.length)
    expect(tell()).toEqual(first)
    expect(runs()).toBe(kinds.length)
    expect(call.programs.map(({ reason }) => reason).every((reason) => reason.length > 0)).toBe(true)
  })

  test('that hold themselves, or are nested too deep, are refused', () => {
    const list: unknown[] = []
    list.push([list])
    const object: Record<string, unknown> = {}
    object.next = { object }
    let deep: unknown = ones(1)
    for (let i = 0; i < 5000; i++) deep = i % 2 === 0 ? [deep] : { deep }
    const step = compile((_value: unknown) => ones(1))
    for (const value of [list, object, deep]) {
      for (const call of [() => step(value), () => step.prepare(value), () => compile(() => value)()])
        expect(thrown(call)).toBe('TypeError: compile: a value holds itself, or is nested more than 1000 deep')
    }
  })

  test('that take turns do not exceed maxPrograms', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const { call, runs } = counted((x: Tensor) => x.mul(2), { maxPrograms: 2 })
    for (const size of [1, 2, 3, 3, 2, 1]) expect(call(ones(size)).numel()).toBe(size)
    expect(call.programs).toHaveLength(2)
    expect(runs()).toBe(4)
    warn.mockRestore()
  })
})
