// What a capture of a step is told: launches with who throws their errors, what was read and set, constants, and what
// cannot be repeated. Gradients that wait in a program's memory are the other side of the same door.

import { inspect } from 'node:util'
import {
  type Subscript,
  Generator,
  type Tensor,
  argmax,
  autograd,
  bernoulli,
  enableGrad,
  full,
  gather,
  isGradEnabled,
  manualSeed,
  matmul,
  nn,
  noGrad,
  normal,
  ones,
  optim,
  randn,
  setGradEnabled,
  tensor,
  zeros
} from 'dyngrad'
import { AutogradMeta } from '../../lib/tensor'
import { moduleHooks } from '../../lib/recording'
import { storageChanges } from '../../lib/storage'
import { thrown } from '../helpers/check'
import { type Heard, listen, relaunch } from '../helpers/listen'

const same = (value: Tensor): Tensor => value
const long = (values: number[]): Tensor => tensor(values, { dtype: 'int64' })

describe('the failure of a launch', () => {
  const x = ones(2, 3)
  const rows = long([0, 1])
  const four = long([4, 4])
  const half = full([2], 0.5)
  // An op, with values that fit and values that do not, and what the latter give.
  const checks: [string, op: (values: Tensor) => unknown, fit: Tensor, unfit: Tensor, message: string][] = [
    [
      'at()',
      (index) => x.at(index),
      long([0, -2]),
      long([0, 2]),
      'RangeError: index 2 is out of bounds for dimension 0 with size 2'
    ],
    [
      'at() of two',
      (index) => x.at(rows, index),
      long([0, -3]),
      long([0, -4]),
      'RangeError: index -4 is out of bounds for dimension 1 with size 3'
    ],
    [
      'setAt()',
      (index) => x.setAt(index, 1),
      long([0, 1]),
      long([0, 7]),
      'RangeError: index 7 is out of bounds for dimension 0 with size 2'
    ],
    [
      'gather()',
      (index) => gather(x, 0, index),
      tensor([[1]], { dtype: 'int32' }),
      tensor([[-1]], { dtype: 'int32' }),
      'RangeError: index -1 is out of bounds for dimension 0 with size 2'
    ],
    [
      'indexSelect()',
      (index) => x.indexSelect(1, index),
      long([0, 2]),
      long([0, 3]),
      'RangeError: index out of range in self; indexSelect: index 3 is out of bounds for dimension 1 with size 3'
    ],
    [
      'nllLoss()',
      (target) => nn.functional.nllLoss(x, target, { ignoreIndex: 9 }),
      long([2, 9]),
      long([9, 3]),
      'RangeError: Target 3 is out of bounds for 3 classes'
    ],
    [
      'binaryCrossEntropy()',
      (target) => nn.functional.binaryCrossEntropy(half, target),
      ones(2),
      tensor([0, 2]),
      'RangeError: all elements of target should be between 0 and 1; one lies outside, or is NaN'
    ],
    [
      'integer division',
      (divisor) => four.floorDivide(divisor),
      long([1, 2]),
      long([1, 0]),
      'RangeError: ZeroDivisionError'
    ],
    [
      'normal()',
      (std) => normal(0, std),
      tensor([0, 1]),
      tensor([1, -1]),
      'RangeError: normal expects all elements of std >= 0.0'
    ],
    [
      'bernoulli()',
      (p) => bernoulli(p),
      tensor([0, 1]),
      tensor([0, 1.5]),
      'RangeError: Expected p_in >= 0 && p_in <= 1 to be true, but got false. bernoulli: p is a tensor of probabilities'
    ]
  ]

  test.each(checks)('%s: a replay throws what the eager run throws', (_name, op, fit, unfit, message) => {
    const eager = thrown(() => op(unfit))
    expect(eager.startsWith(message)).toBe(true)
    const values = fit.clone()
    const { launches } = listen(() => op(values))
    for (const launch of launches) relaunch(launch)
    values.copy_(unfit)
    expect(thrown(() => launches.forEach(relaunch))).toBe(eager)
  })

  test('tells its message from what the failing run has', () => {
    const index = long([0, 1])
    const { failure } = listen(() => gather(ones(2), 0, index)).launches.at(-1)!
    expect(failure.reads).toHaveLength(1)
    expect(failure.reads![0]).toBe(index)
    const at = (read: Tensor): Tensor => (read === index ? long([0, 5]) : read)
    expect(() => failure.fail(1, at)).toThrow('index 5 is out of bounds for dimension 0 with size 2')
  })

  test('of kernels without checks is a bug of ours', () => {
    for (const op of [() => matmul(ones(2, 2), ones(2, 2)), () => argmax(ones(2)), () => randn(2)]) {
      const { launches } = listen(op)
      expect(thrown(() => launches.at(-1)!.failure.fail(1, same))).toMatch('Error: internal: ')
      expect(launches.at(-1)!.failure.reads).toBeUndefined()
    }
  })

  test('breaks the recording, since the step may catch it and go on; its message may read values', () => {
    const { broken, launches } = listen(() => {
      expect(() => ones(2).at(rows.add(3))).toThrow('index 3 is out of bounds')
    })
    expect(broken).toEqual(['a check failed inside the step and was caught there'])
    expect(launches).toHaveLength(2)
  })
})

describe('what was read and set', () => {
  // By identity, since Jest compares tensors by their elements.
  function expectIn(list: Heard['guards'], owner: object, key: string, value: unknown): void {
    const found = list.some((each) => each.owner === owner && each.key === key && each.value === value)
    if (!found) throw new Error(`${key} was not announced`)
  }

  const keys = (list: readonly { key: string }[]): string[] => list.map(({ key }) => key)

  test('reading a gradient announces before, setting it announces after', () => {
    const w = ones(2).requiresGrad_()
    expect(keys(listen(() => w.grad).guards)).toEqual(['grad'])
    const { guards, settings, writes } = listen(() => (w.grad = ones(2)))
    expect(guards).toEqual([])
    expectIn(settings, w, 'grad', null)
    expect(writes).toHaveLength(1)
    expectIn(writes, w, 'grad', w.grad)
    // Also where nothing changes here: the next time something may be there.
    const empty = ones(2)
    expect(keys(listen(() => (empty.grad = null)).writes)).toEqual(['grad'])
  })

  test('backward announces the gradients of leaves, of retained tensors and of inputs', () => {
    const w = ones(2).requiresGrad_()
    const middle = w.mul(2)
    middle.retainGrad()
    const { guards, writes } = listen(() => middle.sum().backward())
    for (const owner of [w, middle]) {
      expectIn(guards, owner, 'grad', null)
      expectIn(writes, owner, 'grad', owner.grad)
    }
    const fresh = ones(2).requiresGrad_()
    const chosen = listen(() => autograd.backward(w.mul(2).mul(fresh).sum(), { inputs: [w, fresh] }))
    expectIn(chosen.guards, w, 'grad', w.grad)
    expect(chosen.writes).toHaveLength(1)
    expectIn(chosen.writes, fresh, 'grad', fresh.grad)
    expect(w.grad!.tolist()).toEqual([4, 4])
  })

  test('hooks that a leaf has', () => {
    const w = ones(2).requiresGrad_()
    const step = (): void => w.mul(2).sum().backward()
    const hooks = (): unknown => listen(step).guards.find(({ key }) => key === 'hooks')!.value
    expect(hooks()).toBeNull()
    const remove = w.registerHook(() => undefined)
    expect(hooks()).toHaveLength(1)
    remove()
    expect(hooks()).toBeNull()
  })

  test('zeroGrad, in both ways', () => {
    const w = ones(2).requiresGrad_()
    w.sum().backward()
    const optimizer = new optim.SGD([w])
    const filled = listen(() => optimizer.zeroGrad({ setToNone: false }))
    expectIn(filled.guards, w, 'grad', w.grad)
    expect(filled.launches).toHaveLength(1)
    expectIn(filled.guards, optimizer.paramGroups[0].params, '0', w)
    expectIn(listen(() => optimizer.zeroGrad()).writes, w, 'grad', null)
  })

  test('parameters, their state and its fields, in SGD', () => {
    const w = ones(2).requiresGrad_()
    const optimizer = new optim.SGD([w], { momentum: 0.9 })
    w.grad = ones(2)
    const first = listen(() => optimizer.step())
    expectIn(first.guards, optimizer.paramGroups[0].params, '0', w)
    expect(first.guards).toContainEqual(expect.objectContaining({ key: 'present', value: undefined }))
    const state = optimizer.state.get(w)!
    expectIn(first.writes, state, 'momentumBuffer', state.momentumBuffer)

    const second = listen(() => optimizer.step())
    const entry = second.guards.find(({ key }) => key === 'present')!
    expect(entry.value).toBe(state)
    expect(entry.owner).toBe(first.writes.find(({ key }) => key === 'present')!.owner)
    expect(second.writes).toEqual([])
    // A replay sets and takes away what a step set.
    entry.owner.present = undefined
    expect(optimizer.state.size).toBe(0)
    entry.owner.present = state
    expect(optimizer.state.get(w)).toBe(state)
  })

  test('new state and the largest averages, in Adam', () => {
    const w = ones(2).requiresGrad_()
    const optimizer = new optim.Adam([w])
    w.grad = ones(2)
    const first = listen(() => optimizer.step())
    expect(keys(first.writes)).toEqual(['present', 'step', 'expAvg', 'expAvgSq', 'maxExpAvgSq'])
    optimizer.paramGroups[0].amsgrad = true
    const second = listen(() => optimizer.step())
    expect(keys(second.writes)).toEqual(['maxExpAvgSq'])
    expectIn(second.guards, optimizer.state.get(w)!, 'maxExpAvgSq', null)
  })

  test('grad mode, when it is set until it is set again', () => {
    expect(listen(() => noGrad(() => enableGrad(() => isGradEnabled())))).toMatchObject({ guards: [], writes: [] })
    const outside = listen(() => {
      setGradEnabled(false)
      setGradEnabled(true)
    })
    expect(outside.writes.map(({ value }) => value)).toEqual([false, true])
    const inside = listen(() => noGrad(() => setGradEnabled(false)))
    expect(inside.writes.map(({ value }) => value)).toEqual([false, true])
  })

  test('modules: training mode, members of containers, hooks', () => {
    const net = new nn.Sequential(new nn.Tanh(), new nn.Sigmoid())
    expect(listen(() => net.eval()).writes).toContainEqual({ owner: net, key: 'training', value: false })
    const { guards, keys: fields } = listen(() => net.forward(ones(1)))
    expect(guards.map(({ key, value }) => [key, value])).toEqual([
      ['0', net.at(0)],
      ['1', net.at(1)]
    ])
    expect(fields).toEqual([[net, ['0', '1', 'dyngrad']]])
    const list = new nn.ModuleList([new nn.Tanh()])
    for (const read of [() => list.at(0), () => [...list], () => list.parameters()]) {
      const heard = listen(read)
      expect([keys(heard.guards), heard.keys[0]]).toEqual([['0'], [list, ['0', 'dyngrad']]])
    }
    const before = moduleHooks.changes
    const remove = net.registerForwardHook(() => undefined)
    expect(moduleHooks.changes).toBe(before + 1)
    remove()
    expect(moduleHooks.changes).toBe(before + 2)
  })

  test('the seed of a generator', () => {
    manualSeed(4)
    const { settings, writes, launches, broken } = listen(() => manualSeed(5))
    expect(settings.map(({ value }) => value)).toEqual([4n])
    expect(writes.map(({ value }) => value)).toEqual([5n])
    expect(launches).toHaveLength(1)
    expect(broken).toEqual([])
  })
})

describe('constants', () => {
  const x = (): Tensor => tensor([[1, 2, 3], [4, 5, 6]]) // prettier-ignore
  const data = x()
  const subscripts: [string, Subscript[]][] = [
    ['indices', [[1, 0]]],
    ['booleans', [[true, false]]],
    ['booleans at another dim', ['...', [true, false, true]]],
    ['one boolean', [true]],
    ['no element', [[]]]
  ]

  test.each(subscripts)('a list of %s is one', (_name, list) => {
    const { constants, broken, launches } = listen(() => data.at(...list))
    expect(constants).toHaveLength(1)
    expect(launches[0].operands).toContain(constants[0])
    expect(broken).toEqual([])
  })

  test('a list of booleans takes what a mask takes', () => {
    expect(data.at([false, true]).tolist()).toEqual(data.at(tensor([false, true])).tolist())
    expect(
      data
        .clone()
        .setAt([[false, true]], 0)
        .sum()
        .item()
    ).toBe(6)
    expect(thrown(() => data.at([true]))).toBe(thrown(() => data.at(tensor([true]))))
  })

  test('a BigInt beyond the exact numbers is one', () => {
    const { constants, broken } = listen(() => full([2], 2n ** 60n))
    expect(constants).toHaveLength(1)
    expect(broken).toEqual([])
    expect(full([2], 2n ** 60n).toTypedArray()).toEqual(BigInt64Array.of(2n ** 60n, 2n ** 60n))
  })

  test('a copy of a tensor is a launch', () => {
    const { constants, launches } = listen(() => tensor(data, { dtype: 'float64' }))
    expect(constants).toEqual([])
    expect(launches[0].operands[0]).toBe(data.storage)
  })
})

describe('what cannot be captured', () => {
  const w = ones(2)
  const READS = 'reads a value while recording; return the tensor and read it after the call'
  const MASK = 'compile: indexing with a mask gives a shape that depends on values; use where(), or a list of booleans'
  const CONSTANT = 'compile: tensor() makes a constant while recording; make it before the step'
  const optimizer = new optim.SGD([w])
  const refused: [string, () => unknown, string][] = [
    ['item()', () => w.sum().item(), `compile: item() ${READS}`],
    ['tolist()', () => w.tolist(), `compile: tolist() ${READS}`],
    ['toTypedArray()', () => w.toTypedArray(), `compile: toTypedArray() ${READS}`],
    ['String(x)', () => String(w), `compile: String(tensor) ${READS}`],
    ['console.log(x)', () => inspect(w), `compile: String(tensor) ${READS}`],
    ['JSON', () => JSON.stringify(w), `compile: JSON ${READS}`],
    ['conversion', () => Number(w), `compile: conversion to a primitive ${READS}`],
    ['a mask', () => w.at(w.ge(0)), MASK],
    ['a mask of no dims', () => w.at(w.sum().ge(0)), MASK],
    ['writing through a mask', () => w.setAt([w.ge(0)], 1), MASK],
    ['tensor() of numbers', () => tensor([1]), CONSTANT],
    ['tensor() of a typed array', () => tensor(Float32Array.of(1)), CONSTANT],
    [
      'a seed by chance',
      () => new Generator(),
      'compile: seed() takes a new seed at each call; call it outside the step'
    ],
    [
      'other data',
      () => (w.data = ones(3)),
      'compile: assigning data gives the tensor other memory, which a replay does not repeat; write with copy_()'
    ],
    [
      'loading an optimizer',
      () => optimizer.loadStateDict(optimizer.stateDict()),
      'compile: loadStateDict() changes the optimizer, which a replay does not repeat; call it outside the step'
    ],
    [
      'new parameters',
      () => optimizer.addParamGroup({ params: [ones(1)] }),
      'compile: addParamGroup() changes the optimizer, which a replay does not repeat; call it outside the step'
    ]
  ]

  test.each(refused)('%s throws, and breaks a recording that catches it', (_name, step, message) => {
    let error = ''
    const { broken } = listen(() => (error = thrown(step)))
    expect(error).toBe(`CompileError: ${message}`)
    expect(broken).toHaveLength(1)
  })
})

describe('a gradient that waits in memory', () => {
  function waiting(): { w: Tensor; made: Tensor[] } {
    const w = ones(2).requiresGrad_()
    const made: Tensor[] = []
    w.ensureMeta().pending = {
      materialise() {
        made.push(full([2], 3))
        return made.at(-1)!
      }
    }
    return { w, made }
  }

  test('becomes a tensor once, for whoever reads it first', () => {
    const { w, made } = waiting()
    expect(made).toHaveLength(0)
    expect(w.grad!.tolist()).toEqual([3, 3])
    expect(w.grad).toBe(made[0])
    expect(made).toHaveLength(1)
  })

  test('is seen by backward, optimizers and modules', () => {
    const { w } = waiting()
    w.sum().backward()
    expect(w.grad!.tolist()).toEqual([4, 4])
    const chosen = waiting().w
    autograd.backward(chosen.sum(), { inputs: chosen })
    expect(chosen.grad!.tolist()).toEqual([4, 4])
    const moved = waiting().w
    new optim.SGD([moved], { lr: 1 }).step()
    expect(moved.tolist()).toEqual([-2, -2])
    const zeroed = waiting().w
    new optim.SGD([zeroed]).zeroGrad({ setToNone: false })
    expect(zeroed.grad!.tolist()).toEqual([0, 0])
  })

  test('is dropped unmade by an assignment', () => {
    for (const value of [null, zeros(2)]) {
      const { w, made } = waiting()
      w.grad = value
      expect(w.grad).toBe(value)
      expect(made).toHaveLength(0)
    }
  })

  test('is made without a word to a recorder', () => {
    const { w } = waiting()
    const { launches, guards } = listen(() => w.grad)
    expect(launches).toHaveLength(0)
    expect(guards).toHaveLength(1)
  })

  test('stays when it cannot be made', () => {
    const meta = new AutogradMeta()
    const pending = {
      materialise(): Tensor {
        throw new Error('later')
      }
    }
    meta.pending = pending
    expect(() => meta.grad).toThrow('later')
    expect(meta.pending).toBe(pending)
  })
})

test('assigning data counts, and marks the storage that is let go', () => {
  const x = ones(2)
  const before = x.storage
  const { count } = storageChanges
  expect(before.changes).toBe(0)
  x.data = zeros(3)
  expect(before.changes).toBe(1)
  expect(x.storage.changes).toBe(0)
  expect(storageChanges.count).toBe(count + 1)
})
