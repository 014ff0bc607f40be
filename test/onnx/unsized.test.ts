// Results whose size depends on values, and what may be done with them.

import { type Tensor, randint, randn } from '../../lib'
import * as onnx from '../../lib/onnx'
import { thrown } from '../helpers/check'
import { difference, run, tensorsOf } from './session'

const cases: Record<string, (x: Tensor) => unknown> = {
  nonzero: (x) => x.gt(0).nonzero(),
  'nonzero as a list': (x) => x.gt(0).nonzero({ asTuple: true }),
  maskedSelect: (x) => x.maskedSelect(x.lt(0.5)),
  'maskedSelect by rows': (x) => x.maskedSelect(x.select(1, 0).gt(0).unsqueeze(1)),
  'at with a mask': (x) => x.at(x.gt(0)),
  'at with a mask of rows': (x) => x.at(x.sum(1).gt(0)),
  'a sum of what is masked': (x) => x.at(x.gt(0)).exp().sum().add(1),
  'rows by number': (x) => x.indexSelect(0, x.sum(1).gt(0).nonzero().select(1, 0)).mul(2),
  unique: (x) => x.round().unique(),
  'unique with its counts': (x) => x.round().unique(true, true, true),
  'unique columns': (x) => x.sign().unique(true, true, false, 1)
}

test.each(Object.entries(cases))('%s', async (_, fn) => {
  const model = onnx.export(fn, randn(4, 3))
  for (let i = 0; i < 3; i++) {
    const x = randn(4, 3)
    expect(difference(await run(model, [x]), tensorsOf(fn(x)))).toBeNull()
  }
})

test('integers', async () => {
  const fn = (x: Tensor): Tensor => x.at(x.remainder(2).eq(0)).unique()
  const model = onnx.export(fn, randint(0, 9, [20]))
  const x = randint(0, 9, [20])
  expect(difference(await run(model, [x]), [fn(x)])).toBeNull()
})

const SHAPE =
  'Error: onnx.export: a call reads the shape of a tensor whose size depends on values, which is that of the example alone'

test.each([
  ['a shape', (x: Tensor) => x.at(x.gt(0)).div(x.at(x.gt(0)).shape[0])],
  ['a number of elements', (x: Tensor) => x.mul(x.at(x.gt(0)).numel())],
  ['a size', (x: Tensor) => x.mul(x.gt(0).nonzero().size(0) as number)],
  ['a call that needs it', (x: Tensor) => x.at(x.gt(0)).var()],
  ['a reshape', (x: Tensor) => x.gt(0).nonzero().reshape(-1)]
])('refuses %s', (_, fn) => {
  expect(thrown(() => onnx.export(fn, randn(4, 3)))).toBe(SHAPE)
})

test('refuses coordinates of a tensor without dims', () => {
  expect(thrown(() => onnx.export((x: Tensor) => x.nonzero(), randn(1).sum()))).toBe(
    'Error: onnx.export: nonzero of a tensor without dims has no counterpart in ONNX: it has no coordinates in ONNX'
  )
})
