// Operands for the rows of the tables: random values of a row's domain, in every layout.

import { type DType, type Tensor, full, noGrad, slice, tensor } from '../../lib'
import type { Values } from './formulas'
import { Random } from './random'
import type { Row, Shape } from './rows'

export const SEED = 20260

const rangeOf = ({ domain }: Row, operand: number): readonly [number, number] =>
  (typeof domain[0] === 'number' ? domain : domain[operand]) as readonly [number, number]

/** Random values of a row's domain, exact in float32. */
export function valuesOf(row: Row, shapes: readonly Shape[], seed = SEED): Values[] {
  const source = new Random(seed)
  return shapes.map((shape, operand) => {
    const count = shape.reduce((product, size) => product * size, 1)
    return { shape, data: source.list(count, ...rangeOf(row, operand)).map(Math.fround) }
  })
}

export const toTensor = ({ shape, data }: Values, dtype: DType): Tensor => tensor([...data], { dtype }).reshape(shape)

export const isTracked = ({ tracked }: Row, operand: number): boolean => tracked?.includes(operand) ?? true

/** Factors for the elements of a result, so that each has a gradient of its own. */
export function weightsOf(result: Tensor, seed = SEED + 1): Tensor {
  return tensor(new Random(seed).list(result.numel(), 0.5, 2), { dtype: result.dtype }).reshape(result.shape)
}

/** The same values otherwise arranged in memory. */
export const layouts: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  transposed: (x) => {
    const reversed = [...x.shape.keys()].reverse()
    return x.permute(reversed).clone().contiguous().permute(reversed)
  },
  sliced: (x) => {
    const room = full(
      x.shape.map((size) => 2 * size + 1),
      NaN,
      { dtype: x.dtype }
    )
    const part = room.at(...x.shape.map((size) => slice(1, 2 * size + 1, 2)))
    return noGrad(() => part.setAt('...', x))
  },
  broadcast: (x) => {
    const one = x.numel() === 0 ? x : x.at(...x.shape.map(() => slice(0, 1)))
    return one.detach().expand(x.shape)
  }
}

// ---- special values ----

const SPECIALS = [0, -0, 1, -1, 2.5, Infinity, -Infinity, NaN].map(Math.fround)
const EXTREMES = [...SPECIALS, 1e-4, -1e-4, 1e-10, 0.5, -0.5, -1.5, 20, -20, 80, -100, 1000].map(Math.fround)

/** Every combination of special values, one operand each. */
export function specialsOf(arity: number): Values[] {
  if (arity === 1) return [{ shape: [EXTREMES.length], data: EXTREMES }]
  return Array.from({ length: arity }, (_, i) => {
    const shape = Array.from({ length: arity }, (_, d) => (d === i ? SPECIALS.length : 1))
    return { shape, data: SPECIALS }
  })
}
