// Batches from samples, in the form of the samples.
import { Tensor, ones, tensor } from '../../lib'
import { defaultCollate, defaultConvert } from '../../lib/data'
import { thrown } from '../helpers/check'

const plain = (value: unknown): unknown =>
  value instanceof Tensor ? { dtype: value.dtype, values: value.tolist() } : value

const of = (dtype: string, values: unknown): unknown => ({ dtype, values })

test.each<[string, unknown[], unknown]>([
  [
    'tensors',
    [tensor([1, 2]), tensor([3, 4])],
    of('float32', [
      [1, 2],
      [3, 4]
    ])
  ],
  ['0-d tensors', [tensor(1n), tensor(2n)], of('int64', [1, 2])],
  ['numbers', [1, 2.5], of('float32', [1, 2.5])],
  ['BigInts', [1n, 2n], of('int64', [1, 2])],
  ['booleans', [true, false], of('bool', [true, false])],
  ['float64 arrays', [new Float64Array([0.1]), new Float64Array([2])], of('float64', [[0.1], [2]])],
  [
    'bytes',
    [Buffer.from('ab'), Buffer.from('cd')],
    of('uint8', [
      [97, 98],
      [99, 100]
    ])
  ],
  ['int64 arrays', [new BigInt64Array([5n])], of('int64', [[5]])],
  ['strings', ['a', 'b'], ['a', 'b']]
])('%s', (_, samples, expected) => {
  expect(plain(defaultCollate(samples))).toEqual(expected)
})

test('arrays, Maps and plain objects keep their form, however nested', () => {
  const samples = [
    { x: [1, 'a'], y: new Map<string, unknown>([['z', ones(2)]]), more: 1 },
    { x: [2, 'b'], y: new Map<string, unknown>([['z', ones(2)]]), other: 2, more: 3 }
  ]
  const batch = defaultCollate<{ x: [number, string]; y: Map<string, Tensor> }>(samples as never)
  expect(Object.keys(batch)).toEqual(['x', 'y', 'more'])
  expect(plain(batch.x[0])).toEqual(of('float32', [1, 2]))
  expect(batch.x[1]).toEqual(['a', 'b'])
  expect(batch.y.get('z')!.shape).toEqual([2, 2])
})

test('a key may be named as anything', () => {
  const samples = [JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 2}')] as object[]
  expect(Object.keys(defaultCollate(samples))).toEqual(['__proto__'])
  expect(Object.getPrototypeOf(defaultCollate(samples))).toBe(Object.prototype)
})

test('samples one by one have tensors in place of typed arrays', () => {
  const date = new Date(0)
  const text = 'a'
  const converted = defaultConvert({ x: new Float32Array([1]), y: [new Uint8Array([2]), 3, text], date, z: null })
  expect(plain(converted.x)).toEqual(of('float32', [1]))
  expect(plain(converted.y[0])).toEqual(of('uint8', [2]))
  expect([converted.y[1], converted.y[2], converted.date, converted.z]).toEqual([3, text, date, null])
  expect(plain(defaultConvert(new Map([['a', new Float64Array(1)]])).get('a'))).toEqual(of('float64', [0]))
  const x = ones(2)
  expect(defaultConvert(x)).toBe(x)
})

const advice = 'give the loader a collateFn for it'
const mixed = (first: string, other: string): string =>
  `TypeError: defaultCollate: samples must be of one kind, got ${first} at entry 0 and ${other} at entry 1`

const refusals: [call: () => unknown, message: string][] = [
  [() => defaultCollate([]), 'RangeError: defaultCollate: batch must have at least one sample'],
  [() => defaultCollate(5 as never), 'TypeError: defaultCollate: batch must be an array, got number'],
  [() => defaultCollate([1, true]), mixed('number', 'boolean')],
  [() => defaultCollate([1, undefined]), mixed('number', 'undefined')],
  [() => defaultCollate(['a', null]), mixed('string', 'null')],
  [() => defaultCollate([ones(1), 1]), mixed('Tensor', 'number')],
  [() => defaultCollate([[1], { a: 1 }]), mixed('Array', 'object')],
  [() => defaultCollate([new Map(), {}]), mixed('Map', 'object')],
  [() => defaultCollate([new Float32Array(1), new Float64Array(1)]), mixed('Float32Array', 'Float64Array')],
  [
    () => defaultCollate([new Float32Array(1), new Float32Array(2)]),
    'RangeError: stack expects each tensor to be equal size, but got [1] at entry 0 and [2] at entry 1'
  ],
  [() => defaultCollate([[1], [1, 2]]), 'RangeError: each element in list of batch should be of equal size'],
  [() => defaultCollate([{ a: 1 }, { b: 1 }]), "RangeError: defaultCollate: the object at entry 1 has no key 'a'"],
  [
    () => defaultCollate([new Map([['a', 1]]), new Map([['b', 1]])]),
    'RangeError: defaultCollate: the Map at entry 1 has no key a'
  ],
  ...[null, undefined, new Date(0), new DataView(new ArrayBuffer(1))].map((value): [() => unknown, string] => [
    () => defaultCollate([value]),
    'TypeError: defaultCollate: batch must contain tensors, typed arrays, numbers, strings, objects or arrays; found ' +
      `${value === null || value === undefined ? String(value) : value.constructor.name}; ${advice}`
  ])
]

test.each(refusals.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
  expect(thrown(call)).toBe(message)
})
