// The optimizer's step alone, on gradients that stay.

import { nn, optim } from 'dyngrad'
import { operationCase, waveTensor } from '../jobs/operation'
import { type Case, type Trial, type Way, probes, wave } from '../trial'

const TENSORS = 20
const [ROWS, COLUMNS] = [200, 250]
const RATE = 0.001
const CHECKED_STEPS = 10

/** Parameters and gradients of waves, and a step that returns the first parameter. */
function makeStep(): () => nn.Parameter {
  const parameters = Array.from({ length: TENSORS }, () => {
    const parameter = new nn.Parameter(waveTensor(ROWS * COLUMNS).view(ROWS, COLUMNS))
    parameter.grad = waveTensor(ROWS * COLUMNS, 1.5).view(ROWS, COLUMNS)
    return parameter
  })
  const optimizer = new optim.Adam(parameters, { lr: RATE })
  return () => {
    optimizer.step()
    return parameters[0]
  }
}

/** What PyTorch's Adam is told; ours has one way. */
const variants = ['default', 'foreach', 'fused']

const caseOf = (variant: string, way: Way): Case =>
  operationCase(
    {
      name: `step, PyTorch's ${variant}`,
      // Parameter, gradient and both averages are read, all but the gradient written.
      bytes: 4 * 7 * TENSORS * ROWS * COLUMNS,
      make: makeStep,
      checkedCalls: CHECKED_STEPS,
      // Gradients that stay and are positive: both averages, unbiased, are the gradient's own, and each step is the
      // rate.
      expected: () => probes(ROWS * COLUMNS).map((i) => wave(i) - CHECKED_STEPS * RATE)
    },
    way
  )

export const adam: Trial = {
  title: `Adam over ${TENSORS} tensors of ${ROWS}x${COLUMNS}`,
  tolerance: 1e-5,
  ways: ['eager', 'compiled'],
  threads: [1, 2],
  cases: (way) => variants.map((variant) => caseOf(variant, way))
}
