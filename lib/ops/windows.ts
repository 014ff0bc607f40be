// Windows of a dim as a view, which may overlap.

import { declare } from '../declare'
import { computeCode } from '../dtype'
import { noGrad } from '../autograd/mode'
import { type Shape, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { cast } from './core/copy'
import { filled } from './core/fill'
import { sliceDim } from './core/slice'
import { add_ } from './inplace'
import { record, rule } from './define/operation'
import { makeView } from './define/view'
import { select } from './selection'

interface Windows {
  readonly shape: Shape
  readonly dim: number
  readonly size: number
  readonly step: number
}

const unfoldRule = rule<Windows>('UnfoldBackward0', (g, _, windows) => folded(g, windows))
const foldRule = rule<Windows>('UnfoldBackwardBackward0', (g, _, { dim, size, step }) => windowsOf(g, dim, size, step))

/** The adjoint: each element takes the sum over the windows that show it. */
function folded(g: Tensor, windows: Windows): Tensor {
  const outputs = noGrad(() => {
    const { shape, dim, size, step } = windows
    const sums = filled(shape, 0, computeCode(g.code))
    if (shape.length === 0) return size === 0 ? cast(sums, g.code) : cast(select(g, 0, 0), g.code)
    const count = g.sizes[dim]
    // By the shorter way: places of a window, or windows.
    if (size <= count) {
      for (let i = 0; i < size; i++) add_(sliceDim(sums, dim, i, i + (count - 1) * step + 1, step), select(g, -1, i))
    } else {
      for (let i = 0; i < count; i++) {
        const window = select(g, dim, i).movedim(-1, dim)
        add_(sliceDim(sums, dim, i * step, i * step + size), window)
      }
    }
    return cast(sums, g.code)
  })
  return record({ outputs, rule: foldRule, inputs: [g], parameters: windows })
}

function windowsOf(input: Tensor, dim: number, size: number, step: number): Tensor {
  const { sizes, steps } = input
  if (sizes.length === 0) {
    return makeView(input, { shape: [size], strides: [1], offset: 0 }, unfoldRule, { shape: [], dim: 0, size, step })
  }
  const count = Math.floor((sizes[dim] - size) / step) + 1
  const shape = [...sizes.map((each, d) => (d === dim ? count : each)), size]
  const stride = Number.isSafeInteger(steps[dim] * step) ? steps[dim] * step : 0
  const strides = [...steps.map((each, d) => (d === dim ? stride : each)), steps[dim]]
  return makeView(input, { shape, strides, offset: 0 }, unfoldRule, { shape: sizes, dim, size, step })
}

/** All windows of `size` elements of a dim, one every `step` places, as a view whose last dim is the places in them. */
export const unfold = declare(
  'unfold(input: Tensor, dimension: int, size: int, step: int)',
  (input, dimension, size, step): Tensor => {
    const rank = input.sizes.length
    const dim = wrapDim(dimension, rank)
    const most = rank === 0 ? 1 : input.sizes[dim]
    if (size < 0) throw new RangeError(`size is ${size} but must be >= 0`)
    if (size > most) {
      throw new RangeError(`maximum size for tensor at dimension ${dim} is ${most} but size is ${size}`)
    }
    if (step <= 0) throw new RangeError(`step is ${step} but must be > 0`)
    return windowsOf(input, dim, size, step)
  },
  ['Tensor']
)
