// Every case of test/fixtures/ops: what PyTorch computes, and its gradients.

import * as dyngrad from '../../lib'
import { Tensor, autograd } from '../../lib'
import { EXACT, type Tolerance, tensorDifference } from '../helpers/close'
import { type EncodedTensor, decode, decodeTensor } from '../helpers/fixture'
import { named } from '../helpers/named-op'
import { type OpCase, topics } from '../helpers/op-cases'

// Both libraries round each step of a formula once, in another order or with another polynomial: a few units. The floor
// is for sums that cancel. The sign of a zero depends on the order of a sum.
const ROUNDING: Tolerance = { ulps: 4, floor: 4, signlessZero: true }
// A second gradient takes twice as many steps.
const SECOND: Tolerance = { ulps: 16, floor: 16, signlessZero: true }
// Sums that cancel are scaled up again: PyTorch's own gradient is off by 5 units of 1 for rows of 4.
const NORMALIZED: Tolerance = { ...ROUNDING, floor: 8 }
const normalizations = new Set(['nn.functional.layerNorm', 'nn.functional.rmsNorm'])
// Arithmetic of one step is rounded by IEEE's rules. (PyTorch's square root is not.)
const exactOps = new Set(topics.flatMap(({ exact }) => exact))
const composed = new Set(topics.flatMap((topic) => topic.composed ?? []))
// PyTorch's vectorised sum and difference with alpha round once instead of twice.
const toleranceOf = ({ op, kwargs }: OpCase): Tolerance => (exactOps.has(op) && !('alpha' in kwargs) ? EXACT : ROUNDING)

// Where one op of ours is several of PyTorch's, the name of the last one is not always the same; docs/differences.md.
const BY_NUMBER = { MulBackward1: 'MulBackward0', DivBackward1: 'DivBackward0' }
const otherNodes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  matmul: { CloneBackward0: 'UnsafeViewBackward0' },
  trapezoid: BY_NUMBER,
  trapz: BY_NUMBER,
  cumulativeTrapezoid: BY_NUMBER,
  'nn.functional.nllLoss': { ViewBackward0: 'NllLoss2DBackward0' },
  'nn.functional.crossEntropy': { ViewBackward0: 'NllLoss2DBackward0', DivBackward1: 'DivBackward0' }
}

/** What differs from PyTorch in a case, or null. */
function check(entry: OpCase): string | null {
  const found: Tensor[] = []
  const args = entry.args.map((arg) => decode(arg, found))
  const kwargs = Object.fromEntries(Object.entries(entry.kwargs).map(([key, value]) => [key, decode(value, found)]))
  const result = named(entry.op)(...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : []))
  const outputs = result instanceof Tensor ? [result] : [...result]
  const expected = [entry.output].flat() as EncodedTensor[]
  if (outputs.length !== expected.length) return `${outputs.length} outputs instead of ${expected.length}`
  for (let i = 0; i < outputs.length; i++) {
    const difference = tensorDifference(outputs[i], decodeTensor(expected[i]), toleranceOf(entry))
    if (difference !== null) return `output ${i}: ${difference}`
  }
  const inputs = found.filter((each) => each.requiresGrad)
  if (entry.weights === undefined) return outputs[0].requiresGrad ? 'the output requires grad' : null
  if (inputs.length === 0) return null
  const weights = decodeTensor({ shape: outputs[0].shape, dtype: outputs[0].dtype, data: entry.weights })
  return checkGradients(entry, outputs[0], inputs, weights)
}

function checkGradients(entry: OpCase, output: Tensor, inputs: Tensor[], weights: Tensor): string | null {
  const options = { gradOutputs: weights, allowUnused: true, retainGraph: true } as const
  const gradients = autograd.grad(output, inputs, options)
  const recorded = autograd.grad(output, inputs, { ...options, createGraph: true })
  // Operands of mixed dtypes: what PyTorch computes in float32 is exact to float32 only.
  const isMixed = new Set(inputs.concat(output).map(({ dtype }) => dtype)).size > 1
  const rounding = normalizations.has(entry.op) ? NORMALIZED : ROUNDING
  const tolerance = isMixed ? { ...ROUNDING, ulps: ROUNDING.ulps * 2 ** 29 } : ROUNDING
  for (let i = 0; i < inputs.length; i++) {
    const wanted = entry.grads![i]
    const gradient = gradients[i]
    if (wanted === null || gradient === null) {
      if (wanted !== gradient) return `gradient ${i} is ${wanted === null ? 'not ' : ''}null`
      continue
    }
    const coarse = isMixed && gradient.dtype === 'float64' ? tolerance : rounding
    const difference = tensorDifference(gradient, decodeTensor(wanted), coarse)
    if (difference !== null) return `gradient ${i}: ${difference}`
    const path = tensorDifference(recorded[i]!, gradient)
    if (path !== null) return `gradient ${i} with createGraph: ${path}`
  }
  const node = otherNodes[entry.op]?.[entry.node!] ?? entry.node
  if (!composed.has(entry.op) && output.gradFn?.name !== node)
    return `the node is ${String(output.gradFn)} instead of ${node}`
  return entry.seconds === undefined ? null : checkSeconds(entry.seconds, recorded, inputs)
}

/** What differs in the gradients of the sum of the gradients, or null. */
function checkSeconds(
  expected: NonNullable<OpCase['seconds']>,
  gradients: readonly (Tensor | null)[],
  inputs: Tensor[]
): string | null {
  const sums = gradients.flatMap((each) => (each?.requiresGrad ? [each.double().sum()] : []))
  const total = sums.reduce((sum, each) => sum.add(each), dyngrad.zeros([], { dtype: 'float64' }))
  const seconds = total.requiresGrad ? autograd.grad(total, inputs, { allowUnused: true }) : inputs.map(() => null)
  for (let i = 0; i < inputs.length; i++) {
    const wanted = expected[i] === null ? dyngrad.zerosLike(inputs[i]) : decodeTensor(expected[i]!)
    const difference = tensorDifference(seconds[i] ?? dyngrad.zerosLike(inputs[i]), wanted, SECOND)
    if (difference !== null) return `second gradient ${i}: ${difference}`
  }
  return null
}

describe('each op equals PyTorch in values and gradients', () => {
  const cases = topics.flatMap(({ cases }) => cases).map((entry, number) => ({ entry, number }))
  const ops = [...new Set(cases.map(({ entry }) => entry.op))]

  test.each(ops)('%s', (op) => {
    for (const { entry, number } of cases) {
      if (entry.op !== op) continue
      const problem = check(entry)
      if (problem !== null)
        throw new Error(`case ${number}, ${op}(${JSON.stringify([entry.args, entry.kwargs])}): ${problem}`)
    }
  })
})
