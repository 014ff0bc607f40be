// Slopes that rrelu draws: PyTorch's from the same seed.

import { type Tensor, autograd, manualSeed, nn, rand, rrelu, rrelu_, tensor } from '../../lib'
import { floats, values } from '../helpers/check'

const SLOPES = floats(0.13210587203502655, 0.18473754823207855, 0.28602394461631775, 0.16144312918186188)

describe('rrelu() in training', () => {
  test('draws a slope for each element that is not above 0', () => {
    manualSeed(3)
    const x = tensor([-1, 2, -3, 0, NaN, -1], { requiresGrad: true })
    const y = rrelu(x, { training: true })
    expect(values(y)).toEqual(floats(-SLOPES[0], 2, -0.5542126297950745, 0, NaN, -SLOPES[3]))
    const [gradient] = autograd.grad(y.sum(), x)
    expect(values(gradient)).toEqual([SLOPES[0], 1, SLOPES[1], SLOPES[2], 1, SLOPES[3]])
    expect(y.gradFn!.name).toBe('RreluWithNoiseBackward0')
    expect(values(rand(2))).toEqual(floats(0.5944212079048157, 0.887856662273407))
  })

  test('draws in logical order, in float64 too', () => {
    const x = tensor([
      [-1, 1],
      [-2, -1]
    ]).t()
    manualSeed(3)
    expect(values(rrelu(x, -1, 2, true).reshape(-1))).toEqual(
      floats(0.8976753950119019, 0.27955862879753113, 1, -1.3187447786331177)
    )
    manualSeed(3)
    expect([...rrelu(tensor([-1, 1, -2, -1]).double(), -1, 2, true).toTypedArray()]).toEqual([
      0.8976754130484386, 1, 0.2795586396721583, -1.318744832985753
    ])
  })

  test('writes in place', () => {
    const x = tensor([-1, 2], { requiresGrad: true })
    const written = x.clone()
    manualSeed(3)
    expect(rrelu_(written, { training: true })).toBe(written)
    expect(values(written)).toEqual([-SLOPES[0], 2])
    expect(written.gradFn!.name).toBe('RreluWithNoiseBackward1')
    const [gradient] = autograd.grad(written.sum(), x)
    expect(values(gradient)).toEqual([SLOPES[0], 1])
  })
})

test('nn.RReLU draws while it trains, and takes the mean after', () => {
  const layer = new nn.RReLU()
  manualSeed(3)
  expect(values(layer.forward(tensor([-1])))).toEqual([-SLOPES[0]])
  layer.eval()
  expect(values(layer.forward(tensor([-48])))).toEqual([-11])
})

test('nn.PReLU learns its slopes', () => {
  const layer = new nn.PReLU(2, 0.5)
  const y: Tensor = layer.forward(tensor([[-1, -2]]))
  y.sum().backward()
  expect([values(y), values(layer.weight.grad!), Object.keys(layer.stateDict())]).toEqual([
    [-0.5, -1],
    [-1, -2],
    ['weight']
  ])
})
