// Sizes, strides, offsets and dims that make no tensor: an error with a sentence, and no live tensor changes.

import { constants } from 'node:buffer'
import * as dyngrad from '../../lib'
import {
  type Tensor,
  arange,
  empty,
  emptyLike,
  eye,
  full,
  nn,
  ones,
  rand,
  randint,
  randn,
  randperm,
  tensor,
  zeros
} from '../../lib'
import { normal, slice } from '../../lib'
import { native } from '../../lib/native'
import { MAX_RANK } from '../../lib/shape'
import { allocate, allocateOwn } from '../../lib/storage'
import { aliasTensor } from '../../lib/tensor/geometry'
import { thrown } from '../helpers/check'

/** What is no size, stride or offset. */
const wrong: readonly unknown[] = [
  NaN,
  Infinity,
  -Infinity,
  0.5,
  -1.5,
  1e-7,
  2 ** -1074,
  '2',
  'x',
  2n,
  null,
  true,
  {},
  [1],
  [[1]],
  Symbol('2'),
  Object(2)
]
/** Integers that no memory holds. */
const huge: readonly number[] = [2 ** 48, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 1e20, 1e300, Number.MAX_VALUE]
const negative: readonly number[] = [-2, -1000, -4000, -(2 ** 53), -1e300]

type Make = (value: never) => unknown

const x = (): Tensor => arange(6).float()

const factories: Record<string, Make> = {
  empty: (n) => empty(n),
  'empty of a list': (n) => empty([n]),
  'empty of two': (n) => empty(2, n),
  zeros: (n) => zeros([n, 3]),
  ones: (n) => ones(n),
  full: (n) => full([n], 1),
  'full int64': (n) => full([n], 2n ** 60n),
  eye: (n) => eye(n),
  'eye of two': (n) => eye(2, n),
  rand: (n) => rand(n),
  randn: (n) => randn([n]),
  randint: (n) => randint(5, [n]),
  randperm: (n) => randperm(n),
  normal: (n) => normal(0, 1, [n])
}

const views: Record<string, Make> = {
  expand: (n) => ones(1).expand(n),
  'expand of a list': (n) => ones(1).expand([n]),
  'expand in front': (n) => x().expand(n, 6),
  view: (n) => x().view(n),
  reshape: (n) => x().reshape([n, 3]),
  permute: (n) => ones(2, 3).permute(0, n),
  transpose: (n) => ones(2, 3).transpose(0, n),
  unsqueeze: (n) => x().unsqueeze(n),
  squeeze: (n) => x().squeeze([n]),
  flatten: (n) => ones(2, 3).flatten(n),
  select: (n) => x().select(0, n),
  'select of dim': (n) => x().select(n, 0),
  narrow: (n) => x().narrow(0, 0, n),
  'narrow from': (n) => x().narrow(0, n, 1),
  split: (n) => x().split([n, 3]),
  unbind: (n) => x().unbind(n),
  'asStrided sizes': (n) => x().asStrided([n], [1]),
  'asStrided strides': (n) => x().asStrided([2], [n]),
  'asStrided offset': (n) => x().asStrided([1], [1], n === null ? NaN : n),
  at: (n) => x().at(n === null || n === true ? ('x' as never) : Array.isArray(n) ? ([NaN] as never) : n),
  sum: (n) => x().sum([n]),
  size: (n) => x().size(n),
  stride: (n) => x().stride(n)
}

/** What an error may be; a number where the JavaScript engine names the kind itself is none of ours. */
const isRefusal = /^(TypeError|RangeError): (?!internal)/

/** Runs a call that must throw while 200 tensors are alive, none of which may change. */
function refused(call: () => unknown): string {
  const live = Array.from({ length: 200 }, (_, i) => full([3], i).mul(1))
  const message = thrown(call)
  const after = Array.from({ length: 200 }, () => ones(3).neg())
  expect(after.every((each) => each.tolist().every((value) => value === -1))).toBe(true)
  expect(live.filter((each, i) => each.tolist().some((value) => value !== i))).toEqual([])
  return message
}

describe.each(Object.entries({ ...factories, ...views }))('%s', (name, make) => {
  test.each(wrong.map((value) => [typeof value === 'symbol' ? 'a symbol' : value, value]))('refuses %p', (_, value) => {
    // A list in the place of the first size is the list of sizes, and an empty object is no option.
    const isShape = Array.isArray(value) && ['empty', 'ones', 'rand', 'expand', 'view'].includes(name)
    const isOptions = typeof value === 'object' && value !== null && !Array.isArray(value)
    const takesOptions = isOptions && Object.keys(value).length === 0
    // Of no dim in particular, the sizes are those of all.
    const isAll = value === null && ['size', 'stride'].includes(name)
    if ((isShape && typeof value[0] === 'number') || takesOptions || isAll) return
    expect(refused(() => make(value as never))).toMatch(isRefusal)
  })

  test.each([...huge, ...negative])('refuses %p', (value) => {
    // A dim or an index counts from the end.
    if (value === -2 && ['transpose', 'unsqueeze', 'flatten', 'select', 'narrow from', 'at'].includes(name)) return
    const isStride = name === 'asStrided strides' || name.startsWith('expand')
    if (isStride && value > 0 && value < 2 ** 53) {
      // Elements may repeat without memory; only a result of that many has none.
      if (name !== 'asStrided strides')
        expect(refused(() => (make(value as never) as Tensor).add(1))).toMatch(isRefusal)
      return
    }
    expect(refused(() => make(value as never))).toMatch(isRefusal)
  })
})

describe('a size of -0 is 0', () => {
  test.each([
    ['zeros', () => zeros(-0)],
    ['a list', () => zeros([-0])],
    ['full', () => full([-0], 1)],
    ['view', () => zeros(0).view(-0)],
    ['expand', () => zeros(1).expand(-0)]
  ])('in %s', (_, make) => {
    expect(make().shape).toEqual([0])
  })
})

describe('messages', () => {
  const limit = constants.MAX_LENGTH
  const most = ` One tensor holds at most ${limit / 2 ** 30} GiB, since Node ${process.versions.node} has no larger buffers.`
  const beyond = (bytes: number): string =>
    `RangeError: DefaultCPUAllocator: can't allocate memory: you tried to allocate ${bytes} bytes.${bytes > limit ? most : ''}`

  const rows: [call: () => unknown, message: string][] = [
    [() => ones(1).expand(-4000).add(1), 'RangeError: Trying to create tensor with negative dimension -4000: [-4000]'],
    [() => ones(1).expand(NaN), 'TypeError: expand: size must be integers, got [NaN]'],
    [() => ones(1).expand('2' as never), "TypeError: expand: size must be integers, got ['2']"],
    [() => full(3 as never, 1), 'TypeError: full: size must be an array, got 3; pass an array: [3]'],
    [() => zeros(2n as never), 'TypeError: zeros: size must be integers, got [2n]'],
    [() => zeros(2, 1e300), 'RangeError: Overflow when unpacking long long; zeros: size holds 1e+300'],
    [() => x().asStrided([-1000], [1]), 'RangeError: Trying to create tensor with negative dimension -1000: [-1000]'],
    [() => x().asStrided([2], [1.5]), 'TypeError: asStrided: stride must be integers, got [1.5]'],
    [() => x().asStrided([2], [1], 0.5), 'TypeError: asStrided: storageOffset must be an integer, got 0.5'],
    [
      () => x().asStrided([3], [1], 4),
      'RangeError: setStorage: sizes [3], strides [1], storage offset 4, and itemsize 4 requiring a storage size of 28 are out of ' +
        'bounds for storage of size 24'
    ],
    [
      () => ones(1).expand(2 ** 40, 2 ** 40),
      'RangeError: numel: integer multiplication overflow with sizes=[1099511627776, 1099511627776]'
    ],
    [
      () => zeros(2 ** 40, 2 ** 40),
      'RangeError: Storage size calculation overflowed with sizes=[1099511627776, 1099511627776]'
    ],
    [
      () =>
        ones(1)
          .expand(2 ** 40, 1)
          .add(ones(1).expand(1, 2 ** 40)),
      'RangeError: Storage size calculation overflowed with sizes=[1099511627776, 1099511627776]'
    ],
    [() => zeros(2 ** 50), beyond(2 ** 52)],
    // Node 20 has no buffer of more than 4 GiB; later versions have, and might find the memory.
    ...(limit > 2 ** 32
      ? []
      : ([
          [() => zeros(2 ** 30 + 1), beyond(2 ** 32 + 4)],
          [() => ones(1e5, 1e5), beyond(4e10)]
        ] as [() => unknown, string][])),
    [
      () => zeros(2 ** 52, { dtype: 'float64' }),
      'RangeError: Storage size calculation overflowed: a storage cannot have 36028797018963970 bytes'
    ],
    [
      () => x().split(1e-7),
      'TypeError: split: splitSizeOrSections must be an integer or an array of integers, got 1e-7'
    ],
    [
      () => x().split('2' as never),
      "TypeError: split: splitSizeOrSections must be an integer or an array of integers, got '2'"
    ],
    [() => x().split([1.5, 4.5]), 'TypeError: split: splitSizeOrSections must be integers, got [1.5]'],
    [() => x().chunk(2.5), 'TypeError: chunk: chunks must be an integer, got 2.5'],
    [() => x().narrow(0, 0.5, 1), 'TypeError: narrow: start must be an integer, got 0.5'],
    [() => x().at(slice(0, 2.5)), 'TypeError: slice: end must be an integer, got 2.5'],
    [() => x().at(slice('a' as never, 2)), "TypeError: slice: start must be an integer, got 'a'"],
    [() => x().at(slice(0, 2, 0.5)), 'TypeError: slice: step must be an integer, got 0.5'],
    [() => randint(NaN, [2]), 'TypeError: randint: high must be an integer, got NaN'],
    [() => randint(0, NaN, [2]), 'TypeError: randint: high must be an integer, got NaN'],
    [() => randint('0' as never, 5, [2]), "TypeError: randint: low must be an integer, got '0'"],
    [
      () => randint(2 ** 63, [2]),
      'RangeError: Overflow when unpacking long long; randint: high is 9223372036854776000'
    ],
    [
      () => rand(2, { generator: { state: ones(9) } as never }),
      "TypeError: rand(): argument 'generator' must be Generator, not object"
    ],
    [() => new dyngrad.Generator().setState('x' as never), 'TypeError: setState: state must be a Tensor, got string'],
    [() => (x().data = { code: 0 } as never), 'TypeError: data must be a Tensor, got object']
  ]
  test.each(rows.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
    expect(refused(call)).toBe(message)
  })
})

describe('of tensors that cost no memory', () => {
  const count = 2 ** 31
  const tooMany = (op: string): string => `RangeError: ${op}: ${count} pieces, more than 4194304`
  const rows: readonly (readonly [string, (x: Tensor) => unknown, string])[] = [
    ['unbind', (x) => x.unbind(), tooMany('unbind')],
    ['iteration', (x) => [...x], tooMany('unbind')],
    ['split', (x) => x.split(1), tooMany('split')],
    ['chunk', (x) => x.T.chunk(count, -1), tooMany('split')],
    ['chunk of nothing', (x) => x.narrow(0, 0, 0).chunk(count), tooMany('chunk')],
    ['tensorSplit', (x) => x.tensorSplit(count), tooMany('tensorSplit')],
    [
      'tolist',
      (x) => x.tolist(),
      'RangeError: tolist: a tensor of shape [2147483648, %] is too large for nested arrays, which hold at most ' +
        '67108864 values; use toTypedArray()'
    ]
  ]
  const tensors = [
    ['empty', () => zeros(count, 0), '0'],
    ['expanded', () => ones(1, 1).expand(count, 1), '1']
  ] as const
  test.each(rows.flatMap(([name, call, message]) => tensors.map((each) => [name, ...each, call, message] as const)))(
    '%s of one that is %s is refused',
    (_name, _kind, make, columns, call, message) => {
      expect(refused(() => call(make()))).toBe(message.replace('%', columns))
    }
  )
})

describe('inside the library', () => {
  test.each([NaN, -1, -4000, 0.5, 2 ** 32 + 0.5, 2 ** 53, Infinity, -Infinity])('no storage has %p bytes', (bytes) => {
    for (const make of [allocate, allocateOwn]) expect(refused(() => make(bytes))).toMatch(/^RangeError: /)
  })

  test('no alias leaves its storage', () => {
    const of = x()
    expect(refused(() => aliasTensor(of, [2], [1], 5))).toMatch(/^RangeError: setStorage: /)
    expect(refused(() => aliasTensor(of, [2], [-1], 0))).toMatch(/^RangeError: setStorage: /)
    expect(refused(() => aliasTensor(of, [1], [1], -1))).toMatch(/^RangeError: setStorage: /)
    expect(refused(() => aliasTensor(of, [2], [NaN], 0))).toMatch(/^RangeError: setStorage: /)
    expect(refused(() => aliasTensor(of, [NaN], [1], 0))).toMatch(/sizes must be integers/)
  })

  test('the most dims are those of a launch', () => {
    expect(native.maxRank).toBe(MAX_RANK)
    const sizes = new Array<number>(MAX_RANK).fill(1)
    expect(ones(sizes).add(1).item()).toBe(2)
    for (const make of [
      () => ones([...sizes, 1]),
      () => ones(sizes).unsqueeze(0),
      () => ones(1).expand([...sizes, 1])
    ]) {
      expect(refused(make)).toBe('RangeError: tensors of more than 16 dims are not supported, got 17')
    }
  })
})

test('an empty part behind the end of a storage has no elements', () => {
  const base = zeros(3, 0)
  expect(base.at(2).sum().item()).toBe(0)
  expect(base.at(2).add(1).shape).toEqual([0])
  expect(base.select(0, 2).tolist()).toEqual([])
  expect(base.unbind().map((row) => row.sum().item())).toEqual([0, 0, 0])
  expect(zeros(4, 0, 5).at(3).mul(2).shape).toEqual([0, 5])
  expect(x().narrow(0, 6, 0).sum().item()).toBe(0)
  expect(x().asStrided([0], [1], 1000).exp().shape).toEqual([0])
})

test('large bounds of slices and pieces are cut', () => {
  expect(x().at(slice(0, 1e300)).shape).toEqual([6])
  expect(
    x()
      .at(slice(-1e300, null, 2 ** 60))
      .tolist()
  ).toEqual([0])
  expect(
    x()
      .at(slice(null, null, 1e300))
      .add(1)
      .tolist()
  ).toEqual([1])
  expect(
    x()
      .split(2 ** 62)
      .map((part) => part.tolist())
  ).toEqual([[0, 1, 2, 3, 4, 5]])
  expect(x().chunk(1e20).length).toBe(6)
})

test('what modules make has sizes, too', () => {
  for (const value of [NaN, 1.5, -2, '2']) expect(thrown(() => new nn.Linear(value as never, 2))).toMatch(isRefusal)
  expect(emptyLike(tensor([])).shape).toEqual([0])
})
