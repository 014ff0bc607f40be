// Flags are booleans or a TypeError, and nothing that a caller passes becomes text of generated code.

import {
  type Tensor,
  autograd,
  compile,
  enableGrad,
  isGradEnabled,
  nn,
  ones,
  optim,
  setGradEnabled,
  tensor,
  zeros
} from '../../lib'
import * as dyngrad from '../../lib'
import { gradMode } from '../../lib/autograd/mode'
import { thrown } from '../helpers/check'

const wrong: readonly unknown[] = ['(globalThis.P=1)', 'true', '', 0, 1, NaN, null, {}, [], () => true, 1n]

type Call = (flag: never) => unknown

const x = (): Tensor => ones(2, 3)
const leaf = (): Tensor => ones(2, { requiresGrad: true })
const parameters = (): Tensor[] => new nn.Linear(2, 2).parameters()

const flags: Record<string, Call> = {
  'zeros requiresGrad': (flag) => zeros(2, { requiresGrad: flag }),
  'tensor requiresGrad': (flag) => tensor([1], { requiresGrad: flag }),
  'full requiresGrad': (flag) => dyngrad.full([2], 1, { requiresGrad: flag }),
  'rand requiresGrad': (flag) => dyngrad.rand(2, { requiresGrad: flag }),
  'randnLike requiresGrad': (flag) => dyngrad.randnLike(x(), { requiresGrad: flag }),
  'Parameter requiresGrad': (flag) => new nn.Parameter(x(), { requiresGrad: flag }),
  'Tensor.requiresGrad_': (flag) => x().requiresGrad_({ requiresGrad: flag }),
  'Tensor.requiresGrad': (flag) => (x().requiresGrad = flag),
  'Module.requiresGrad_': (flag) => new nn.Tanh().requiresGrad_({ requiresGrad: flag }),
  setGradEnabled: (flag) => {
    setGradEnabled({ mode: flag })
  },
  'sum keepdim': (flag) => x().sum(0, { keepdim: flag }),
  'sum keepdim by name': (flag) => x().sum({ dim: 0, keepdim: flag }),
  'mean keepdim': (flag) => x().mean(0, { keepdim: flag }),
  'prod keepdim': (flag) => x().prod(0, { keepdim: flag }),
  'max keepdim': (flag) => x().max(0, { keepdim: flag }),
  'amin keepdim': (flag) => x().amin(0, { keepdim: flag }),
  'argmax keepdim': (flag) => x().argmax(0, { keepdim: flag }),
  'any keepdim': (flag) => x().any(0, { keepdim: flag }),
  'backward retainGraph': (flag) => {
    leaf().sum().backward({ retainGraph: flag })
  },
  'backward createGraph': (flag) => {
    leaf().sum().backward({ createGraph: flag })
  },
  'autograd.backward createGraph': (flag) => {
    autograd.backward(leaf().sum(), { createGraph: flag })
  },
  'grad retainGraph': (flag) => {
    const w = leaf()
    return autograd.grad(w.sum(), w, { retainGraph: flag })
  },
  'grad createGraph': (flag) => {
    const w = leaf()
    return autograd.grad(w.sum(), w, { createGraph: flag })
  },
  'grad allowUnused': (flag) => {
    const w = leaf()
    return autograd.grad(w.sum(), w, { allowUnused: flag })
  },
  'indexPut_ accumulate': (flag) => x().indexPut_([tensor([0n])], ones(3), { accumulate: flag }),
  'sort descending': (flag) => x().sort({ descending: flag }),
  'sort stable': (flag) => x().sort({ stable: flag }),
  'topk largest': (flag) => x().topk(1, { largest: flag }),
  'median keepdim': (flag) => x().median({ dim: 0, keepdim: flag }),
  'unique returnCounts': (flag) => x().unique({ returnCounts: flag } as never),
  train: (flag) => new nn.Tanh().train({ mode: flag }),
  training: (flag) => (new nn.Tanh().training = flag),
  'Linear bias': (flag) => new nn.Linear(2, 2, { bias: flag }),
  'ReLU inplace': (flag) => new nn.ReLU({ inplace: flag }),
  'relu inplace': (flag) => nn.functional.relu(x(), { inplace: flag }),
  'registerBuffer persistent': (flag) => new nn.Tanh().registerBuffer('b', x(), { persistent: flag }),
  'parameters recurse': (flag) => new nn.Linear(2, 2).parameters({ recurse: flag }),
  'namedModules removeDuplicate': (flag) => new nn.Linear(2, 2).namedModules({ removeDuplicate: flag }),
  'zeroGrad setToNone': (flag) => {
    new nn.Linear(2, 2).zeroGrad({ setToNone: flag })
  },
  'loadStateDict strict': (flag) => new nn.Tanh().loadStateDict({}, { strict: flag }),
  'SGD nesterov': (flag) => new optim.SGD(parameters(), { nesterov: flag, momentum: 0.9 }),
  'SGD maximize': (flag) => new optim.SGD(parameters(), { maximize: flag }),
  'SGD maximize of a group': (flag) => new optim.SGD([{ params: parameters(), maximize: flag }]),
  'Adam amsgrad': (flag) => new optim.Adam(parameters(), { amsgrad: flag }),
  'AdamW maximize': (flag) => new optim.AdamW(parameters(), { maximize: flag }),
  'Adam decoupledWeightDecay': (flag) => new optim.Adam(parameters(), { decoupledWeightDecay: flag }),
  'a loaded optimizer': (flag) => {
    const optimizer = new optim.SGD(parameters())
    const state = optimizer.stateDict()
    Object.assign(state.paramGroups[0], { maximize: flag })
    optimizer.loadStateDict(state)
  }
}

/** Those that may be null, which is as if they were not given. */
const nullable = ['sort stable', 'backward retainGraph', 'grad retainGraph', 'grad allowUnused']

describe.each(Object.entries(flags))('%s', (name, call) => {
  const others = wrong.filter((value) => value !== null || !nullable.includes(name))

  test.each(others.map((value) => [value]))('refuses %p', (value) => {
    expect(thrown(() => call(value as never))).toMatch(/^TypeError: .*(bool|boolean|Cannot mix BigInt|clone)/)
    expect(isGradEnabled()).toBe(true)
  })

  test('takes booleans', () => {
    for (const flag of [false, true]) call(flag as never)
    setGradEnabled(true)
    expect(isGradEnabled()).toBe(true)
  })
})

describe('generated guards', () => {
  const text = '(globalThis.P=1)'
  const ran = (): unknown => (globalThis as { P?: unknown }).P

  afterEach(() => {
    delete (globalThis as { P?: unknown }).P
    gradMode.enabled = true
  })

  test('hold no text from data that was parsed', () => {
    const options = JSON.parse(`{"requiresGrad":"${text}"}`) as { requiresGrad: boolean }
    class Scaled extends nn.Module {
      weight = new nn.Parameter(ones(2), options)
      override forward(input: Tensor): Tensor {
        return input.mul(this.weight)
      }
    }
    expect(thrown(() => compile((input: Tensor) => new Scaled().forward(input))(ones(2)))).toMatch(/^TypeError: /)
    expect(ran()).toBeUndefined()
  })

  test('hold no text that was put into fields past the checks', () => {
    class Scaled extends nn.Module {
      weight = new nn.Parameter(ones(2))
      override forward(input: Tensor): Tensor {
        return input.mul(this.weight)
      }
    }
    const model = new Scaled()
    const step = compile((input: Tensor) => model.forward(input))
    Object.assign(model.weight, { leafRequiresGrad: text })
    for (const enabled of [true, text as unknown as boolean]) {
      gradMode.enabled = enabled
      for (let i = 0; i < 3; i++) expect(step(ones(2)).tolist()).toEqual([1, 1])
      expect(ran()).toBeUndefined()
    }
  })

  test('hold no text of names', () => {
    const key = `x'"\`\\\u2028]);P=1;([`
    class Named extends nn.Module {
      override forward(input: Tensor): Tensor {
        dyngrad.nn.functional.relu(input)
        return input.mul(this.buffers().length)
      }
    }
    const model = new Named()
    model.registerBuffer(key, ones(2))
    const optimizer = new optim.SGD([{ params: [leaf()], [key]: text } as never])
    const step = compile((input: Tensor) => {
      const loss = model
        .forward(input)
        .mul((model as unknown as Record<string, Tensor>)[key])
        .sum()
      optimizer.step()
      return loss
    })
    for (let i = 0; i < 3; i++) expect(step(ones(2)).item()).toBe(2)
    expect(ran()).toBeUndefined()
  })
})

test('an unknown option of a backward or a reduction is refused', () => {
  const w = leaf()
  expect([
    thrown(() => w.sum().backward({ retain_graph: true } as never)),
    thrown(() => w.sum().backward(ones(1), 1 as never)),
    thrown(() => autograd.grad(w.sum(), w, { inputs: w } as never)),
    thrown(() => autograd.grad(w.sum(), w, { gradTensors: w } as never)),
    thrown(() => x().sum(0, { keepDim: true } as never)),
    x().sum(0, true).shape,
    thrown(() => x().max('a' as never)),
    thrown(() => x().sum('a' as never)),
    thrown(() => x().sum('' as never)),
    thrown(() => x().sum({ dim: 0 } as never, { keepdim: true }))
  ]).toEqual([
    "TypeError: backward() got an unexpected keyword argument 'retain_graph'; did you mean 'retainGraph'?",
    "TypeError: backward(): argument 'retainGraph' must be bool, not number",
    "TypeError: grad() got multiple values for argument 'inputs'",
    expect.stringMatching(
      /^TypeError: grad\(\) got an unexpected keyword argument 'gradTensors'; it takes outputs, inputs, gradOutputs, /
    ),
    "TypeError: sum() got an unexpected keyword argument 'keepDim'; did you mean 'keepdim'?",
    [1, 3],
    expect.stringMatching(
      /^TypeError: max\(\) received an invalid combination of arguments - got \(Tensor, string\), but/
    ),
    "TypeError: sum: dim must be an integer or an array of integers, got 'a'",
    "TypeError: sum: dim must be an integer or an array of integers, got ''",
    'TypeError: sum: dim must be an integer or an array of integers, got object'
  ])
  expect(enableGrad(() => w.grad)).toBeNull()
})

test('the sentence is PyTorch’s', () => {
  expect(thrown(() => zeros(2, { requiresGrad: 'x' as never }))).toBe(
    "TypeError: zeros(): argument 'requiresGrad' must be bool, not string"
  )
})
