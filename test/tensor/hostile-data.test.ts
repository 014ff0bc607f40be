// Data that refers to itself, lies about its length or asks for more than there is: an error or the elements, nothing
// else.

import {
  type Tensor,
  type TypedArray,
  arange,
  autograd,
  cat,
  compile,
  linspace,
  nn,
  normal,
  ones,
  optim,
  rand,
  stack,
  tensor,
  zeros
} from '../../lib'
import { thrown } from '../helpers/check'

const TOO_DEEP = "RangeError: too many dimensions 'Array'; tensors have at most 16"

const nested = (depth: number): unknown => {
  let list: unknown = 1
  for (let i = 0; i < depth; i++) list = [list]
  return list
}

describe('nested arrays', () => {
  test('that contain themselves are refused', () => {
    const own: unknown[] = []
    own.push(own)
    const pair: unknown[] = [[1]]
    pair[0] = pair
    const second: unknown[] = [[1]]
    second.push(second)
    expect(thrown(() => tensor(own as never))).toBe(TOO_DEEP)
    expect(thrown(() => tensor(pair as never))).toBe(TOO_DEEP)
    expect(thrown(() => tensor(second as never))).toBe('RangeError: expected sequence of length 1 at dim 1 (got 2)')
  })

  test.each([17, 100, 100_000])('of depth %p are refused', (depth) => {
    expect(thrown(() => tensor(nested(depth) as never))).toBe(TOO_DEEP)
  })

  test('of depth 16 are taken', () => {
    const deep = tensor(nested(16) as never)
    expect([deep.dim(), deep.add(1).sum().item()]).toEqual([16, 2])
    expect(deep.tolist()).toEqual(nested(16))
  })

  test('whose length changes while they are read are refused', () => {
    const growing: unknown[] = [0, 2]
    Object.defineProperty(growing, 0, { get: () => growing.push(3), enumerable: true })
    expect(thrown(() => tensor(growing as never))).toMatch(/^RangeError: expected sequence of length 2/)
    const shrinking: unknown[] = [0, 2, 3]
    Object.defineProperty(shrinking, 0, { get: () => ((shrinking.length = 1), 1), enumerable: true })
    expect(thrown(() => tensor(shrinking as never))).toMatch(/^RangeError: expected sequence/)
    let asked = 0
    const liar = new Proxy([1, 2], { get: (list, key) => (key === 'length' ? 2 + asked++ : Reflect.get(list, key)) })
    expect(thrown(() => tensor(liar as never))).toMatch(/^(RangeError|TypeError): /)
  })
})

describe('typed arrays', () => {
  const kinds = [Float32Array, Float64Array, Int32Array, BigInt64Array, Uint8Array] as const

  test.each(kinds.map((Kind) => [Kind.name, Kind] as const))(
    '%s with a length of its own shows its elements',
    (_, Kind) => {
      const Base = Kind as unknown as new (length: number) => TypedArray
      for (const claimed of [1000, 0, 2 ** 40, -1, NaN]) {
        class Liar extends (Base as unknown as typeof Float32Array) {
          override get length(): number {
            return claimed
          }
          override get byteOffset(): number {
            return claimed
          }
        }
        const liar = new (Liar as unknown as new (length: number) => TypedArray)(3)
        liar[1] = (Kind === BigInt64Array ? 7n : 7) as never
        expect(tensor(liar).tolist()).toEqual([0, 7, 0])
        expect(tensor(liar, { dtype: 'float64' }).tolist()).toEqual([0, 7, 0])
      }
    }
  )

  test('an own property named length, iterator or constructor changes nothing', () => {
    const data = Float32Array.of(1, 2, 3)
    for (const [name, value] of [
      ['length', 500],
      ['constructor', Array],
      [Symbol.iterator, () => [9, 9][Symbol.iterator]()]
    ] as const) {
      Object.defineProperty(data, name, { value })
    }
    expect(tensor(data).tolist()).toEqual([1, 2, 3])
    expect(tensor(data, { dtype: 'int64' }).tolist()).toEqual([1, 2, 3])
  })

  test('over a detached buffer are empty', () => {
    const data = Float32Array.of(1, 2, 3)
    structuredClone(data.buffer, { transfer: [data.buffer] })
    expect(tensor(data).shape).toEqual([0])
    expect(tensor(data, { dtype: 'float64' }).shape).toEqual([0])
  })

  test('over a shared or resizable buffer are copied as they are', () => {
    const shared = new Float32Array(new SharedArrayBuffer(8))
    shared.set([1, 2])
    const made = tensor(shared)
    shared[0] = 9
    expect(made.tolist()).toEqual([1, 2])
    type Resizable = ArrayBuffer & { resize(bytes: number): void }
    const Buffer = ArrayBuffer as unknown as new (bytes: number, options: { maxByteLength: number }) => Resizable
    const buffer = new Buffer(16, { maxByteLength: 64 })
    const tracking = new Float32Array(buffer)
    const fixed = new Float32Array(buffer, 8, 2)
    buffer.resize(8)
    expect([tensor(tracking).shape, tensor(fixed).shape]).toEqual([[2], [0]])
  })

  test('what toTypedArray gives is a copy', () => {
    const x = ones(3)
    const copy = x.toTypedArray()
    copy[0] = 5
    expect(x.tolist()).toEqual([1, 1, 1])
    expect(copy.buffer.byteLength).toBe(12)
  })
})

describe('counts', () => {
  test.each([
    ['arange', () => arange(0, 1e300)],
    ['arange of small steps', () => arange(0, 1, 1e-300)],
    ['linspace', () => linspace(0, 1, 2 ** 53 - 1)],
    ['linspace of no integer', () => linspace(0, 1, 1e300)],
    ['split', () => ones(3).split(1e-7)],
    ['split of 0', () => ones(3).split(0)],
    ['chunk', () => ones(3).chunk(1e-7)],
    ['rand', () => rand(2 ** 45)]
  ])('of %s are refused before memory is taken', (_, make) => {
    expect(thrown(make)).toMatch(/^(RangeError|TypeError): (?!internal)/)
  })
})

test('products whose operands no memory can pack throw, and leave the next one alone', () => {
  const long = ones(1).expand(2 ** 50)
  expect(thrown(() => long.dot(long))).toBe('Error: launch: out of memory')
  expect(thrown(() => long.expand(3, 2 ** 50).mv(long))).toBe('Error: launch: out of memory')
  expect(arange(100).to('float32').dot(ones(100)).item()).toBe(4950)
})

describe('a list of billions of holes', () => {
  const holes = new Array<never>(2 ** 32 - 1)
  const x = ones(2, 3, { requiresGrad: true })
  const calls: [string, () => unknown, string][] = [
    ['sum', () => x.sum(holes), 'RangeError: sum: dim holds 4294967295 integers, more than 16777216'],
    ['any', () => x.any(holes), 'RangeError: any: dim holds 4294967295 integers, more than 16777216'],
    ['at', () => x.at(holes), 'TypeError: at: a list of indices must hold integers, got undefined'],
    ['cat', () => cat(holes), 'TypeError: cat: element 0 of tensors must be a Tensor, got undefined'],
    ['stack', () => stack(holes), 'TypeError: stack: element 0 of tensors must be a Tensor, got undefined'],
    [
      'backward',
      () => autograd.backward(holes),
      'TypeError: backward: element 0 of tensors must be a Tensor, got undefined'
    ],
    [
      'grad',
      () => autograd.grad(x.sum(), holes),
      'TypeError: grad: element 0 of inputs must be a Tensor, got undefined'
    ],
    [
      'an optimizer',
      () => new optim.SGD(holes, { lr: 1 }),
      'TypeError: optimizer can only optimize Tensors, but one of the params is undefined'
    ],
    [
      'a group',
      () => new optim.SGD([{ params: holes }], { lr: 1 }),
      'TypeError: optimizer can only optimize Tensors, but one of the params is undefined'
    ],
    [
      'a compiled function',
      () => compile((list: unknown[]) => list.length).prepare(holes),
      'TypeError: compile: an array of length 4294967295 has no element 0'
    ]
  ]
  test.each(calls)('is refused at the first by %s', (_, call, message) => {
    expect(thrown(call)).toBe(message)
  })
})

test('a list that grows as it is read is read as long as it was', () => {
  const growing: number[] = [2, 3]
  Object.defineProperty(growing, 0, { get: () => (growing.push(1), 2) })
  expect(ones(growing as [number]).shape).toEqual([2, 3])
  const endless = new Proxy([1], {
    get: (list, key) => (key === 'length' ? 2 ** 32 - 1 : key === 'map' ? list.map : 1)
  })
  expect(thrown(() => ones(endless as unknown as [number]))).toBe(
    'RangeError: ones: size holds 4294967295 integers, more than 16777216'
  )
  expect(thrown(() => ones(2).setAt(new Array(2 ** 32 - 1), 1))).toBe(
    'RangeError: too many indices for tensor of dimension 1'
  )
})

describe('a list with a hole', () => {
  test('is no list of the others', () => {
    const [list, x] = [[ones(2), ones(2)], ones(2, { requiresGrad: true })]
    Reflect.deleteProperty(list, 1)
    expect(thrown(() => cat(list))).toBe('TypeError: cat: element 1 of tensors must be a Tensor, got undefined')
    const mask = [true, true]
    Reflect.deleteProperty(mask, 1)
    expect(thrown(() => x.at(mask))).toBe('TypeError: at: a list of indices must hold integers, got undefined')
  })
})

describe('a number that calls the library when it is read', () => {
  test('is none to a call', () => {
    const x = ones(4).clone()
    let reads = 0
    class Counter {
      valueOf(): number {
        x.clone().uniform_()
        return ++reads
      }
    }
    const number = new Counter() as unknown as number
    const calls: [() => unknown, string][] = [
      [() => x.uniform_(0, number), 'TypeError: uniform_: to must be a number, got Counter'],
      [() => x.uniform_(number), 'TypeError: uniform_: from must be a number, got Counter'],
      [() => x.normal_(0, number), 'TypeError: normal_: std must be a number, got Counter'],
      [() => x.normal_(number), 'TypeError: normal_: mean must be a number, got Counter'],
      [() => x.bernoulli_(number), 'TypeError: bernoulli_: p must be a number, got Counter'],
      [() => normal(number, 1, [3]), 'TypeError: normal: mean must be a number, got Counter'],
      [() => normal(x, number), 'TypeError: normal: std must be a Tensor or a number, got Counter'],
      [() => linspace(0, number, 5), 'TypeError: linspace: end must be a number, got Counter'],
      [() => linspace(number, 0, 5), 'TypeError: linspace: start must be a number, got Counter'],
      [
        () => nn.functional.nllLoss(x, tensor([1n]), { ignoreIndex: number }),
        'TypeError: nllLoss: ignoreIndex must be an integer, got Counter'
      ],
      [
        () => nn.functional.crossEntropy(x, tensor([1n]), { labelSmoothing: number }),
        'TypeError: crossEntropy: labelSmoothing must be a number, got Counter'
      ]
    ]
    for (const [call, message] of calls) expect(thrown(call)).toBe(message)
    expect([x.tolist(), reads]).toEqual([[1, 1, 1, 1], 0])
  })

  test('as a learning rate takes part in its own step only', () => {
    const leaves = [1, 2].map(() => zeros(4).clone().requiresGrad_())
    for (const leaf of leaves) leaf.grad = ones(4)
    const [outer, inner] = leaves.map((leaf) => new optim.SGD([leaf], { lr: 1 }))
    Object.defineProperty(outer.paramGroups[0], 'lr', { get: () => (inner.step(), 1) })
    outer.step()
    const steps = leaves[1].tolist<number[]>()[0]
    expect([leaves[0].tolist(), leaves[1].tolist()]).toEqual([
      [-1, -1, -1, -1],
      [steps, steps, steps, steps]
    ])
    expect(steps).toBe(-leaves[1].version)
  })
})

test('a learning rate that runs the compiled step that reads it throws', () => {
  const parameters = [1, 2].map(() => zeros(4).clone().requiresGrad_())
  const optimizer = new optim.SGD(parameters, { lr: 1 })
  const step = compile((x: Tensor) => {
    for (const parameter of parameters) parameter.grad = x
    optimizer.step()
  })
  const [a, b] = [ones(4), ones(4).mul(2)]
  step(a)
  let isNested = false
  Object.defineProperty(optimizer.paramGroups[0], 'lr', {
    get: () => {
      if (!isNested) {
        isNested = true
        step(b)
        isNested = false
      }
      return 1
    }
  })
  expect(thrown(() => step(a))).toBe('Error: compile: a number that this step reads runs the step itself')
  expect(parameters.map((parameter) => parameter.tolist())).toEqual([
    [-3, -3, -3, -3],
    [-3, -3, -3, -3]
  ])
})

describe('arange()', () => {
  test('ignores nothing that it is given', () => {
    const [x, y] = [ones(2) as unknown as number, [1] as unknown as number]
    expect(thrown(() => arange(x, 3))).toBe('TypeError: arange: start must be a number, got Tensor; use item()')
    expect(thrown(() => arange(0, y, 1))).toBe('TypeError: arange: end must be a number, got Array')
    expect(thrown(() => (arange as () => unknown)())).toBe("TypeError: arange() missing 1 required argument: 'end'")
    expect(
      arange(3, { dtype: 'int32' })
        .add(arange(0, 6, 2, { dtype: 'int32' }))
        .tolist()
    ).toEqual([0, 3, 6])
  })
})
