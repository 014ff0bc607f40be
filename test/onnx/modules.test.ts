// Every module of nn, exported with a dynamic batch and run by ONNX Runtime at other sizes.

import { type Tensor, manualSeed, noGrad } from '../../lib'
import * as onnx from '../../lib/onnx'
import { examples } from './modules'
import { difference, run } from './session'

const SEED = 7

const cases = [...examples].flatMap(([name, list]) => list.map((example, i) => [`${name} ${i}`, example] as const))

test.each(cases)('%s', async (_, { module, inputs }) => {
  manualSeed(SEED)
  const example = inputs(4)
  const names = example.map((_, i) => `x${i}`)
  const dynamicAxes = Object.fromEntries(names.map((name) => [name, { 0: 'batch' }]))
  const model = onnx.export(module, example, null, { inputNames: names, dynamicAxes })
  module.eval()
  for (const batch of [4, 1, 7]) {
    const given = inputs(batch)
    const copies = given.map((each) => each.clone())
    const expected = noGrad(() => (module.forward as (...args: Tensor[]) => Tensor)(...copies))
    expect(difference(await run(model, given), [expected])).toBeNull()
  }
})
