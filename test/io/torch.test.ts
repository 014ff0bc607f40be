// Files of torch.save, as PyTorch wrote them.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Tensor, nn, optim } from '../../lib'
import { torch } from '../../lib/io'
import fixture from '../fixtures/io.json'
import { farthest, thrown, values } from '../helpers/check'
import { type EncodedTensor, decodeTensor } from '../helpers/fixture'
import { temporaryFolder } from '../helpers/folder'

const at = temporaryFolder()
const stored = (name: string): string => join(__dirname, '../fixtures/io', `${name}.pt`)

function expectSame(actual: Tensor, encoded: unknown): void {
  const expected = decodeTensor(encoded as EncodedTensor)
  expect([actual.dtype, actual.shape]).toEqual([expected.dtype, expected.shape])
  expect(actual.tolist()).toEqual(expected.tolist())
}

class Encoder extends nn.Module {
  embed = new nn.Sequential(new nn.Linear(4, 3), new nn.LayerNorm(3))
  heads = new nn.ModuleList([new nn.Linear(3, 2), new nn.Linear(3, 2, false)])

  override forward(x: Tensor): Tensor {
    return this.embed.forward(x) as Tensor
  }
}

describe.each(['encoder', 'encoder-legacy', 'encoder-protocol-5'])('the state dict of %s.pt', (name) => {
  const state = torch.load(stored(name))

  test("has PyTorch's names, in its order, and values", () => {
    expect(Object.keys(state)).toEqual(fixture.state.map((each) => each.name))
    for (const each of fixture.state) expectSame(state[each.name], each.tensor)
  })

  test('loads into a module of the same names', () => {
    const encoder = new Encoder()
    expect(encoder.loadStateDict(state)).toEqual({ missingKeys: [], unexpectedKeys: [] })
    expect(encoder.heads.at(1).weight.tolist()).toEqual(state['heads.0.weight'].tolist())
  })

  test('keeps what is tied tied', () => {
    state['heads.0.weight'].fill_(7)
    expect(values(state['heads.1.weight'])).toEqual([7, 7, 7, 7, 7, 7])
    expect(values(state['heads.0.bias'])).not.toContain(7)
  })
})

test('the names of a DataParallel are told where they do not fit', () => {
  expect(thrown(() => new Encoder().loadStateDict(torch.load(stored('data-parallel'))))).toMatch(
    /^RangeError: Error\(s\) in loading stateDict for Encoder:.*"embed.0.weight".*"module.embed.0.weight"/s
  )
})

test('the counter of a BatchNorm is an int64 without dims', () => {
  const { num_batches_tracked: count } = torch.load(stored('batch-norm'))
  expect([count.dtype, count.shape, count.item()]).toEqual(['int64', [], 0])
})

interface Values extends Record<string, unknown> {
  readonly dtypes: Record<string, Tensor>
  readonly nested: { readonly a: unknown[]; readonly ordered: unknown }
}

describe.each(['values', 'values-protocol-5'])('%s.pt', (name) => {
  const content = torch.load<Values>(pathToFileURL(stored(name)))

  test.each(fixture.tensors.map((each) => [each.name, each] as const))('the tensor %s', (_, { name: key, ...each }) => {
    const tensor = content[key] as Tensor
    expectSame(tensor, each.tensor)
    if (tensor.numel() > 0) expect(tensor.stride()).toEqual(each.stride)
    expect([tensor.isLeaf, tensor.gradFn]).toEqual([true, null])
  })

  test('tensors of one storage share it', () => {
    const [grid, row, every] = ['grid', 'row', 'every second'].map((key) => content[key] as Tensor)
    grid.at(1).fill_(50)
    expect(values(row)).toEqual([50, 50, 50, 50])
    expect(values(every)).toEqual([0, 2, 50, 50, 8, 10])
  })

  test('parameters are parameters, and leaves require what they did', () => {
    const flags = ['parameter', 'frozen', 'leaf', 'grid'].map((key) => {
      const each = content[key] as Tensor
      return [each instanceof nn.Parameter, each.requiresGrad]
    })
    expect(flags).toEqual([
      [true, true],
      [true, false],
      [false, true],
      [false, false]
    ])
  })

  test('every dtype; unsigned integers are widened', () => {
    const dtypes = Object.entries(content.dtypes).map(([key, { dtype }]) => [key, dtype])
    const widened = { uint16: 'int32', uint32: 'int64', uint64: 'int64' }
    const names = dtypes.map(([key]) => key)
    expect(Object.fromEntries(dtypes)).toEqual({ ...Object.fromEntries(names.map((key) => [key, key])), ...widened })
    for (const [key, each] of Object.entries(content.dtypes)) {
      expect(each.to('float64').tolist()).toEqual([0, 1, key === 'bool' ? 1 : 100])
    }
  })

  test('numbers, texts, bytes, sets, names and containers', () => {
    expect(content.numbers).toEqual([1, -5, 255, 70000, -3e9, 2 ** 53 - 1, -(2n ** 70n), 2n ** 70n, 1.5, Infinity])
    const others = [null, true, false, 'ü', Uint8Array.of(97, 98, 255), Uint8Array.of(120, 121), new Set([1, 2]), []]
    expect(content.others).toEqual(others)
    expect(content.names).toEqual([[2, 3], 'float32', 'cpu', 'cuda:1'])
    expect(content.nested).toEqual({ a: [{ b: [1, [2]] }], ordered: { x: 1, y: 2 } })
    expect(content['by number']).toEqual({ 0: 'a', 1: 'b' })
    expect(content['by tuple']).toEqual(new Map([[[1, 2], 'a']]))
    expect(content.mixed).toEqual(
      new Map<unknown, string>([
        [1, 'int'],
        ['1', 'str']
      ])
    )
    expect(Object.entries(content).find(([key]) => key === '__proto__')).toEqual(['__proto__', 7])
    expect(content.again).toBe(content.nested)
  })
})

interface Interrupted {
  readonly model: nn.StateDict
  readonly optimizer: optim.PyTorchStateDict
  readonly epoch: number
}

const makers = {
  SGD: optim.SGD,
  Adam: optim.Adam,
  AdamW: optim.AdamW,
  RMSprop: optim.RMSprop,
  Adagrad: optim.Adagrad
}

describe('training that PyTorch began goes on as PyTorch goes on', () => {
  test.each(fixture.optimizers.map((run) => [run.name, run] as const))('%s', (name, run) => {
    const saved = torch.load<Interrupted>(stored(`training-${name}`))
    const model = new nn.Sequential(new nn.Linear(4, 3), new nn.Tanh(), new nn.Linear(3, 2))
    model.loadStateDict(saved.model)
    // All options are the file's.
    const optimizer = new makers[run.optimizer as keyof typeof makers](model.parameters())
    optimizer.loadStateDict(saved.optimizer)
    expect(optimizer.paramGroups[0]).toMatchObject(run.options)
    expect(Object.keys(optimizer.paramGroups[0])).not.toEqual(expect.arrayContaining(['foreach']))
    const [x, y] = [run.x, run.y].map((each) => decodeTensor(each as EncodedTensor))
    for (let i = 0; i < fixture.after; i++) {
      optimizer.zeroGrad()
      nn.functional.mseLoss(model.forward(x) as Tensor, y).backward()
      optimizer.step()
    }
    for (const [key, parameter] of model.namedParameters()) {
      const expected = (run.final as Record<string, EncodedTensor>)[key].data as number[]
      expect(farthest(values(parameter.detach()), expected)).toBeLessThan(1e-6)
    }
    expect(saved.epoch).toBe(3)
  })
})

const weightsOnly = (path: string, global: string): string =>
  `RangeError: Weights only load failed. Unsupported global: GLOBAL ${global} was not an allowed global by default. ` +
  `torch.load: ${path} holds objects of Python, which do not run here; in Python, save module.state_dict() and ` +
  'numbers (float(x), x.item()) instead'

describe('what is refused', () => {
  test.each([
    ['module', 'torch.nn.modules.container.Sequential'],
    ['module-legacy', 'torch.nn.modules.container.Sequential'],
    ['numpy-scalar', 'numpy._core.multiarray.scalar']
  ])('%s.pt: a global that is not allowed', (name, global) => {
    expect(thrown(() => torch.load(stored(name)))).toBe(weightsOnly(stored(name), global))
  })

  test.each([
    ['complex', 'holds a tensor of complex64, which is no dtype here; in Python, save tensor.real and tensor.imag'],
    ['float8', 'holds a tensor of float8_e5m2, which is no dtype here; in Python, save tensor.to(torch.float32)'],
    ['sparse', 'holds a sparse tensor, which is not read; in Python, save tensor.to_dense()'],
    ['quantised', 'holds a quantised tensor, which is not read; in Python, save tensor.dequantize()'],
    ['meta', 'holds a meta tensor, which is not read; in Python, save tensors that have elements'],
    ['complex-number', 'holds a complex number, which is not read; in Python, save its .real and .imag'],
    ['storage', 'holds a storage; in Python, save a tensor of it']
  ])('%s.pt', (name, what) => {
    expect(thrown(() => torch.load(stored(name)))).toBe(`RangeError: torch.load: ${stored(name)} ${what}`)
  })

  test('a TorchScript archive', () => {
    expect(thrown(() => torch.load(stored('script')))).toBe(
      'RangeError: Cannot use ``weights_only=True`` with TorchScript archives passed to ``torch.load``; ' +
        `torch.load: ${stored('script')} is one; in Python, save module.state_dict()`
    )
  })

  const others: [string, Uint8Array | string, string][] = [
    ['nothing', '', 'is no file of torch.save'],
    ['text', 'hello', 'is no file of torch.save'],
    [
      'safetensors',
      '\x10\0\0\0\0\0\0\0{}',
      'is a safetensors file (io.safetensors.loadFile reads it), no file of torch.save'
    ],
    ['npy', '\x93NUMPY\x01', 'is a .npy file (io.npy.load reads it), no file of torch.save'],
    ['hdf5', '\x89HDF\r\n', 'is an HDF5 file, no file of torch.save'],
    ['gguf', 'GGUF\x03', 'is a GGUF file, no file of torch.save'],
    [
      'tar',
      'x'.repeat(257) + 'ustar',
      'is a tar file, as PyTorch wrote them before 0.1.10; save it anew in Python, no file of torch.save'
    ],
    [
      'npz',
      readFileSync(join(__dirname, '../fixtures/io/plain.npz')),
      'is no file of torch.save: it has no data.pkl; io.npz.load reads .npz files'
    ],
    [
      'pickle',
      '\x80\x02K\x01.K\x01.K\x01.',
      'is a pickle, but none of torch.save; in Python, save module.state_dict() by torch.save'
    ]
  ]
  test.each(others)('a file of %s', (name, content, what) => {
    writeFileSync(at(name), typeof content === 'string' ? Buffer.from(content, 'latin1') : content)
    expect(thrown(() => torch.load(at(name)))).toBe(`RangeError: torch.load: ${at(name)} ${what}`)
  })

  test.each([
    ['no file', () => torch.load(5 as never), 'TypeError: torch.load: file must be a path or a file URL, got 5'],
    [
      'an option',
      () => torch.load({ file: 'x.pt', weightsOnly: false } as never),
      "TypeError: torch.load() got an unexpected keyword argument 'weightsOnly'; it takes file"
    ]
  ])('%s', (_, call, message) => {
    expect(thrown(call as never)).toBe(message)
  })
})
