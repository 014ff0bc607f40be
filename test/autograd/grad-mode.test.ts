// Leaves, requiresGrad and grad mode. (SEMANTICS 1-9)
import { runInNewContext } from 'node:vm'
import {
  type Tensor,
  argmax,
  enableGrad,
  isGradEnabled,
  maximum,
  noGrad,
  ones,
  onesLike,
  setGradEnabled,
  tensor,
  zerosLike
} from '../../lib'
import { thrown } from '../helpers/check'

const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true })
const flags = (x: Tensor): unknown[] => [x.requiresGrad, x.isLeaf, x.gradFn === null]

describe('leaves', () => {
  test('are the tensors without gradFn, results of unrecorded operations included', () => {
    expect(flags(ones(2).mul(2))).toEqual([false, true, true])
    expect(flags(leaf(1))).toEqual([true, true, true])
    expect(flags(leaf(1).mul(2))).toEqual([true, false, false])
    expect(flags(leaf(1).mul(2).detach())).toEqual([false, true, true])
  })

  test('decide when an operation runs: turning requiresGrad on later connects nothing', () => {
    const a = ones(2)
    const b = a.mul(2)
    a.requiresGrad = true
    expect(flags(b)).toEqual([false, true, true])
    expect(() => b.sum().backward()).toThrow('element 0 of tensors does not require grad and does not have a gradFn')
  })

  test('requiresGrad can be turned off on a leaf only; turning it on again on a result does nothing', () => {
    const w = leaf(1)
    const y = w.mul(2)
    expect(y.requiresGrad_()).toBe(y)
    expect(() => y.requiresGrad_(false)).toThrow(
      new Error(
        'you can only change requiresGrad flags of leaf variables. If you want to use a computed variable in a subgraph ' +
          "that doesn't require differentiation use varNoGrad = var.detach()."
      )
    )
    w.requiresGrad = false
    expect(w.mul(2).requiresGrad).toBe(false)
  })
})

describe('dtypes', () => {
  test.each(['int32', 'int64', 'uint8', 'bool'] as const)('%s cannot require a gradient', (dtype) => {
    const message = `Only Tensors of floating point and complex dtype can require gradients; this one is ${dtype}`
    expect(() => tensor([1], { dtype, requiresGrad: true })).toThrow(new TypeError(message))
    expect(() => ones(2, { dtype }).requiresGrad_()).toThrow(new TypeError(message))
  })

  test('integer and bool results require none; steps do, with a gradient of zeros', () => {
    const x = leaf(1.5, -2.5)
    for (const y of [argmax(x), x.gt(0), x.isnan(), x.long(), x.max(0).indices])
      expect(flags(y)).toEqual([false, true, true])
    for (const step of ['floor', 'ceil', 'round', 'trunc', 'sign'] as const) {
      const y = x[step]()
      expect(flags(y)).toEqual([true, false, false])
      x.grad = null
      y.sum().backward()
      expect(String(x.grad)).toBe('tensor([0., 0.])')
    }
  })

  test('zerosLike, onesLike and comparisons do not inherit requiresGrad', () => {
    const x = leaf(1, 2)
    for (const y of [zerosLike(x), onesLike(x), x.eq(x)]) expect(y.requiresGrad).toBe(false)
  })
})

describe('noGrad()', () => {
  test('makes results that require nothing, yet a factory still makes leaves that do', () => {
    const w = leaf(1)
    noGrad(() => {
      expect(flags(w.mul(2))).toEqual([false, true, true])
      expect(flags(leaf(3))).toEqual([true, true, true])
    })
  })

  test('nests with enableGrad, and both restore the mode when the body throws', () => {
    const modes: boolean[] = []
    const note = (): void => void modes.push(isGradEnabled())
    noGrad(() => {
      note()
      enableGrad(() => {
        note()
        noGrad(note)
        note()
      })
      note()
    })
    note()
    expect(modes).toEqual([false, true, false, true, false, true])
    const fail = (): never => {
      throw new Error('body')
    }
    expect(() => noGrad(fail)).toThrow('body')
    expect(isGradEnabled()).toBe(true)
    noGrad(() => {
      expect(() => enableGrad(fail)).toThrow('body')
      expect(isGradEnabled()).toBe(false)
    })
  })

  const laters: [string, () => unknown][] = [
    ['a promise', () => Promise.resolve(1)],
    ['a promise that is rejected', () => Promise.reject(new Error('body'))],
    ['a promise of another realm', () => runInNewContext('Promise.resolve(1)') as unknown],
    ['a thenable', () => ({ then: (resolve: (value: number) => void) => resolve(1) })],
    ['a function that is a thenable', () => Object.assign(() => 1, { then: () => undefined })]
  ]

  test.each(laters)('throws where its function returns %s', async (_, body) => {
    const unhandled = jest.fn()
    process.on('unhandledRejection', unhandled)
    for (const [name, within, mode] of [
      ['noGrad', noGrad, true],
      ['enableGrad', enableGrad, false]
    ] as const) {
      setGradEnabled(mode)
      expect(thrown(() => within(body))).toBe(
        `TypeError: ${name}: the function returns a Promise, but the mode ends when it returns; await first and wrap the synchronous part`
      )
      expect(isGradEnabled()).toBe(mode)
      setGradEnabled(true)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  const generators: [string, () => unknown][] = [
    [
      'a generator',
      function* () {
        yield 1
      }
    ],
    [
      'an asynchronous generator',
      async function* () {
        yield await Promise.resolve(1)
      }
    ]
  ]

  test.each(generators)('throws where its function is %s', (_, body) => {
    for (const [name, within] of Object.entries({ noGrad, enableGrad })) {
      expect(thrown(() => within(body))).toBe(
        `TypeError: ${name}: the function is a generator, whose body runs when the mode has ended; call ${name} inside it`
      )
    }
  })

  test('returns what is neither a promise nor a generator', () => {
    const value = { next: 1, then: 2 }
    expect(noGrad(() => value)).toBe(value)
    const fn = (): number => 1
    expect(noGrad(() => fn)).toBe(fn)
  })

  test('a hook of a tensor that returns a Promise throws', () => {
    const x = ones(1, { requiresGrad: true })
    x.registerHook((async () => Promise.resolve()) as never)
    expect(thrown(() => x.mul(2).backward())).toBe(
      'TypeError: registerHook: the hook returns a Promise, but backward does not wait for it; hooks are synchronous'
    )
  })

  test('setGradEnabled() sets the mode until it is set again', () => {
    setGradEnabled(false)
    try {
      expect([isGradEnabled(), leaf(1).mul(2).requiresGrad]).toEqual([false, false])
    } finally {
      setGradEnabled(true)
    }
    expect(leaf(1).mul(2).requiresGrad).toBe(true)
  })

  test('a view that is made in it says that it requires grad, without history', () => {
    const w = leaf(1, 2)
    const y = w.mul(1)
    const [ofLeaf, ofResult, viewOfView] = noGrad(() => [
      w.narrow(0, 0, 1),
      y.narrow(0, 0, 1),
      w.narrow(0, 0, 1).view(1)
    ])
    for (const view of [ofLeaf, ofResult, viewOfView]) expect(flags(view)).toEqual([true, true, true])
    expect(flags(noGrad(() => ones(2).narrow(0, 0, 1)))).toEqual([false, true, true])
  })
})

describe('aliases', () => {
  test('detach() shares the elements and the version counter, so that a write through it is noticed', () => {
    const x = leaf(0, 1)
    const y = x.exp()
    const d = y.detach()
    d.add_(1)
    expect([y.version, d.version]).toEqual([1, 1])
    expect(() => y.sum().backward()).toThrow(
      'one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2]]'
    )
  })

  test('.data shares the elements but not the counter, so that a write through it goes unnoticed', () => {
    const x = leaf(0, 1)
    const y = x.exp()
    y.data.add_(1)
    expect(y.version).toBe(0)
    y.sum().backward()
    const [first, second] = x.grad!.tolist<number[]>()
    expect(first).toBe(2)
    expect(second).toBeCloseTo(Math.E + 1, 6)
  })

  test('conversions that change nothing return the very same tensor; views of unchanged shape do not', () => {
    const x = tensor([[1, 2]], { requiresGrad: true }) // prettier-ignore
    expect(x.contiguous()).toBe(x)
    expect(x.to('float32')).toBe(x)
    expect(x.float()).toBe(x)
    expect(String(x.expand(1, 2).gradFn)).toBe('<ExpandBackward0>')
    expect(String(x.view(1, 2).gradFn)).toBe('<ViewBackward0>')
    expect(String(x.double().gradFn)).toBe('<ToCopyBackward0>')
  })

  test('maximum with a detached self gives that side no gradient', () => {
    const x = leaf(1, 2)
    maximum(x.detach(), x).sum().backward()
    expect(String(x.grad)).toBe('tensor([0.5000, 0.5000])')
  })
})
