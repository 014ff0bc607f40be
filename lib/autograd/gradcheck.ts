// Derivatives against central differences: torch.autograd.gradcheck and gradgradcheck, with their checks and messages.

import { declare } from '../declare'
import { FLOAT64, torchName } from '../dtype'
import { isList, kindText } from '../kinds'
import { allclose } from '../ops/compare'
import { cast } from '../ops/core/copy'
import { emptyLike, tensor, zerosLike } from '../ops/creation'
import { uniform_ } from '../ops/random'
import { setAt } from '../ops/subscript'
import { sameShape, shapeText } from '../shape'
import { defineCheck, refusing } from '../signature'
import { Tensor, warnOnce } from '../tensor'
import { grad } from './functions'

/** A derivative differs from what differences say, or breaks another rule of derivatives. */
export class GradcheckError extends Error {
  override readonly name = 'GradcheckError'
}

type Func = (...inputs: never[]) => unknown

interface Options {
  readonly eps: number
  readonly atol: number
  readonly rtol: number
  readonly nondetTol: number
  readonly checkUndefinedGrad: boolean
}

/** A function of tensors and other values that is differentiated, where. */
class Place {
  /** Numbers of the inputs that require a gradient. */
  readonly wanted: readonly number[]

  constructor(
    readonly func: Func,
    readonly inputs: readonly unknown[]
  ) {
    this.wanted = inputs.flatMap((each, i) => (each instanceof Tensor && each.requiresGrad ? [i] : []))
  }

  get leaves(): Tensor[] {
    return this.wanted.map((i) => this.inputs[i] as Tensor)
  }

  run(): Tensor[] {
    const returned = this.func(...(this.inputs as never[]))
    const list: readonly unknown[] = isList(returned) ? returned : [returned]
    for (const each of list) {
      if (!(each instanceof Tensor)) {
        throw new TypeError(`gradcheck: func must return a Tensor or an array of Tensors, got ${kindText(each)}`)
      }
    }
    return list as Tensor[]
  }

  /** Outputs without a graph, in memory of their own. */
  values(): Tensor[] {
    return this.run().map((each) => each.detach().clone())
  }
}

const differentiable = (outputs: readonly Tensor[]): Tensor[] => outputs.filter(({ requiresGrad }) => requiresGrad)

function checkInputs({ inputs, wanted }: Place): void {
  for (const i of wanted) {
    const input = inputs[i] as Tensor
    if (input.code !== FLOAT64) {
      warnOnce(
        `Input #${i} requires gradient and is not a double precision floating point or complex. This check will likely fail ` +
          'if all the inputs are not of double precision floating point or complex. '
      )
    }
    if (input.strides.some((stride, dim) => stride === 0 && input.shape[dim] > 1)) {
      throw new Error(
        `The ${i}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able ` +
          'to compute the numerical gradients correctly. You should call .contiguous on the input before passing it to gradcheck.'
      )
    }
  }
  if (wanted.length === 0) {
    throw new RangeError(
      'gradcheck expects at least one input tensor to require gradient, but none of them have requiresGrad: true.'
    )
  }
}

/** The subscripts of all elements, in row-major order. */
function* subscriptsOf(shape: readonly number[]): Generator<number[]> {
  if (shape.length === 0) {
    yield []
    return
  }
  for (let i = 0; i < shape[0]; i++) for (const inner of subscriptsOf(shape.slice(1))) yield [i, ...inner]
}

/** A Jacobian, of shape [elements of the input, elements of the output], in the dtype of the output. */
class Jacobian {
  readonly #values: Float64Array

  constructor(
    readonly input: Tensor,
    readonly output: Tensor
  ) {
    this.#values = new Float64Array(input.numel() * output.numel())
  }

  setRow(row: number, values: ArrayLike<number>): void {
    this.#values.set(values, row * this.output.numel())
  }

  setColumn(column: number, values: ArrayLike<number>): void {
    const { length } = values
    for (let row = 0; row < length; row++) this.#values[row * this.output.numel() + column] = values[row]
  }

  get tensor(): Tensor {
    const matrix = tensor(this.#values, { dtype: 'float64' }).reshape(this.input.numel(), this.output.numel())
    return cast(matrix, this.output.code)
  }
}

const numbersOf = (values: Tensor): Float64Array => cast(values.detach(), FLOAT64).toTypedArray() as Float64Array

function checkUnperturbed(outputs: readonly Tensor[], perturbed: readonly Tensor[], eps: number): void {
  outputs.forEach((output, i) => {
    const other = perturbed[i]
    if (other === undefined || !sameShape(output.sizes, other.sizes)) {
      throw new GradcheckError(
        `Expected \`func\` to return outputs with the same shape when inputs are perturbed by ${eps}, but got: shapes ` +
          `${shapeText(output.sizes)} and ${other === undefined ? 'none' : shapeText(other.sizes)}.`
      )
    }
    if (output.code !== other.code) {
      throw new GradcheckError(
        `Expected \`func\` to return outputs with the same dtype when inputs are perturbed by ${eps}, but got: dtypes ` +
          `${torchName(output.code)} and ${torchName(other.code)}.`
      )
    }
  })
}

/** `(f(x + eps) - f(x - eps)) / (2 eps)` for each element of an input: a Jacobian for each output. */
function numericalJacobians(place: Place, input: Tensor, outputs: readonly Tensor[], eps: number): Jacobian[] {
  const jacobians = outputs.map((output) => new Jacobian(input, output))
  const memory = input.data
  const at = (subscript: number[], value: number): Tensor[] => {
    setAt(memory, subscript, value)
    const values = place.values()
    checkUnperturbed(outputs, values, eps)
    return values
  }
  let row = 0
  for (const subscript of subscriptsOf(input.shape)) {
    const x = Number(memory.at(...subscript).item())
    try {
      const [above, below] = [at(subscript, x + eps), at(subscript, x - eps)]
      jacobians.forEach((jacobian, i) => {
        const [high, low] = [numbersOf(above[i]), numbersOf(below[i])]
        jacobian.setRow(
          row,
          high.map((each, k) => (each - low[k]) / (2 * eps))
        )
      })
    } finally {
      setAt(memory, subscript, x)
    }
    row++
  }
  return jacobians
}

/** The Jacobians of one output by each wanted input, from a backward for each of its elements. */
function analyticalJacobians(place: Place, output: Tensor): Jacobian[] {
  const { leaves } = place
  const jacobians = leaves.map((leaf) => new Jacobian(leaf, output))
  let column = 0
  for (const subscript of subscriptsOf(output.shape)) {
    const unit = zerosLike(output)
    setAt(unit, subscript, 1)
    grad(output, leaves, { gradOutputs: unit, retainGraph: true, allowUnused: true }).forEach((each, i) => {
      if (each === null) return
      jacobians[i].setColumn(column, numbersOf(each))
    })
    column++
  }
  return jacobians
}

function checkReentrant(first: readonly Jacobian[], second: readonly Jacobian[], nondetTol: number): void {
  first.forEach((jacobian, i) => {
    if (allclose(jacobian.tensor, second[i].tensor, { rtol: 0, atol: nondetTol, equalNan: true })) return
    throw new GradcheckError(
      'Backward is not reentrant, i.e., running backward with same input and gradOutput multiple times gives different ' +
        `values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was ${nondetTol}.`
    )
  })
}

/** Each derivative of each output by each input. */
function checkJacobians(place: Place, returned: readonly Tensor[], options: Options): void {
  const numerical = place.leaves.map((leaf) => numericalJacobians(place, leaf, returned, options.eps))
  if (differentiable(returned).length === 0) {
    const isConstant = numerical.flat().every((jacobian) => isZero(jacobian.tensor))
    if (!isConstant) throw new GradcheckError('Numerical gradient for function expected to be zero')
    return
  }
  let count = 0
  returned.forEach((output, number) => {
    if (!output.requiresGrad) return
    const analytical = analyticalJacobians(place, output)
    checkReentrant(analytical, analyticalJacobians(place, output), options.nondetTol)
    analytical.forEach((jacobian, i) => {
      const [a, n] = [jacobian.tensor, numerical[i][number].tensor]
      if (allclose(a, n, { rtol: options.rtol, atol: options.atol })) return
      throw new GradcheckError(
        `Jacobian mismatch for output ${count} with respect to input ${i},\nnumerical:${String(n)}\nanalytical:${String(a)}\n`
      )
    })
    count++
  })
}

const isZero = (gradient: Tensor | null): boolean =>
  gradient === null || numbersOf(gradient).every((number) => number === 0)

/** A gradient of zeros gives zeros. */
function checkZeroGradient(place: Place, outputs: readonly Tensor[]): void {
  const gradOutputs = outputs.map((output) => zerosLike(output))
  const gradients = grad(outputs, place.leaves, { gradOutputs, retainGraph: true, allowUnused: true })
  if (!gradients.every(isZero)) throw new GradcheckError('backward not multiplied by gradOutput')
}

/** An output whose gradient is left out counts as one of zeros: its own graph takes part, and changes nothing. */
function checkUndefinedGradient(place: Place): void {
  const outputs = differentiable(place.run())
  outputs.forEach((_, left) => {
    const others = outputs.filter((_, i) => i !== left)
    if (others.length === 0) return
    const gradOutputs = others.map((output) => zerosLike(output))
    const gradients = grad(others, place.leaves, { gradOutputs, retainGraph: true, allowUnused: true })
    if (!gradients.every(isZero)) {
      throw new GradcheckError(
        'Expected all input grads to be undefined or zero when all output grads are undefined or zero.'
      )
    }
  })
}

function check(place: Place, options: Options): void {
  checkInputs(place)
  const returned = place.run()
  checkJacobians(place, returned, options)
  const outputs = differentiable(returned)
  if (outputs.length === 0) return
  checkZeroGradient(place, outputs)
  if (options.checkUndefinedGrad) checkUndefinedGradient(place)
}

/** True where a check ends well; without `raiseException` false where a derivative is wrong. */
function verdict(raiseException: boolean, body: () => void): boolean {
  try {
    body()
    return true
  } catch (error) {
    if (raiseException || !(error instanceof GradcheckError)) throw error
    return false
  }
}

declare module '../signature/types' {
  interface KindTypes {
    inputs: unknown
  }
}

const isInputs = (value: unknown): boolean => value instanceof Tensor || isList(value)
defineCheck('inputs', 'a Tensor or an array', isInputs, refusing(isInputs, 'a Tensor or an array'))

/** Options that only other modes of differentiation have. */
const UNSUPPORTED = 'checkBatchedGrad: false = false, fastMode: false = false, masked: false = false'
const OPTIONS =
  'eps: float = 1e-6, atol: float = 1e-5, rtol: float = 0.001, raiseException: bool = true, nondetTol: float = 0, ' +
  'checkUndefinedGrad: bool = true, checkGradDtypes: bool = false'

const listOf = (inputs: unknown): readonly unknown[] => (isList(inputs) ? Array.from(inputs) : [inputs])

/**
 * Whether the gradients of a function are those that central differences say, as `allclose` with `rtol` and `atol`;
 * throws a `GradcheckError` where they are not, or gives false without `raiseException`. `func` takes the `inputs`, of
 * which one at least is a float64 tensor that requires grad, and returns a Tensor or an array of them. Each element of
 * an input is moved by `eps` and back, and each output's backward runs twice and may differ by `nondetTol`. Gradients
 * always have the dtypes of the inputs, which `checkGradDtypes` asks for.
 */
export const gradcheck = declare(
  `gradcheck(func: function, inputs: inputs, *, ${OPTIONS}, ${UNSUPPORTED})`,
  (func, inputs, eps, atol, rtol, raiseException, nondetTol, checkUndefinedGrad): boolean =>
    verdict(raiseException, () => {
      check(new Place(func, listOf(inputs)), { eps, atol, rtol, nondetTol, checkUndefinedGrad })
    }),
  ['autograd']
)

/**
 * `gradcheck` of the gradients of a function by its inputs and by the gradients of its outputs, `gradOutputs`, which
 * are random in -1..1 unless given.
 */
export const gradgradcheck = declare(
  `gradgradcheck(func: function, inputs: inputs, gradOutputs: Tensor|Tensor[]|null = null, *, ${OPTIONS}, ${UNSUPPORTED})`,
  (func, inputs, given, eps, atol, rtol, raiseException, nondetTol, checkUndefinedGrad): boolean => {
    const place = new Place(func, listOf(inputs))
    const gradOutputs =
      given === null
        ? differentiable(place.run()).map((output) => uniform_(emptyLike(output), -1, 1).requiresGrad_())
        : (listOf(given) as readonly Tensor[])
    const { length } = place.inputs
    const gradients = (...args: unknown[]): Tensor[] => {
      const inner = new Place(func, args.slice(0, length))
      const outputs = differentiable(inner.run())
      const options = { gradOutputs: args.slice(length) as Tensor[], createGraph: true, allowUnused: true } as const
      return grad(outputs, inner.leaves, options).filter((each) => each !== null)
    }
    return verdict(raiseException, () => {
      const options = { eps, atol, rtol, nondetTol, checkUndefinedGrad }
      check(new Place(gradients, [...place.inputs, ...gradOutputs]), options)
    })
  },
  ['autograd']
)
