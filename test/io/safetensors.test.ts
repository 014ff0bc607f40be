// Files of the safetensors format.

import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { type Tensor, nn, ones, rand, tensor, zeros } from '../../lib'
import { safetensors } from '../../lib/io'
import { assertClose } from '../../lib/testing'
import { thrown } from '../helpers/check'
import { temporaryFolder } from '../helpers/folder'

const { load, loadFile, save, saveFile } = safetensors
const at = temporaryFolder()

const makers: Record<string, () => Tensor> = {
  bool: () => tensor([[true, false, true]]),
  uint8: () => tensor(new Uint8Array([1, 255])),
  int8: () => tensor([-128, 127], { dtype: 'int8' }),
  int16: () => tensor([-32768, 32767], { dtype: 'int16' }),
  int32: () => tensor([-1, 2 ** 31 - 1], { dtype: 'int32' }),
  int64: () => tensor([1n, -(2n ** 63n)]),
  float16: () => tensor([1.5, NaN, -0, Infinity], { dtype: 'float16' }),
  bfloat16: () => tensor([1.5, NaN, -0, Infinity], { dtype: 'bfloat16' }),
  float32: () => tensor([0.1, NaN, -0, Infinity]),
  float64: () => tensor([0.1, NaN, -0, Infinity], { dtype: 'float64' }),
  'without dims': () => tensor(3),
  'without elements': () => zeros([0, 3]),
  transposed: () => rand([3, 5]).t(),
  'a part of a larger one': () => rand([9, 9]).narrow(1, 2, 3),
  expanded: () => ones([1, 3]).expand(4, 3),
  'a Parameter': () => new nn.Parameter(rand([5])),
  'a result with gradient': () => rand([5], { requiresGrad: true }).mul(2),
  'larger than a piece': () => rand([1200, 1000]).t()
}

const bytesOf = (x: Tensor): Buffer => Buffer.from(x.detach().toTransferable({ copy: true }).data.buffer)

/** Holds while two tensors are alike to the bit. */
function expectSame(actual: Tensor, expected: Tensor): void {
  expect([actual.dtype, actual.shape]).toEqual([expected.dtype, expected.shape])
  expect(bytesOf(actual).equals(bytesOf(expected))).toBe(true)
}

describe('a tensor comes back from a file and from bytes', () => {
  test.each(Object.entries(makers))('%s', (_, make) => {
    const x = make()
    saveFile({ x }, at('one.safetensors'))
    for (const { x: back } of [loadFile(at('one.safetensors')), load(save({ x }))]) {
      expectSame(back, x)
      expect([back.requiresGrad, back.isLeaf]).toEqual([false, true])
    }
  })
})

describe('safetensors.saveFile()', () => {
  test('writes all of a state dict, which loads into another module', () => {
    const [net, other] = [new nn.Linear(3, 2), new nn.Linear(3, 2)]
    saveFile(net.stateDict(), at('net.safetensors'))
    other.loadStateDict(loadFile(at('net.safetensors')))
    assertClose(other.weight, net.weight, { rtol: 0, atol: 0 })
  })

  test('takes URLs, a keyword, names of any characters and metadata', () => {
    const file = pathToFileURL(at('ä b.safetensors'))
    saveFile({ ['__proto__']: ones(2), 'é"\n': ones(1), '': ones(0) }, { file, metadata: { k: 'v' } } as never)
    expect(Object.keys(loadFile({ file })).sort()).toEqual(['', '__proto__', 'é"\n'])
    expect(readFileSync(file, 'latin1')).toContain('{"__metadata__":{"k":"v"},')
  })

  test('begins tensors at multiples of 8, as the Python library does', () => {
    const bytes = save({ a: ones(1) })
    expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n)
    expect(Buffer.from(bytes.subarray(8)).toString('latin1')).toMatch(/^\{"a":\{"dtype":"F32","shape":\[1\],"data_o/)
  })

  test('replaces a file, keeps its permissions and leaves no other file', () => {
    const file = at('kept', '..', 'replaced.safetensors')
    writeFileSync(at('replaced.safetensors'), 'old', { mode: 0o640 })
    saveFile({ a: ones(1) }, file)
    expect(statSync(file).mode & 0o777).toBe(0o640)
    expect(readdirSync(at()).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

test('a file of small tensors gives each memory of its own', () => {
  saveFile({ a: ones(3), b: ones(5), c: rand([70_000]) }, at('small.safetensors'))
  const { a, b } = loadFile(at('small.safetensors'))
  a.add_(1)
  expect(b.tolist()).toEqual([1, 1, 1, 1, 1])
  expect(a.toTransferable().data.buffer.byteLength).toBe(12)
})

test('bytes that are loaded stay as they are', () => {
  const bytes = save({ a: ones(3) })
  const before = bytes.slice()
  load(bytes).a.add_(1)
  expect(bytes).toEqual(before)
})

describe('what is no call', () => {
  const path = at('x.safetensors')
  test.each<[() => unknown, string]>([
    [() => saveFile({ a: 1 } as never, path), "TypeError: saveFile: tensors['a'] must be a Tensor, got 1"],
    [
      () => saveFile(new nn.Linear(1, 1) as never, path),
      'TypeError: saveFile: tensors must be an object of tensors by name, got Linear; pass its stateDict()'
    ],
    [() => saveFile({}, 5 as never), 'TypeError: saveFile: file must be a path or a file URL, got 5'],
    [() => saveFile({}, ''), "TypeError: saveFile: file must be a path or a file URL, got ''"],
    [
      () => saveFile({}, path, { metdata: {} } as never),
      "TypeError: saveFile() got an unexpected keyword argument 'metdata'; did you mean 'metadata'?"
    ],
    [
      () => saveFile({}, path, { metadata: { step: 5 } as never }),
      "TypeError: saveFile: metadata['step'] must be a string, got 5; JSON.stringify() makes one"
    ],
    [
      () => saveFile({ __metadata__: ones(1) }, path),
      "RangeError: saveFile: '__metadata__' is no name of a tensor; pass { metadata }"
    ],
    [
      () => saveFile({ 'a\ud800': ones(1) }, path),
      "RangeError: saveFile: the name 'a\ud800' is no valid text: it has a lone surrogate"
    ],
    [() => load('x' as never), "TypeError: load: data must be a Uint8Array, got 'x'; loadFile() reads a file"],
    [() => loadFile(at()), `Error: loadFile: cannot read ${at()}: it is a folder`],
    [() => loadFile('/dev/null'), 'Error: loadFile: cannot read /dev/null: it is no regular file'],
    [() => loadFile(at('none')), `Error: loadFile: cannot read ${at('none')}: there is no such file or folder`],
    [() => saveFile({}, at('none', 'x')), `Error: saveFile: cannot write ${at('none', 'x')}: there is no such folder`],
    [() => saveFile({}, at()), `Error: saveFile: cannot write ${at()}: it is a folder`]
  ])('%#', (call, message) => {
    expect(thrown(call)).toBe(message)
  })

  test('errors of the system keep their code', () => {
    expect(() => loadFile(at('none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  })
})

describe('safetensors.open()', () => {
  test('reads what is asked for', () => {
    const [a, b] = [rand([3, 2]), ones(4)]
    saveFile({ a, b }, at('open.safetensors'), { metadata: { format: 'pt' } })
    const file = safetensors.open(at('open.safetensors'))
    expect([file.keys(), file.metadata()]).toEqual([['a', 'b'], { format: 'pt' }])
    expectSame(file.getTensor('b'), b)
    const first = file.getTensor({ name: 'a' } as never)
    expectSame(first, a)
    expect(thrown(() => file.getTensor('c'))).toBe('RangeError: File does not contain tensor c')
    file.close()
    file.close()
    expectSame(first, a)
    expect(thrown(() => file.getTensor('a'))).toBe(`Error: open: ${at('open.safetensors')} is closed`)
  })

  test('goes on with the file that it opened where that is replaced', () => {
    saveFile({ a: ones(4) }, at('replaced'))
    const file = safetensors.open(at('replaced'))
    saveFile({ a: zeros(4) }, at('replaced'))
    expectSame(file.getTensor('a'), ones(4))
    file[Symbol.dispose]()
  })
})

describe('shards', () => {
  const state = { a: ones(10), b: zeros(25), c: rand([5]), 'd.é': ones(3) }
  const index = at('m.safetensors.index.json')

  test('are written where there is more than maxShardSize, with an index', () => {
    saveFile(state, at('m.safetensors'), { maxShardSize: '100B', metadata: { format: 'pt' } })
    const files = readdirSync(at()).filter((name) => name.startsWith('m'))
    const shard = (i: number): string => `m-0000${i}-of-00003.safetensors`
    expect(files).toEqual([shard(1), shard(2), shard(3), 'm.safetensors.index.json'])
    expect(JSON.parse(readFileSync(index, 'utf8'))).toEqual({
      metadata: { total_size: 172 },
      weight_map: { a: shard(1), b: shard(2), c: shard(3), 'd.é': shard(3) }
    })
  })

  test('are read through their index, all or in part', () => {
    const all = loadFile(index)
    for (const [name, each] of Object.entries(state)) expectSame(all[name], each)
    const file = safetensors.open(index)
    expect([file.keys().sort(), file.metadata()]).toEqual([Object.keys(state), { format: 'pt' }])
    expectSame(file.getTensor('c'), state.c)
    file.close()
  })

  test('are none where all fits into one file', () => {
    saveFile(state, at('n.safetensors'), { maxShardSize: 172 })
    expect(readdirSync(at()).filter((name) => name.startsWith('n.'))).toEqual(['n.safetensors'])
  })

  test.each([0, -1, NaN, 'many', '5 TB'])('of size %p are none', (maxShardSize) => {
    const value = typeof maxShardSize === 'string' ? `'${maxShardSize}'` : maxShardSize
    expect(thrown(() => saveFile(state, at('o'), { maxShardSize }))).toBe(
      `TypeError: saveFile: maxShardSize must be a number of bytes or a size such as '5GB', got ${value}`
    )
  })

  test.each([
    ['{}', "it has no 'weight_map'"],
    ['{"weight_map":{},"weight_map":{}}', "'weight_map' comes twice"],
    ['{"weight_map":{"a":"x","a":"x"}}', "'a' comes twice"],
    ['{"weight_map":{"a":"../x"}}', "'../x' is no name of a file beside it"],
    ['{"weight_map":{"a":"/etc/passwd"}}', "'/etc/passwd' is no name of a file beside it"],
    ['{"weight_map":{"a":".."}}', "'..' is no name of a file beside it"],
    [`{"x":${'['.repeat(99)}`, 'the value at character 21 nests too deep'],
    ['{"x":[1.5e3,-2,true,null,"",{"y":{}}],"weight_map":[]}', "expected '{' at character 51, got '['"],
    ['{"x":+}', "expected a value at character 5, got '+'"]
  ])('of the index %s are none', (text, reason) => {
    writeFileSync(at('bad.index.json'), text)
    expect(thrown(() => loadFile(at('bad.index.json')))).toBe(
      `RangeError: loadFile: ${at('bad.index.json')} is no valid index of safetensors files: ${reason}`
    )
  })

  test('have the tensors that the index says they have', () => {
    writeFileSync(at('bad.index.json'), '{"weight_map":{"z":"m-00001-of-00003.safetensors"}}')
    expect(thrown(() => loadFile(at('bad.index.json')))).toBe(
      `RangeError: loadFile: ${at('m-00001-of-00003.safetensors')} has no tensor 'z', ` +
        `which ${at('bad.index.json')} says it has`
    )
  })
})
