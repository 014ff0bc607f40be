// The bilinear layer and the distance of pairs, as PyTorch has them.

import { type Tensor, manualSeed, nn, tensor } from '../../lib'
import { thrown } from '../helpers/check'

const rounded = (x: Tensor): number[] =>
  Array.from(x.detach().flatten().toTypedArray() as Float32Array, (value) => +value.toFixed(4))

test('draws what PyTorch draws', () => {
  manualSeed(0)
  const layer = new nn.Bilinear(2, 3, 2)
  expect(layer.weight.shape).toEqual([2, 2, 3])
  expect(rounded(layer.weight)).toEqual([
    -0.0053, 0.3793, -0.582, -0.5204, -0.2723, 0.1896, -0.014, 0.5607, -0.0628, 0.1871, -0.2137, -0.139
  ])
  expect(rounded(layer.bias!)).toEqual([-0.6755, -0.4683])
})

test('applies its weight and its bias', () => {
  const layer = new nn.Bilinear(2, 2, 1)
  layer.weight.data = tensor([
    [
      [1, 2],
      [3, 4]
    ]
  ])
  layer.bias!.data = tensor([0.5])
  expect(layer.forward(tensor([1, 2]), tensor([1, -1])).tolist()).toEqual([-2.5])
  const without = new nn.Bilinear(2, 2, 1, { bias: false, dtype: 'float64' })
  expect([without.bias, without.weight.dtype]).toEqual([null, 'float64'])
})

test('draws for no weight that is none', () => {
  const layer = new nn.Bilinear(2, 2, 1)
  Object.assign(layer, { weight: null })
  expect(thrown(() => layer.resetParameters())).toBe('TypeError: resetParameters: weight must be a Tensor, got null')
})

test('prints what it was made of', () => {
  expect(String(new nn.Bilinear(2, 3, 4))).toBe('Bilinear(in1_features=2, in2_features=3, out_features=4, bias=True)')
  expect(String(new nn.PairwiseDistance(1))).toBe('PairwiseDistance()')
})

test('measures the distance of pairs', () => {
  const [a, b] = [tensor([[1, 2]]), tensor([[4, 6]])]
  expect(new nn.PairwiseDistance(1, 0).forward(a, b).tolist()).toEqual([7])
  expect(new nn.PairwiseDistance({ p: Infinity, eps: 0, keepdim: true }).forward(a, b).tolist()).toEqual([[4]])
})

test('prints sizes that are none', () => {
  const [layer, linear] = [new nn.Bilinear(2, 3, 4), new nn.Linear(1, 2)]
  for (const each of [layer, linear]) Object.assign(each, { outFeatures: Symbol('n') })
  expect([String(layer), String(linear)]).toEqual([
    'Bilinear(in1_features=2, in2_features=3, out_features=symbol, bias=True)',
    'Linear(in_features=1, out_features=symbol, bias=True)'
  ])
})
