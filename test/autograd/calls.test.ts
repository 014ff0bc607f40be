// PyTorch's orders of the arguments of backward and grad, of the methods of tensors and of the grad modes, and what
// they refuse.

import {
  type Tensor,
  autograd,
  compile,
  enableGrad,
  getNumThreads,
  isGradEnabled,
  noGrad,
  ones,
  setGradEnabled,
  setNumThreads,
  tensor
} from '../../lib'
import { thrown } from '../helpers/check'

const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true })

test('backward of a tensor', () => {
  const w = leaf(1, 2)
  w.mul(3).backward(tensor([1, 10]))
  expect(w.grad!.tolist()).toEqual([3, 30])
  const y = w.mul(w)
  y.backward(ones(2), true)
  y.backward({ gradient: ones(2), retainGraph: null })
  expect(w.grad!.tolist()).toEqual([7, 38])
  const v = leaf(1)
  const z = v.mul(v).mul(w.sum())
  z.backward(null, null, true, [v])
  expect([v.grad!.requiresGrad, v.grad!.tolist(), w.grad!.tolist()]).toEqual([true, [6], [7, 38]])
})

test('autograd.backward', () => {
  const [a, b] = [leaf(1), leaf(2)]
  autograd.backward([a.mul(2), a.mul(b)], [null, tensor([3])])
  expect([a.grad, b.grad].map(String)).toEqual(['tensor([8.])', 'tensor([3.])'])
  const y = a.mul(b)
  autograd.backward(y, null, true, false, null, b)
  autograd.backward({ tensors: y, gradTensors: tensor([2]), inputs: [b] })
  expect([a.grad, b.grad].map(String)).toEqual(['tensor([8.])', 'tensor([6.])'])
})

test('autograd.grad', () => {
  const [x, unused] = [leaf(1, 2), leaf(1)]
  expect(String(autograd.grad(x.mul(3), x, tensor([1, 10])))).toBe('tensor([ 3., 30.])')
  const [first] = autograd.grad(x.pow(3), x, ones(2), null, true)
  expect(first.requiresGrad).toBe(true)
  const y = x.sum()
  expect(autograd.grad(y, [x, unused], null, true, false, true, true).map(String)).toEqual(['tensor([1., 1.])', 'null'])
  expect(autograd.grad({ outputs: y, inputs: x }).map(String)).toEqual(['tensor([1., 1.])'])
})

test('methods of tensors', () => {
  const x = ones(2, 3)
  expect([x.size(), x.size(null), x.size(1), x.size({ dim: -1 })]).toEqual([[2, 3], [2, 3], 3, 3])
  expect([x.stride(), x.stride({ dim: 0 }), x.stride(1)]).toEqual([[3, 1], 3, 1])
  expect([x.requiresGrad_({ requiresGrad: true }).requiresGrad, x.requiresGrad_(false).requiresGrad]).toEqual([
    true,
    false
  ])
  const w = leaf(1)
  const seen: string[] = []
  w.registerHook({ hook: (gradient) => void seen.push(String(gradient)) })
  w.mul(2).backward()
  expect(seen).toEqual(['tensor([2.])'])
})

test('grad modes, threads and compile', () => {
  expect([noGrad({ body: isGradEnabled }), noGrad(() => enableGrad({ body: isGradEnabled }))]).toEqual([false, true])
  setGradEnabled({ mode: false })
  expect(isGradEnabled()).toBe(false)
  setGradEnabled(true)
  const threads = getNumThreads()
  setNumThreads({ count: 1 })
  expect(getNumThreads()).toBe(1)
  setNumThreads(threads)
  const step = compile({ fn: (input: Tensor) => input.mul(2), maxPrograms: 1 })
  expect([step(ones(1)).item(), step(ones(1)).item()]).toEqual([2, 2])
  expect(step.programs[0]?.kernelTimes({ repeats: 2 })).toHaveLength(1)
})

const x = ones(2)
const scalar = (): Tensor => leaf(1).mul(1)

test.each<[string, () => unknown]>([
  ['TypeError: item() takes 0 positional arguments but 1 was given', () => x.item(...([1] as never[] as []))],
  ['TypeError: detach() takes 0 positional arguments but 1 was given', () => x.detach(...([{}] as never[] as []))],
  ['TypeError: size() takes 1 positional argument but 2 were given', () => x.size(...([0, 1] as unknown as [number]))],
  ["TypeError: size: dim must be an integer, got 'a'", () => x.size('a' as never)],
  [
    "TypeError: size() got an unexpected keyword argument 'axis'; did you mean 'dim'?",
    () => x.size({ axis: 1 } as never)
  ],
  ["TypeError: requiresGrad_(): argument 'requiresGrad' must be bool, not number", () => x.requiresGrad_(1 as never)],
  [
    "TypeError: requiresGrad_() got an unexpected keyword argument 'requires_grad'; did you mean 'requiresGrad'?",
    () => x.requiresGrad_({ requires_grad: true } as never)
  ],
  ['TypeError: registerHook: hook must be a function, got 1', () => scalar().registerHook(1 as never)],
  ["TypeError: noGrad() missing 1 required argument: 'body'", () => Reflect.apply(noGrad, undefined, [])],
  [
    'TypeError: noGrad() takes 1 positional argument but 2 were given',
    () => Reflect.apply(noGrad, undefined, [() => 1, 2]) as unknown
  ],
  [
    'TypeError: isGradEnabled() takes 0 positional arguments but 1 was given',
    () => isGradEnabled(...([true] as never[] as []))
  ],
  [
    "TypeError: setGradEnabled(): argument 'mode' must be bool, not number",
    () => {
      setGradEnabled(1 as never)
    }
  ],
  [
    'TypeError: backward: element 1 of gradTensors must be a Tensor or null, got 2; use tensor(2)',
    () => {
      autograd.backward([scalar(), scalar()], [null, 2 as never])
    }
  ],
  [
    'TypeError: backward: gradVariables is not supported; it may only be null, got Tensor',
    () => {
      autograd.backward(scalar(), null, null, false, x as never)
    }
  ],
  [
    'TypeError: grad: materializeGrads is not supported; it may only be false, got boolean',
    () => autograd.grad(scalar(), leaf(1), { materializeGrads: true as never })
  ],
  [
    'TypeError: backward: gradient must be a Tensor, got 2; use tensor(2)',
    () => {
      scalar().backward(2 as never)
    }
  ],
  ['TypeError: compile: fn must be a function, got 1', () => compile(1 as never)],
  [
    "TypeError: compile() got an unexpected keyword argument 'maxPrograme'; did you mean 'maxPrograms'?",
    () => compile(() => 1, { maxPrograme: 1 } as never)
  ],
  [
    'TypeError: explain() takes 0 positional arguments but 1 was given',
    () => compile(() => 1).explain(...([1] as never[] as []))
  ]
])('%s', (message, call) => expect(thrown(call)).toBe(message))
