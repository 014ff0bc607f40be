// The adjoint of views of some elements: zeros with the gradient where the view has them.

import { noGrad } from '../../autograd/mode'
import type { Shape } from '../../shape'
import type { Tensor } from '../../tensor'
import { aliasTensor } from '../../tensor/geometry'
import { record, rule } from '../define/operation'
import { emptyResult, emptyStrided } from '../define/result'
import { copyInto } from './copy'
import { fillInto } from './fill'

/** A logical view that can be taken of any tensor of one shape; its adjoint scatters into zeros. */
export interface Selection {
  readonly inputShape: Shape
  /** Strides of the input where they matter. */
  readonly inputStrides?: Shape
  readonly view: (self: Tensor) => Tensor
}

const scatterRule = rule<Selection>('SelectBackwardBackward0', (g, _, selection) => selection.view(g))

/** Zeros with `g` in the selected place; elements that the view shows more than once take the sum. */
export function scatterSelection(g: Tensor, selection: Selection): Tensor {
  const result = noGrad(() => {
    const { inputShape, inputStrides } = selection
    const zeros =
      inputStrides === undefined ? emptyResult(inputShape, g.code) : emptyStrided(inputShape, inputStrides, g.code)
    fillInto(zeros, 0)
    addInto(selection.view(zeros), g)
    return zeros
  })
  return record({ outputs: result, rule: scatterRule, inputs: [g], parameters: selection })
}

function addInto(zeros: Tensor, g: Tensor): void {
  if (!overlaps(zeros)) copyInto(zeros, g)
  else for (let i = 0; i < zeros.sizes[0]; i++) addSlice(rowOf(zeros, i), rowOf(g, i))
}

function addSlice(target: Tensor, g: Tensor): void {
  if (!overlaps(target)) target.add_(g)
  else for (let i = 0; i < target.sizes[0]; i++) addSlice(rowOf(target, i), rowOf(g, i))
}

const rowOf = (x: Tensor, i: number): Tensor => aliasTensor(x, x.sizes.slice(1), x.steps.slice(1), i * x.steps[0])

/** True when two dims may lead to the same element. */
function overlaps({ sizes: shape, steps: strides }: Tensor): boolean {
  const dims = shape.map((size, d) => ({ size, step: strides[d] })).filter(({ size }) => size > 1)
  dims.sort((a, b) => a.step - b.step)
  let reach = 0
  for (const { size, step } of dims) {
    if (step <= reach) return true
    reach += (size - 1) * step
  }
  return false
}
