// Gradients of floats beside operands that are no floats: those beside the same numbers as floats.

import { type DType, type Tensor, tensor } from '../../lib'
import { families, rowOf } from '../../lib/ops/define/functions'

const VALUES = [1, 0, 1]
const dtypes: DType[] = ['bool', 'uint8', 'int32', 'int64']

/** What `x` at `place` gets beside an operand of `dtype`: a gradient, null, or why there is no derivative. */
function gradientBeside(dtype: DType, name: string, place: number): unknown {
  const op = rowOf(name)
  const x = tensor([0.25, 0.5, 0.75], { requiresGrad: true })
  const operands = Array.from({ length: op.arity }, () => tensor([0.5, 0.5, 0.25]))
  operands[place] = x
  operands[(place + 1) % op.arity] = tensor(VALUES, { dtype })
  const result: Tensor = op.apply(operands)
  if (result.gradFn === null) return null
  try {
    result.sum().backward()
  } catch (error) {
    return String(error)
  }
  return x.grad?.tolist() ?? null
}

const accepts = (name: string, dtype: DType, place: number): boolean => {
  const op = rowOf(name)
  const operands = Array.from({ length: op.arity }, () => tensor([0.5, 0.5, 0.25]))
  operands[(place + 1) % op.arity] = tensor(VALUES, { dtype })
  try {
    op.apply(operands)
    return true
  } catch {
    return false
  }
}

const cases = [...families.values()]
  .map(({ base }) => base)
  .filter(({ arity }) => arity > 1)
  .flatMap(({ name, arity }) => Array.from({ length: arity }, (_, place) => ({ name, place })))

test.each(cases)('$name, operand $place', ({ name, place }) => {
  for (const dtype of dtypes.filter((each) => accepts(name, each, place))) {
    // Zeros may differ in their sign: an integer has no -0.
    expect(positiveZeros(gradientBeside(dtype, name, place))).toEqual(
      positiveZeros(gradientBeside('float32', name, place))
    )
  }
})

const positiveZeros = (list: unknown): unknown => JSON.parse(JSON.stringify(list))
