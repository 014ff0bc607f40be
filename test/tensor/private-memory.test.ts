// No property that a caller can reach leads to the bytes of a tensor: who holds a buffer could detach it under a
// running kernel.

import * as dyngrad from '../../lib'
import { compile, nn, ones, optim, rand } from '../../lib'

/** Paths of all buffers that lead from `root` over properties, entries and getters. */
function buffersFrom(root: object): string[] {
  const found: string[] = []
  const seen = new Set<unknown>([null, Object.prototype, Function.prototype])
  const queue: { value: unknown; path: string; isMade: boolean }[] = [{ value: root, path: '', isMade: false }]
  for (const { value, path, isMade } of queue) {
    if ((typeof value !== 'object' && typeof value !== 'function') || seen.has(value)) continue
    seen.add(value)
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      found.push(path)
      continue
    }
    if (value instanceof Map || value instanceof Set) {
      for (const entry of value) queue.push({ value: entry, path: `${path}[entry]`, isMade })
    }
    for (
      let owner = value;
      (owner !== null && !seen.has(owner)) || owner === value;
      owner = Object.getPrototypeOf(owner) as object
    ) {
      for (const key of Reflect.ownKeys(owner!)) {
        const isGetter = Object.getOwnPropertyDescriptor(owner, key)!.get !== undefined
        // A getter may make a tensor at each read, whose getters would go on without end.
        if (isGetter && isMade) continue
        let next: unknown
        try {
          next = Reflect.get(owner!, key, value)
        } catch {
          continue
        }
        queue.push({ value: next, path: `${path}.${String(key)}`, isMade: isMade || isGetter })
      }
    }
  }
  return found
}

const model = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU(), new nn.Linear(4, 1))
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 })
const step = (x: dyngrad.Tensor): dyngrad.Tensor => {
  optimizer.zeroGrad()
  const loss = model.forward(x).pow(2).mean()
  loss.backward()
  optimizer.step()
  return loss
}

const roots: Record<string, () => object | Promise<object>> = {
  'the package': () => dyngrad,
  'a tensor and its graph': () => {
    const x = rand([3, 4], { requiresGrad: true })
    const y = x.transpose(0, 1).mul(2).expand(2, 4, 3).sum().exp()
    y.backward({ retainGraph: true })
    return [x, y]
  },
  'an optimizer and its state': () => {
    step(ones(2, 3))
    return optimizer
  },
  'a compiled step': async () => {
    const compiled = compile(step)
    const x = ones(2, 3)
    const results = [compiled(x), compiled(x), await compiled.async(x)]
    return [compiled, results, compiled.explain()]
  }
}

test.each(Object.keys(roots))('%s leads to no bytes', async (name) => {
  expect(buffersFrom(await roots[name]())).toEqual([])
})
