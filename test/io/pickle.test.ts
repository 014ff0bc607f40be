// Hostile and damaged pickles in files of torch.save.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { torch } from '../../lib/io'
import { zipPieces } from '../../lib/io/zip/writer'
import { thrown } from '../helpers/check'
import { temporaryFolder } from '../helpers/folder'

const at = temporaryFolder()

type Part = string | Uint8Array

const bytesOf = (...parts: readonly Part[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value | 0)
  return bytes
}

/** A file of torch.save with this pickle, without its first and last opcode, and storages of so many bytes. */
function load(
  pickle: readonly Part[],
  storages: Record<string, number> = {},
  others: Record<string, string> = {}
): unknown {
  const entries: [string, Uint8Array][] = [
    ['x/data.pkl', bytesOf('\x80\x02', ...pickle, '.')],
    ...Object.entries(others).map(([name, text]): [string, Uint8Array] => [`x/${name}`, Buffer.from(text)]),
    ...Object.entries(storages).map(([key, length]): [string, Uint8Array] => [`x/data/${key}`, Buffer.alloc(length, 1)])
  ]
  const sources = entries.map(([name, content]) => ({ name, bytes: () => content }))
  writeFileSync(at('x.pt'), Buffer.concat([...zipPieces(sources, false)]))
  return torch.load<unknown>(at('x.pt'))
}

const str = (text: string): Buffer => bytesOf('X', int32(Buffer.byteLength(text)), Buffer.from(text))
const int = (value: number): Buffer => bytesOf('J', int32(value))
const tuple = (...items: readonly Part[]): Buffer => bytesOf('(', ...items, 't')
const storage = (key: string, numel: number, type = 'FloatStorage', ...more: Part[]): Buffer =>
  bytesOf(tuple(str('storage'), `ctorch\n${type}\n`, str(key), str('cpu'), int(numel), ...more), 'Q')
const rebuilt = (from: Part, offset: number, size: number[], stride: number[], ...more: Part[]): Buffer => {
  const [sizes, strides] = [size, stride].map((list) => tuple(...list.map(int)))
  const args = tuple(from, int(offset), sizes, strides, '\x89', 'ccollections\nOrderedDict\n)R', ...more)
  return bytesOf('ctorch._utils\n_rebuild_tensor_v2\n', args, 'R')
}

const failed = (what: string): string => `RangeError: Weights only load failed. torch.load: ${at('x.pt')}: ${what}`
const damaged = (what: string): string => failed(`the pickle is damaged: ${what}`)
const wrong = (what: string): string => `RangeError: torch.load: ${at('x.pt')} ${what}`

test('a pickle that is made by hand is read', () => {
  expect(load([tuple(int(1), str('a'), 'N')])).toEqual([1, 'a', null])
  expect(load([rebuilt(storage('0', 4), 1, [3], [1])], { 0: 16 })).toMatchObject({ shape: [3], dtype: 'float32' })
})

describe('damaged pickles', () => {
  test.each<[string, Part[], string]>([
    ['is cut off', ['X', int32(99)], 'it is cut off'],
    ['has a long text', ['X', int32(-1)], 'it is cut off'],
    ['has a text of 2^63 bytes', ['\x8d', Buffer.alloc(8, 255)], 'it is cut off'],
    ['names no global', ['ctorch'], 'it is cut off'],
    ['ends with nothing', [], 'its stack is empty'],
    ['remembers nothing', ['q\0'], 'its stack is empty'],
    ['asks for what it has not', ['h\x07'], 'it has no object 7'],
    ['has no mark', ['Nt'], 'a mark is missing'],
    ['appends to a number', ['K\x01', 'Na'], 'it appends to what is no list'],
    ['adds to a number', ['K\x01', '(N\x90'], 'it adds to what is no set'],
    ['sets items of a list', [']', 'NNs'], 'it sets items of what is no dict'],
    ['sets half an item', ['}', '(Nu'], 'it sets items of what is no dict'],
    ['has a global of numbers', ['K\x01K\x01\x93'], 'a global has no name'],
    ['calls with a list', ['ccollections\nOrderedDict\n]R'], 'a call has no arguments']
  ])('one that %s', (_, pickle, what) => {
    expect(thrown(() => load(pickle))).toBe(damaged(what))
  })

  test.each<[string, Part[], string]>([
    ['an opcode that is not read', ['i'], 'Unsupported operand 105'],
    ['a call of a number', ['K\x01)R'], 'Trying to call reduce for unrecognized function number'],
    ['a call of a dtype', ['ctorch\nfloat32\n)R'], 'Trying to call reduce for unrecognized function torch.float32'],
    ['attributes of a list', [']}b'], 'Can only build OrderedDict, but the pickle sets attributes of something else']
  ])('%s', (_, pickle, what) => {
    expect(thrown(() => load(pickle))).toBe(failed(what))
  })
})

test.each([
  ['cos\nsystem\n(X\x02\0\0\0idtR', 'os.system'],
  ['c__builtin__\neval\n(X\x01\0\0\x001tR', '__builtin__.eval'],
  ['cbuiltins\n__proto__\n)R', 'builtins.__proto__'],
  ['cconstructor\nconstructor\n)R', 'constructor.constructor'],
  ['X\x02\0\0\0osX\x06\0\0\0system\x93', 'os.system']
])('what would run in Python is refused: %j', (pickle, global) => {
  expect(thrown(() => load([pickle]))).toContain(
    `Weights only load failed. Unsupported global: GLOBAL ${global} was not an allowed global by default. torch.load: `
  )
})

describe('pickles that would fill the memory', () => {
  test.each<[string, Part[], string]>([
    ['dicts', [']', '}a'.repeat(4e5)], 'it makes more objects than a file of its size has'],
    ['bytes', [']', 'C\0a'.repeat(4e5)], 'it makes more objects than a file of its size has'],
    ['marks', ['('.repeat(1e5)], 'it is nested too deep'],
    ['a long stack', ['N'.repeat(2 ** 21)], 'its stack grows too long']
  ])('%s', (_, pickle, what) => {
    expect(thrown(() => load(pickle))).toBe(damaged(what))
  })

  test('copies of one text, set or dict', () => {
    const text = bytesOf('c_codecs\nencode\nq\0', str('a'.repeat(1e6)), str('latin1'), '\x86q\x01R')
    const set = bytesOf('c__builtin__\nset\nq\0', '](', 'K\x01'.repeat(1000), 'e\x85q\x01R')
    const pair = 'K\x01K\x02\x86a'
    const dict = bytesOf('ccollections\nOrderedDict\nq\0]', pair.repeat(1000), '\x85q\x01R')
    for (const [one, copies] of [
      [text, 1000],
      [set, 1e6],
      [dict, 1e6]
    ] as const) {
      const many = bytesOf(']', one, 'a', 'h\0h\x01Ra'.repeat(copies))
      expect(thrown(() => load([many]))).toBe(damaged('it makes more objects than a file of its size has'))
    }
  })

  test('calls within calls', () => {
    const begin = 'ctorch._tensor\n_rebuild_from_type_v2\nq\0ctorch\nTensor\nq\x01'
    const args = '\x87'.repeat(1e5)
    expect(thrown(() => load([begin, 'h\0', 'h\0h\x01'.repeat(1e5), ')', args, 'R']))).toBe(
      wrong('is damaged: _rebuild_from_type_v2 is called with arguments that it does not take')
    )
  })

  test('names that are lists of lists', () => {
    const level = `](${'h\0'.repeat(10)}eq\0`
    expect(thrown(() => load([']q\0', level.repeat(30), 'ctorch\ndevice\nh\0\x85R']))).toBe(
      wrong('is damaged: torch.device is called with arguments that it does not take')
    )
  })

  test('tensors of one storage', () => {
    const one = bytesOf(
      'ctorch._utils\n_rebuild_tensor_v2\nq\0',
      tuple(storage('0', 1), int(0), ')', ')', '\x89', 'N'),
      'q\x01R'
    )
    const many = bytesOf(']', one, 'a', 'h\0h\x01Ra'.repeat(60_000))
    expect(thrown(() => load([many], { 0: 4 }))).toBe(damaged('it makes more objects than a file of its size has'))
  })

  test('deep nesting', () => {
    // (((...))) as lists of lists.
    expect(thrown(() => load([']'.repeat(1000), 'a'.repeat(999)]))).toBe(wrong('is nested more than 500 deep'))
    expect(load([']'.repeat(400), 'a'.repeat(399)])).toHaveLength(1)
  })

  test('a list of itself stays one', () => {
    const list = load([']q\0h\0a']) as unknown[]
    expect(list[0]).toBe(list)
  })

  test('lists of the same lists stay few', () => {
    // Ten times ten times ... a list: 10^30 of them if they were copied.
    const level = `](${'h\0'.repeat(10)}eq\0`
    let list = load([']q\0', level.repeat(30)]) as unknown[]
    for (let i = 0; i < 30; i++) {
      expect(list).toHaveLength(10)
      expect(list[9]).toBe(list[0])
      list = list[0] as unknown[]
    }
  })
})

describe('tensors that do not fit', () => {
  test.each<[number, number[], number[], string]>([
    [0, [5], [1], 'sizes [5], strides [1] and storage offset 0 is out of bounds'],
    [4, [1], [1], 'sizes [1], strides [1] and storage offset 4 is out of bounds'],
    [0, [2, 2], [3, 1], 'sizes [2, 2], strides [3, 1] and storage offset 0 is out of bounds'],
    [
      0,
      [2 ** 30, 2 ** 30],
      [0, 0],
      'sizes [1073741824, 1073741824], strides [0, 0] and storage offset 0 is out of bounds'
    ]
  ])('offset %i, sizes %j, strides %j', (offset, size, stride, what) => {
    expect(thrown(() => load([rebuilt(storage('0', 4), offset, size, stride)], { 0: 16 }))).toBe(
      wrong(`is damaged: a tensor of ${what} for storage '0' of 4 elements`)
    )
  })

  test('a large one that repeats an element takes no memory', () => {
    const tensor = load([rebuilt(storage('0', 1), 0, [2 ** 15, 2 ** 15], [0, 0])], { 0: 4 }) as { numel: () => number }
    expect(tensor.numel()).toBe(2 ** 30)
  })

  test.each<[string, Part, string]>([
    ['-1 elements', rebuilt(storage('0', -1), 0, [1], [1]), 'it names a storage in a way that PyTorch does not'],
    [
      'no class',
      bytesOf(tuple(str('storage'), 'N', str('0'), str('cpu'), int(1)), 'Q'),
      'it names a storage in a way that PyTorch does not'
    ],
    ['no tuple', 'K\x01Q', 'it names a storage in a way that PyTorch does not'],
    [
      'a view',
      rebuilt(storage('0', 4, 'FloatStorage', ')'), 0, [1], [1]),
      'it names a storage in a way that PyTorch does not'
    ],
    ['another length', rebuilt(storage('0', 5), 0, [1], [1]), "storage '0' has 16 bytes, not 20"],
    ['another key', rebuilt(storage('1', 4), 0, [1], [1]), "it has no storage '1'"],
    [
      'two lengths',
      tuple(rebuilt(storage('0', 4), 0, [1], [1]), rebuilt(storage('0', 3), 0, [1], [1])),
      "it names storage '0' with two dtypes or sizes"
    ],
    [
      'strides for other sizes',
      rebuilt(storage('0', 4), 0, [1], []),
      '_rebuild_tensor_v2 is called with arguments that it does not take'
    ],
    [
      'a number for a storage',
      rebuilt('K\x01', 0, [1], [1]),
      '_rebuild_tensor_v2 is called with arguments that it does not take'
    ],
    [
      'negative strides',
      rebuilt(storage('0', 4), 3, [2], [-1]),
      '_rebuild_tensor_v2 is called with arguments that it does not take'
    ],
    [
      'integers that require gradients',
      bytesOf(
        'ctorch._utils\n_rebuild_parameter\n',
        tuple(rebuilt(storage('0', 2, 'LongStorage'), 0, [2], [1]), '\x88', 'N'),
        'R'
      ),
      '_rebuild_parameter is called with arguments that it does not take'
    ],
    [
      '65 dims',
      rebuilt(storage('0', 4), 0, Array<number>(65).fill(1), Array<number>(65).fill(1)),
      '_rebuild_tensor_v2 is called with arguments that it does not take'
    ],
    [
      'a dtype that is none',
      bytesOf(
        'ctorch._utils\n_rebuild_tensor_v3\n',
        tuple(storage('0', 4), int(0), tuple(int(1)), tuple(int(1)), '\x89', 'N', 'N'),
        'R'
      ),
      '_rebuild_tensor_v3 is called with arguments that it does not take'
    ],
    [
      'a parameter of None',
      'ctorch._utils\n_rebuild_parameter\n(N\x88NtR',
      '_rebuild_parameter is called with arguments that it does not take'
    ]
  ])('a storage of %s', (_, pickle, what) => {
    expect(thrown(() => load([pickle], { 0: 16 }))).toBe(wrong(`is damaged: ${what}`))
  })

  test('one storage as two dtypes', () => {
    const version3 = (dtype: string): Buffer => {
      const untyped = bytesOf(
        tuple(str('storage'), 'ctorch.storage\nUntypedStorage\n', str('0'), str('cpu'), int(8)),
        'Q'
      )
      const args = tuple(untyped, int(0), tuple(int(1)), tuple(int(1)), '\x89', 'N', `ctorch\n${dtype}\n`)
      return bytesOf('ctorch._utils\n_rebuild_tensor_v3\n', args, 'R')
    }
    expect(thrown(() => load([tuple(version3('uint16'), version3('uint32'))], { 0: 8 }))).toBe(
      wrong("has tensors of uint16 and of uint32 in storage '0'; save copies")
    )
  })

  test('a conjugate view', () => {
    const metadata = bytesOf('}', str('conj'), '\x88s')
    expect(thrown(() => load([rebuilt(storage('0', 4), 0, [1], [1], metadata)], { 0: 16 }))).toBe(
      wrong('holds a conjugate or negative view; in Python, save tensor.resolve_conj().resolve_neg()')
    )
  })
})

test('big-endian files are read', () => {
  const tensor = load([rebuilt(storage('0', 1, 'ShortStorage'), 0, [1], [1])], { 0: 2 }, { byteorder: 'big' })
  expect(String(tensor)).toBe('tensor([257], dtype=torch.int16)')
  expect(thrown(() => load(['N'], {}, { byteorder: 'middle' }))).toBe(wrong('is damaged: its byte order is neither'))
})

describe('a legacy file', () => {
  const bytes = readFileSync(join(__dirname, '../fixtures/io/encoder-legacy.pt'))

  test('is refused where it is cut off', () => {
    for (let length = 0; length < bytes.length; length += 7) {
      writeFileSync(at('cut.pt'), bytes.subarray(0, length))
      expect(thrown(() => torch.load(at('cut.pt')))).toMatch(/^RangeError: .*torch\.load: /)
    }
  })

  test('is refused where a storage is missing', () => {
    writeFileSync(at('cut.pt'), bytes.subarray(0, bytes.length - 1))
    expect(thrown(() => torch.load(at('cut.pt')))).toMatch(/ is truncated or damaged: storage '\d+' is missing$/)
  })
})
