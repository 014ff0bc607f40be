// Dims whose sizes may differ from the example's: the model holds for other sizes, or the export says why not.

import { type Tensor, arange, cat, nn, randn, slice, zeros } from '../../lib'
import * as onnx from '../../lib/onnx'
import { thrown } from '../helpers/check'
import { difference, run } from './session'

type Fn = (x: Tensor) => Tensor

/** What a function gives at other sizes of the named dims, beside its export at one size. */
async function check(
  fn: Fn | nn.AnyModule,
  axes: Readonly<Record<number, string>>,
  shapes: readonly number[][]
): Promise<void> {
  const model = onnx.export(fn, randn(...shapes[0]), null, { dynamicAxes: { input: axes } })
  for (const shape of shapes) {
    const x = randn(...shape)
    const expected = fn instanceof nn.Module ? (fn.forward as Fn)(x) : fn(x)
    expect(difference(await run(model, [x]), [expected.detach()])).toBeNull()
  }
}

const batches = (...rest: number[]): number[][] => [4, 1, 9].map((n) => [n, ...rest])

const cases: Record<string, Fn> = {
  'a reshape by the size': (x) => x.reshape(x.size(0) as number, -1),
  'a reshape that moves the size': (x) => x.reshape(3, x.size(0) as number, 2).transpose(0, 1),
  'a share of the size': (x) => x.reshape((x.size(0) as number) * 2, 3),
  'a mean by hand': (x) => x.sum(0).div(x.size(0) as number),
  'a factor of the size': (x) => x.mul(1 / (x.size(0) as number)),
  'a number beside the size': (x) => x.add((x.size(0) as number) + 3),
  'zeros of the size': (x) => cat([zeros(x.size(0) as number, 2), x], 1),
  'a range of the size': (x) => x.add(arange(x.size(0) as number).unsqueeze(1)),
  'all but the last': (x) => x.narrow(0, 0, x.size(0) as number),
  'an expanded row': (x) => x.at(0).expand(x.size(0) as number, 6),
  'a slice to the size': (x) => x.at(slice(0, x.size(0) as number, 1), slice(1, 4)),
  'a flattened tensor': (x) => x.flatten().mul(2),
  'a roll': (x) => x.roll(1, 1),
  'a variance': (x) => x.var(0),
  'a softmax over it': (x) => x.softmax(0)
}

test.each(Object.entries(cases))('%s', async (_, fn) => {
  await check(fn, { 0: 'batch' }, batches(6))
})

test('two dims', async () => {
  const shapes = [
    [2, 5, 4],
    [3, 2, 4],
    [1, 7, 4]
  ]
  await check(
    (x) =>
      x
        .reshape(-1, 4)
        .tanh()
        .reshape(x.size(0) as number, x.size(1) as number, 4),
    { 0: 'n', 1: 't' },
    shapes
  )
  await check((x) => x.matmul(x.transpose(1, 2)).softmax(-1).matmul(x), { 0: 'n', 1: 't' }, shapes)
  await check((x) => x.flatten(0, 1), { 0: 'n', 1: 't' }, shapes)
})

class Positions extends nn.Module {
  readonly positions = new nn.Parameter(randn(32, 4))
  override forward(x: Tensor): Tensor {
    return x.add(this.positions.at(slice(x.size(1) as number)))
  }
}

test('the first rows of a parameter', async () => {
  await check(new Positions(), { 1: 'time' }, [
    [2, 5, 4],
    [2, 31, 4]
  ])
})

class Attention extends nn.Module {
  readonly q = new nn.Linear(8, 8)
  readonly k = new nn.Linear(8, 8)
  readonly v = new nn.Linear(8, 8)
  override forward(x: Tensor): Tensor {
    const heads = (y: Tensor): Tensor => y.reshape(x.size(0) as number, x.size(1) as number, 2, 4).transpose(1, 2)
    const [q, k, v] = [this.q, this.k, this.v].map((layer) => heads(layer.forward(x)))
    const weights = q.matmul(k.transpose(-2, -1)).div(2).softmax(-1)
    return weights.matmul(v).transpose(1, 2).flatten(2)
  }
}

test('attention over a batch of sequences', async () => {
  await check(new Attention(), { 0: 'batch', 1: 'time' }, [
    [2, 5, 8],
    [1, 1, 8],
    [3, 9, 8]
  ])
})

test('dims that are multiples of a number', async () => {
  await check((x) => x.reshape((x.size(0) as number) / 4, 4, 6).mean(1), { 0: 'n' }, [
    [8, 6],
    [4, 6],
    [20, 6]
  ])
})

test('sizes of outputs have the names of what they are equal to', async () => {
  const model = onnx.export((x: Tensor) => [x.mul(2), x.flatten()], randn(4, 3), null, {
    dynamicAxes: { input: { 0: 'batch' }, output_1: { 0: 'all' } }
  })
  const text = Buffer.from(model).toString('latin1')
  expect(text.match(/batch/g)).toHaveLength(2)
  expect(text).toContain('all')
})

const refused: Record<string, readonly [Fn, string]> = {
  'a loop over it': [
    (x) => [...x].reduce((a, b) => a.add(b)),
    "Error: onnx.export: where dim 'batch' is 5 in place of 4, the function makes other calls, so a condition or a loop " +
      'reads that size; leave that dim out of dynamicAxes, or write it without its size'
  ],
  'a condition': [
    (x) => ((x.size(0) as number) > 4 ? x.mul(2) : x),
    "Error: onnx.export: where dim 'batch' is 5 in place of 4, the function makes other calls, so a condition or a loop " +
      'reads that size; leave that dim out of dynamicAxes, or write it without its size'
  ],
  'more calls': [
    (x) => ((x.size(0) as number) > 4 ? x.mul(2).relu() : x.mul(2)),
    "Error: onnx.export: where dim 'batch' is 5 in place of 4, the function makes more or fewer calls, so a condition or a " +
      'loop reads that size; leave that dim out of dynamicAxes, or write it without its size'
  ],
  'a number by no rule': [
    (x) => x.mul((x.size(0) as number) ** 2),
    'Error: onnx.export: mul takes a number that depends on a dynamic size (16, 25, 81 where the sizes are those of the ' +
      "example; dim 'batch' is 5 in place of 4; dim 'batch' is 9 in place of 4), and no simple rule gives it; leave that " +
      'dim out of dynamicAxes, or write it without its size'
  ]
}

test.each(Object.entries(refused))('refuses %s', (_, [fn, message]) => {
  expect(thrown(() => onnx.export(fn, randn(4, 6), null, { dynamicAxes: { input: { 0: 'batch' } } }))).toBe(message)
})
