// Tensors through postMessage() and structuredClone().

import { MessageChannel, Worker, receiveMessageOnPort } from 'node:worker_threads'
import {
  type Tensor,
  type Transferable,
  type Transferred,
  add,
  autograd,
  compile,
  fromTransferable,
  nn,
  ones,
  optim,
  rand,
  tensor,
  zeros
} from '../../lib'
import { thrown } from '../helpers/check'

const MOVED =
  'Error: the bytes of this tensor were moved away by toTransferable(); send a clone(), or use toTransferable({ copy: true })'

/** What arrives at the other end of a channel. */
function sent(data: Transferable, list: readonly ArrayBuffer[] = data.transferList): Transferred {
  const { port1, port2 } = new MessageChannel()
  try {
    port1.postMessage(data, [...list])
    return (receiveMessageOnPort(port2) as { message: Transferred }).message
  } finally {
    port1.close()
  }
}

const large = (): Tensor => rand([64, 128]).add(0)
const makers: Record<string, () => Tensor> = {
  'without dims': () => tensor(3),
  empty: () => zeros([0, 3]),
  bool: () => tensor([true, false, true]),
  int64: () => tensor([1n, -(2n ** 60n)]),
  float64: () => tensor([0.1, NaN], { dtype: 'float64' }),
  uint8: () => tensor(new Uint8Array([1, 255])),
  int32: () => tensor([1, 2], { dtype: 'int32' }),
  float16: () => tensor([1, NaN, -0], { dtype: 'float16' }),
  'a part of bfloat16': () => rand([4, 6]).to('bfloat16').t().narrow(0, 1, 3),
  'a transposed view': () => rand([3, 4]).t(),
  'a part of a larger one': () => rand([300, 300]).narrow(0, 5, 20),
  expanded: () => ones([1, 3]).expand(4, 3),
  large,
  'a leaf that requires gradients': () => tensor([1, 2], { requiresGrad: true }),
  'a Parameter': () => new nn.Parameter(rand([5])),
  'a frozen Parameter': () => new nn.Parameter(rand([5]), false)
}

describe.each(Object.entries(makers))('a tensor that is %s', (_, make) => {
  test.each<[string, (data: Transferable) => Transferred]>([
    ['structuredClone', (data) => structuredClone(data)],
    ['structuredClone with a transfer list', (data) => structuredClone(data, { transfer: [...data.transferList] })],
    ['a port', (data) => sent(data, [])],
    ['a port with a transfer list', (data) => sent(data)],
    ['nothing', (data) => data]
  ])('arrives through %s', (_, through) => {
    const x = make()
    const expected = [String(x), x.dtype, x.shape, x.requiresGrad, x instanceof nn.Parameter]
    const y = fromTransferable(through(x.toTransferable()))
    expect([String(y), y.dtype, y.shape, y.requiresGrad, y instanceof nn.Parameter]).toEqual(expected)
    expect(y.isLeaf).toBe(true)
    expect(y.add(1).shape).toEqual(y.shape)
  })
})

test('a thread of its own sends it back', async () => {
  const echo = new Worker(
    "const { parentPort: p } = require('worker_threads'); p.on('message', (m) => p.postMessage(m, [m.data.buffer]))",
    { eval: true }
  )
  try {
    const x = large()
    const values = x.tolist()
    const data = x.toTransferable()
    const back = await new Promise<Transferred>((resolve) => {
      echo.once('message', resolve)
      echo.postMessage(data, [...data.transferList])
    })
    expect(fromTransferable(back).tolist()).toEqual(values)
  } finally {
    await echo.terminate()
  }
})

describe('bytes that are moved', () => {
  test('are not copied, neither when they leave nor when they arrive', () => {
    const x = large()
    const data = x.toTransferable()
    data.data.fill(7 as never)
    const y = fromTransferable(data)
    expect(y.amin().item()).toBe(7)
    expect(data.data).toHaveLength(0)
    expect(thrown(() => fromTransferable(data))).toBe(
      'TypeError: fromTransferable: data has 0 elements, not 8192 as its shape has (it is empty when its bytes were ' +
        'moved on); pass on what toTransferable() gave'
    )
  })

  test.each<[string, (x: Tensor, view: Tensor) => unknown]>([
    ['add', (x) => x.add(1)],
    ['add of a view', (_, view) => view.add(1)],
    ['add to another', (x) => add(ones([64, 128]), x)],
    ['a write', (x) => x.add_(1)],
    ['a write to a view', (_, view) => view.zero_()],
    ['item', (_, view) => view.at(0, 0).item()],
    ['tolist', (x) => x.tolist()],
    ['toTypedArray of a view', (_, view) => view.toTypedArray()],
    ['print', (x) => String(x)],
    ['JSON', (x) => JSON.stringify(x)],
    ['matmul', (x) => x.matmul(x.t())],
    ['sort', (x) => x.sort()],
    ['sum', (x) => x.sum()],
    ['clone', (x) => x.clone()],
    ['detach', (x) => x.detach().mul(2)],
    ['data', (x) => x.data.mul(2)],
    ['to', (x) => x.to('float64')],
    ['another move', (x) => x.toTransferable()],
    ['a copy', (x) => x.toTransferable({ copy: true })],
    ['copy_', (x) => zeros([64, 128]).copy_(x)],
    ['tensor', (x) => tensor(x)],
    ['normal_', (x) => x.normal_()]
  ])('leave a tensor that throws: %s', (_, use) => {
    const x = large()
    const view = x.t()
    const data = x.toTransferable()
    expect(thrown(() => use(x, view))).toBe(MOVED)
    // Whoever has the buffer may do with it as they like.
    structuredClone(data, { transfer: [...data.transferList] })
    expect(thrown(() => use(x, view))).toBe(MOVED)
  })

  test('are those of a Parameter: its layer and its optimizer throw', () => {
    const layer = new nn.Linear(8, 8)
    const optimizer = new optim.Adam(layer.parameters())
    layer
      .forward(ones([1, 8]))
      .sum()
      .backward()
    const { weight } = layer
    weight.toTransferable()
    expect(thrown(() => layer.forward(ones([1, 8])))).toBe(MOVED)
    expect(thrown(() => optimizer.step())).toBe(MOVED)
    expect(thrown(() => layer.loadStateDict(new nn.Linear(8, 8).stateDict()))).toBe(MOVED)
  })

  test('are saved ones of a graph, whose backward throws', () => {
    const x = large().requiresGrad_()
    const y = x.exp().mul(x).sum()
    x.toTransferable()
    expect(thrown(() => y.backward())).toBe(MOVED)
    expect(thrown(() => autograd.grad(y, [x]))).toBe(MOVED)
  })

  test('are an argument or a constant of a compiled step, whose replays throw', () => {
    const weight = large()
    const step = compile((x: Tensor) => x.mul(weight).sum())
    const x = large()
    step(x)
    step(x)
    x.toTransferable()
    expect(thrown(() => step(x))).toBe(MOVED)
    step(large())
    weight.toTransferable()
    expect(thrown(() => step(large()))).toBe(MOVED)
  })

  test('are not those that a running step updates', async () => {
    const layer = new nn.Linear(64, 64)
    const optimizer = new optim.SGD(layer.parameters(), { lr: 0.1 })
    const step = compile((x: Tensor) => {
      optimizer.zeroGrad()
      const loss = layer.forward(x).sum()
      loss.backward()
      optimizer.step()
      return loss
    })
    const x = ones([4, 64])
    step(x)
    step(x)
    const running = step.async(x)
    expect(thrown(() => layer.weight.toTransferable())).toMatch(/^Error: this tensor is updated by a running step/)
    await running
    layer.weight.toTransferable()
    await expect(step.async(x)).rejects.toThrow(MOVED.slice(7))
  })
})

describe('bytes that are copied', () => {
  test('are those of a tensor that shares its memory, or where a copy is asked for', () => {
    const base = large()
    for (const x of [base.narrow(0, 1, 3), base.t(), tensor(1).add(1), zeros([0])]) {
      x.toTransferable()
      expect(x.add(1).shape).toEqual(x.shape)
    }
    base.toTransferable({ copy: true })
    expect(base.add(1).shape).toEqual([64, 128])
  })
})

test('a tensor behind a Proxy is refused', () => {
  const proxy = new Proxy(ones(1), {})
  expect(thrown(() => proxy.toTransferable())).toContain(
    'toTransferable: this must be a Tensor, got a Proxy of a Tensor'
  )
})

test('a tensor with a graph is refused in words of PyTorch', () => {
  expect(thrown(() => ones(1, { requiresGrad: true }).mul(2).toTransferable())).toBe(
    'Error: Cowardly refusing to serialize non-leaf tensor which requiresGrad, since autograd does not support crossing ' +
      'process boundaries. If you just want to transfer the data, call detach() on the tensor before serializing ' +
      '(e.g., putting it on the queue).'
  )
})

describe('what another thread may have made up', () => {
  const good = { dtype: 'float32', shape: [2], requiresGrad: false, isParameter: false, data: new Float32Array(2) }
  const end = '; pass on what toTransferable() gave'
  test.each<[object, string]>([
    [{ dtype: 'complex64' }, 'dtype must be a dtype, got string'],
    [{ dtype: null }, 'dtype must be a dtype, got null'],
    [{ shape: 2 }, 'shape must be an Array, got number'],
    [{ shape: [-2] }, 'shape must be sizes of dims'],
    [{ shape: [1.5] }, 'shape must be sizes of dims'],
    [{ shape: ['2'] }, 'shape must be sizes of dims'],
    [{ shape: [3] }, 'data has 2 elements, not 3 as its shape has (it is empty when its bytes were moved on)'],
    [{ data: [1, 2] }, 'data must be a typed array, got Array'],
    [{ data: new Float64Array(2) }, 'data of float32 must be a Float32Array, got Float64Array'],
    [{ data: new DataView(new ArrayBuffer(8)) }, 'data of float32 must be a Float32Array, got DataView'],
    [{ requiresGrad: 1 }, 'requiresGrad must be a boolean, got number'],
    [{ isParameter: undefined }, 'isParameter must be a boolean, got undefined'],
    [{ dtype: 'bool', data: new Uint8Array([1, 2]) }, 'data of bool must be 0 and 1']
  ])('%p is refused', (part, what) => {
    expect(thrown(() => fromTransferable({ ...good, ...part } as never))).toBe(
      `TypeError: fromTransferable: ${what}${end}`
    )
  })

  test('sizes beyond all memory are refused', () => {
    expect(thrown(() => fromTransferable({ ...good, shape: [2 ** 40, 2 ** 40] } as never))).toMatch(/Error/)
  })

  test('what is no message is refused', () => {
    expect(thrown(() => fromTransferable(tensor(1) as never))).toContain(
      'must be what toTransferable() gave, got Tensor'
    )
  })

  test('shared memory is copied', () => {
    const data = new Float32Array(new SharedArrayBuffer(8))
    const x = fromTransferable({ ...good, data } as never)
    data[0] = 5
    expect(x.tolist()).toEqual([0, 0])
  })
})
