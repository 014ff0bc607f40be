// Equality of Jest with the testers: Vitest takes the same.

import { Generator, type Tensor, deepcopy, manualSeed, nn, ones, optim, rand, tensor, zeros } from 'dyngrad'
import { tensorSerializer, tensorTesters } from 'dyngrad/testing'
import { thrown } from '../helpers/check'

;(expect as unknown as { addEqualityTesters(testers: unknown): void }).addEqualityTesters(tensorTesters)
expect.addSnapshotSerializer(tensorSerializer)

const linear = (): nn.Linear => {
  manualSeed(0)
  return new nn.Linear(2, 1)
}
function trained(): { net: nn.Module; optimizer: optim.Adam } {
  const net = new nn.Sequential(linear(), new nn.ReLU())
  const optimizer = new optim.Adam(net.parameters())
  net
    .forward(ones([2, 2]))
    .sum()
    .backward()
  optimizer.step()
  return { net, optimizer }
}
function looped(): nn.Module {
  const layer = linear()
  return Object.assign(layer, { self: { me: layer } })
}
const after = (draws: number): Generator => {
  const generator = new Generator().manualSeed(1)
  if (draws > 0) rand(draws, { generator })
  return generator
}

const equal: Record<string, [unknown, unknown]> = {
  tensors: [tensor([1, 2]), tensor([1, 2])],
  'tensors without dims': [tensor(1), tensor(1)],
  'tensors without elements': [zeros([0, 2]), zeros([0, 2])],
  NaN: [tensor([NaN, 1]), tensor([NaN, 1])],
  'booleans and integers': [
    [tensor([true]), tensor([1n])],
    [tensor([true]), tensor([1n])]
  ],
  views: [ones([2, 3]).t(), ones([3, 2])],
  'tensors of a graph': [ones(1, { requiresGrad: true }).exp(), ones(1, { requiresGrad: true }).exp()],
  'what is nested': [
    { a: [tensor(1)], b: new Map([['c', tensor([2])]]) },
    { a: [tensor(1)], b: new Map([['c', tensor([2])]]) }
  ],
  'state dicts': [linear().stateDict(), linear().stateDict()],
  modules: [linear(), linear()],
  'networks and optimizers': [trained(), trained()],
  'a copy': [trained().net, deepcopy(trained().net)],
  generators: [after(3), after(3)],
  'a module that holds itself': [looped(), looped()]
}

describe.each(Object.entries(equal))('%s that are equal', (_, [a, b]) => {
  test('are so', () => {
    expect(a).toEqual(b)
    expect(a).toStrictEqual(b)
    expect({ x: a }).toMatchObject({ x: b })
    expect([a]).toContainEqual(b)
    const spy = jest.fn()
    spy(a)
    expect(spy).toHaveBeenCalledWith(b)
    expect(() => expect(a).not.toEqual(b)).toThrow()
  })
})

const other = linear()
other.weight.data.add_(1)
const different: Record<string, [unknown, unknown]> = {
  values: [tensor([1, 2]), tensor([1, 3])],
  'values without dims': [tensor(1), tensor(2)],
  shapes: [tensor([1]), tensor([[1]])],
  'shapes without elements': [zeros([0, 2]), zeros([0, 3])],
  dtypes: [tensor([1]), tensor([1], { dtype: 'float64' })],
  'gradients required': [ones(1), ones(1, { requiresGrad: true })],
  kinds: [tensor([1]), [1]],
  'a tensor and nothing': [tensor([1]), undefined],
  NaN: [tensor([NaN]), tensor([1])],
  'what is nested': [{ a: [tensor(1)] }, { a: [tensor(2)] }],
  'state dicts': [linear().stateDict(), other.stateDict()],
  modules: [linear(), other],
  modes: [linear(), linear().eval()],
  options: [new nn.Softplus(1), new nn.Softplus(2)],
  optimizers: [trained().optimizer, new optim.Adam(linear().parameters())],
  generators: [after(3), after(4)]
}

test.each(Object.entries(different))('%s that differ are not equal', (_, [a, b]) => {
  for (const compare of [
    () => expect(a).toEqual(b),
    () => expect({ x: a }).toStrictEqual({ x: b }),
    () => expect({ x: a }).toMatchObject({ x: b })
  ])
    expect(thrown(compare)).toMatch(/expected/)
})

test('asymmetric matchers work', () => {
  expect({ x: tensor(1) as Tensor, y: 2 }).toEqual({
    x: expect.anything() as unknown,
    y: expect.any(Number) as unknown
  })
  expect([tensor(1)]).toEqual(expect.arrayContaining([tensor(1)]))
})

test('snapshots print tensors as the console does', () => {
  expect({ loss: tensor([1.5, 2]) }).toMatchInlineSnapshot(`
    {
      "loss": tensor([1.5000, 2.0000]),
    }
  `)
})
