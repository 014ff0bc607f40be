// Hooks on leaves whose gradient is complete.

import { type Tensor, autograd, compile, noGrad, ones, tensor } from '../../lib'
import { thrown } from '../helpers/check'

const leaf = (): Tensor => tensor([1, 2], { requiresGrad: true })

test('see the leaf with its gradient, in the order of registration, once for each backward', () => {
  const x = leaf()
  const seen: unknown[] = []
  x.registerHook(() => {
    seen.push('gradient')
  })
  x.registerPostAccumulateGradHook((p) => {
    seen.push([p === x, p.grad!.tolist()])
  })
  const second = x.registerPostAccumulateGradHook(() => {
    seen.push('second')
  })
  x.mul(x).add(x).sum().backward()
  expect(seen).toEqual(['gradient', [true, [3, 5]], 'second'])
  second.remove()
  x.sum().backward()
  expect(seen.slice(3)).toEqual(['gradient', [true, [4, 6]]])
})

test('may be removed more than once', () => {
  const x = leaf()
  const handles = [x.registerPostAccumulateGradHook(() => undefined), x.registerHook(() => undefined)]
  for (const handle of [...handles, ...handles]) handle.remove()
  x.sum().backward()
  expect(x.grad!.tolist()).toEqual([1, 1])
})

test('update the leaf and drop its gradient', () => {
  const x = leaf()
  x.registerPostAccumulateGradHook((p) => {
    noGrad(() => p.sub_(p.grad!))
    p.grad = null
  })
  x.mul(3).sum().backward()
  expect([x.tolist(), x.grad]).toEqual([[-2, -1], null])
})

test('do not run for autograd.grad, which leaves the grad alone', () => {
  const x = leaf()
  let calls = 0
  x.registerPostAccumulateGradHook(() => {
    calls++
  })
  expect(autograd.grad(x.mul(2).sum(), x)[0].tolist()).toEqual([2, 2])
  expect(calls).toBe(0)
})

test('run in a compiled step as in an eager one', () => {
  const run = (step: (fn: (x: Tensor) => Tensor) => (x: Tensor) => Tensor): unknown => {
    const w = tensor([3], { requiresGrad: true })
    w.registerPostAccumulateGradHook((p) => {
      noGrad(() => p.sub_(p.grad!.mul(0.1)))
      p.grad = null
    })
    const train = step((x) => {
      const loss = w.mul(x).sum()
      loss.backward()
      return loss.detach()
    })
    return Array.from({ length: 4 }, (_, i) => train(ones(2).mul(i)).item())
  }
  expect(run((fn) => compile(fn))).toEqual(run((fn) => fn))
})

test('added or removed after a program was made are seen', () => {
  const w = leaf()
  const train = compile(() => {
    w.sum().backward()
  })
  train()
  train()
  let calls = 0
  const handle = w.registerPostAccumulateGradHook(() => {
    calls++
  })
  train()
  handle()
  train()
  expect([calls, w.grad!.tolist()]).toEqual([1, [4, 4]])
})

test('are refused where there is no leaf, and where they return something', () => {
  const x = leaf()
  expect(thrown(() => x.mul(2).registerPostAccumulateGradHook(() => undefined))).toBe(
    'Error: post accumulate grad hooks cannot be registered on non-leaf tensors'
  )
  expect(thrown(() => ones(2).registerPostAccumulateGradHook(() => undefined))).toBe(
    "Error: cannot register a hook on a tensor that doesn't require gradient"
  )
  x.registerPostAccumulateGradHook((() => 5) as () => void)
  expect(thrown(() => x.sum().backward())).toBe(
    'TypeError: registerPostAccumulateGradHook expected a hook to return nothing, got number; set the grad instead'
  )
  const y = leaf()
  y.registerPostAccumulateGradHook((async () => undefined) as () => void)
  expect(thrown(() => y.sum().backward())).toBe(
    'TypeError: registerPostAccumulateGradHook: the hook returns a Promise, but backward does not wait for it; hooks are ' +
      'synchronous'
  )
})
