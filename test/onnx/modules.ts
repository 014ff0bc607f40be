// An example of each module of nn: the module, inputs of it, and which dims of them may differ in size.

import { type Tensor, nn, rand, randint, randn } from '../../lib'

export interface Example {
  readonly module: nn.AnyModule
  readonly inputs: (batch: number) => Tensor[]
}

export const examples = new Map<string, readonly Example[]>()

type Inputs = Example['inputs']

const put = (name: string, ...list: readonly (readonly [nn.AnyModule, Inputs])[]): void => {
  examples.set(
    name,
    list.map(([module, inputs]) => ({ module, inputs }))
  )
}

const rows: Inputs = (n) => [randn(n, 6)]
const images: Inputs = (n) => [randn(n, 3, 4, 5)]
const two: Inputs = (n) => [randn(n, 6), randn(n, 6)]

class Net extends nn.Module {
  override forward(x: Tensor): Tensor {
    return x.mul(2)
  }
}
put('Module', [new Net(), rows])
put('Identity', [new nn.Identity(), rows])
put('Linear', [new nn.Linear(6, 3), rows], [new nn.Linear(6, 3, false), rows], [new nn.Linear(5, 2), images])
put('Bilinear', [new nn.Bilinear(6, 6, 4), two], [new nn.Bilinear(6, 6, 4, false), two])
put('Flatten', [new nn.Flatten(), images], [new nn.Flatten(1, 2), images])
put('Sequential', [new nn.Sequential(new nn.Linear(6, 4), new nn.ReLU(true), new nn.Linear(4, 2)), rows])

class Listed extends nn.Module {
  readonly layers = new nn.ModuleList([new nn.Linear(6, 6), new nn.Linear(6, 6)])
  override forward(x: Tensor): Tensor {
    for (const layer of this.layers) x = (layer as nn.Linear).forward(x).tanh()
    return x
  }
}
put('ModuleList', [new Listed(), rows])

put('LayerNorm', [new nn.LayerNorm(6), rows], [new nn.LayerNorm([4, 5], { elementwiseAffine: false }), images])
put('RMSNorm', [new nn.RMSNorm(6), rows], [new nn.RMSNorm([4, 5], { eps: 1e-3 }), images])
put('CosineSimilarity', [new nn.CosineSimilarity(), two])
put('PairwiseDistance', [new nn.PairwiseDistance(), two], [new nn.PairwiseDistance(1, 1e-6, true), two])

for (const [name, ...modules] of [
  ['CELU', new nn.CELU(), new nn.CELU(0.5)],
  ['ELU', new nn.ELU(), new nn.ELU(0.5)],
  ['GELU', new nn.GELU(), new nn.GELU('tanh')],
  ['GLU', new nn.GLU()],
  ['Hardshrink', new nn.Hardshrink()],
  ['Hardsigmoid', new nn.Hardsigmoid()],
  ['Hardswish', new nn.Hardswish()],
  ['Hardtanh', new nn.Hardtanh(), new nn.Hardtanh(-0.5, 0.25)],
  ['LeakyReLU', new nn.LeakyReLU(), new nn.LeakyReLU(0.2, true)],
  ['LogSigmoid', new nn.LogSigmoid()],
  ['LogSoftmax', new nn.LogSoftmax(1)],
  ['Mish', new nn.Mish()],
  ['PReLU', new nn.PReLU(), new nn.PReLU(6)],
  ['ReLU', new nn.ReLU(), new nn.ReLU(true)],
  ['ReLU6', new nn.ReLU6()],
  ['RReLU', new nn.RReLU()],
  ['SELU', new nn.SELU()],
  ['SiLU', new nn.SiLU()],
  ['Sigmoid', new nn.Sigmoid()],
  ['Softmax', new nn.Softmax(1), new nn.Softmax(-1)],
  ['Softmin', new nn.Softmin(1)],
  ['Softplus', new nn.Softplus(), new nn.Softplus(2, 1)],
  ['Softshrink', new nn.Softshrink()],
  ['Softsign', new nn.Softsign()],
  ['Tanh', new nn.Tanh()],
  ['Tanhshrink', new nn.Tanhshrink()],
  ['Threshold', new nn.Threshold(0.1, 20)]
] as const) {
  put(name, ...modules.map((module) => [module as nn.AnyModule, rows] as const))
}

const probabilities: Inputs = (n) => [rand(n, 6), rand(n, 6)]
const classes: Inputs = (n) => [randn(n, 6).logSoftmax(1), randint(0, 6, [n])]
const reductions = ['none', 'mean', 'sum'] as const
for (const [name, of, inputs] of [
  ['BCELoss', (reduction) => new nn.BCELoss({ reduction }), probabilities],
  ['BCEWithLogitsLoss', (reduction) => new nn.BCEWithLogitsLoss({ reduction, posWeight: rand(6) }), probabilities],
  ['CrossEntropyLoss', (reduction) => new nn.CrossEntropyLoss({ reduction, ignoreIndex: 2 }), classes],
  ['CrossEntropyLoss', (reduction) => new nn.CrossEntropyLoss({ reduction, labelSmoothing: 0.2 }), classes],
  ['CrossEntropyLoss', (reduction) => new nn.CrossEntropyLoss({ reduction, weight: rand(6) }), classes],
  ['CrossEntropyLoss', (reduction) => new nn.CrossEntropyLoss({ reduction }), probabilities],
  ['HuberLoss', (reduction) => new nn.HuberLoss({ reduction, delta: 0.5 }), two],
  ['KLDivLoss', (reduction) => new nn.KLDivLoss({ reduction }), probabilities],
  ['KLDivLoss', () => new nn.KLDivLoss({ reduction: 'batchmean', logTarget: true }), two],
  ['L1Loss', (reduction) => new nn.L1Loss({ reduction }), two],
  ['MSELoss', (reduction) => new nn.MSELoss({ reduction }), two],
  ['NLLLoss', (reduction) => new nn.NLLLoss({ reduction, weight: rand(6) }), classes],
  ['SmoothL1Loss', (reduction) => new nn.SmoothL1Loss({ reduction, beta: 0.5 }), two]
] as readonly (readonly [string, (reduction: 'none' | 'mean' | 'sum') => nn.Module, Inputs])[]) {
  const list = reductions.map((reduction) => ({ module: of(reduction) as nn.AnyModule, inputs }))
  examples.set(name, [...(examples.get(name) ?? []), ...list])
}
