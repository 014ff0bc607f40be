// Row programs: ops whose formulas reduce over a call's dims. One row gives forward, derivative and, where PyTorch has
// several results, one node for all of them.

import { attach, isTracked } from '../../autograd/node'
import { type Items, Signature, type Values } from '../../declare'
import { NUMBER, codeOf, computeCode, isFloating, isOfStorage, priorityOf, promoteWith } from '../../dtype'
import { Builder, UnsupportedDtype } from '../../symbol'
import type { Failure } from '../../recording'
import { type Shape, broadcastShapes, contiguousStrides, reducedShape, sameShape, wrapDims } from '../../shape'
import type { Tensor } from '../../tensor'
import { aliasTensor } from '../../tensor/geometry'
import { nulls } from './context'
import { Derivative } from './derivative'
import { Forms } from './forms'
import { type Call, Plan, callOver, keptShapeOf, walkable, withRowDims } from './plan'
import { ProgramForm, type ProgramForward, type Results } from './program-form'
import { kindOfTensor, notImplemented } from './result'
import type { AnyFormula, ArgumentsOf, Choice, OptionsOf } from './row'
import { FULL, ONE, type PlanInput, ROWS } from './schedule'
import { type Scalar, kindOfScalar } from './tensor-value'
import { type Value, symbolOf } from './value'
import { Recent } from './variants'

/** Options of a program: those of its text, and how many elements a row has. */
export type ProgramOptions<Text extends string> = OptionsOf<Text> & { readonly count: Value }

type ResultsOf<R> = R extends Value ? { readonly output: Value } : R

type GradientOf<Outputs extends string> = [Outputs] extends ['output'] ? Value : Readonly<Record<Outputs, Value | null>>

/**
 * What a row program says. Results that are no outputs are what gradients read besides; they are not computed for
 * nothing.
 */
export interface ProgramRow<Text extends string, R, Outputs extends string> {
  /** PyTorch's node name. */
  readonly node: string
  /** Names of the results that a caller gets. */
  readonly outputs?: readonly Outputs[]
  /** Name of PyTorch's kernel, which refuses other dtypes than floats. */
  readonly kernel?: string
  /** Names of the arguments that have one element for each row. */
  readonly perRow?: readonly string[]
  /** The least that `count` is: 1 lets the gradient of a mean of none be that of nothing, not NaN. */
  readonly leastCount?: number
  readonly forward: (values: ArgumentsOf<Text>, options: ProgramOptions<Text>) => R
  readonly gradients: {
    readonly [Name in keyof ArgumentsOf<Text>]?: (
      g: GradientOf<Outputs>,
      values: ArgumentsOf<Text> & ResultsOf<R>,
      options: ProgramOptions<Text>
    ) => Value | null
  }
}

interface AnyProgramRow {
  readonly node: string
  readonly outputs?: readonly string[]
  readonly kernel?: string
  readonly perRow?: readonly string[]
  readonly leastCount?: number
  readonly forward: ProgramForward
  readonly gradients: Readonly<Record<string, unknown>>
}

/** How a call is reduced. */
export interface Over {
  /** Null for all. */
  readonly dims: readonly number[] | null
  /** Keeps reduced dims with size 1. */
  readonly keepdim?: boolean
  /** Tells of an index that picks no element. */
  readonly failure?: Failure
}

/** A row program in one of its forms. */
class ProgramOp {
  readonly #program: ProgramForm
  readonly #derivative: Derivative
  readonly #outputs: number
  readonly #plans: Recent<Plan>
  readonly #hasPerRow: boolean
  #madeResults: readonly number[] | null = null
  #lastCall: Call | null = null

  constructor(
    readonly name: string,
    readonly row: AnyProgramRow,
    args: readonly string[],
    scalars: readonly string[],
    choices: Readonly<Record<string, Choice>>
  ) {
    const { outputs = ['output'], forward, gradients, node } = row
    this.#program = new ProgramForm(forward, args, [...scalars, 'count'], choices, row.perRow)
    this.#outputs = outputs.length
    this.#plans = new Recent(2 + 2 * args.length + scalars.length + 1)
    this.#hasPerRow = this.#program.inputSpaces.includes(ROWS)
    this.#derivative = new Derivative(
      name,
      this.#program.form,
      args.map((arg) => (gradients[arg] ?? null) as AnyFormula | null),
      node,
      [],
      this.#program,
      outputs.length
    )
  }

  /** Outputs. The last of `numbers`, which belong to the call, becomes the number of elements of a row. */
  call(operands: readonly Tensor[], numbers: Scalar[], { dims, keepdim = false, failure }: Over): Tensor[] {
    const { code } = operands[0]
    if (this.row.kernel !== undefined && !isFloating(code)) throw notImplemented(this.row.kernel, code)
    const call = this.#callOf(operands, dims)
    numbers[numbers.length - 1] = Math.max(call.count, this.row.leastCount ?? 0)
    let isRecorded = false
    for (let i = 0; i < operands.length; i++) isRecorded ||= isTracked(operands[i])
    const plan = this.#planFor(operands, numbers, call, isRecorded)
    const inputs =
      this.#hasPerRow || (plan.passes > 1 && !areDense(operands)) ? this.#walkable(operands, call) : operands
    const made = plan.run(call, inputs, numbers, undefined, failure)
    for (let k = 0; k < made.length; k++) made[k] = this.#shaped(made[k], k, call, keepdim)
    const outputs = made.length === this.#outputs ? made : made.slice(0, this.#outputs)
    if (isRecorded && isFloating(outputs[0].code)) this.#record(operands, numbers, made, call)
    return outputs
  }

  #callOf(operands: readonly Tensor[], dims: readonly number[] | null): Call {
    const { inputSpaces } = this.#program
    let shape: Shape | null = null
    for (let i = 0; i < operands.length; i++) {
      const { sizes } = operands[i]
      if (inputSpaces[i] !== FULL) continue
      shape = shape === null || sameShape(shape, sizes) ? sizes : broadcastShapes(shape, sizes, this.name)
    }
    const last = this.#lastCall
    // Calls ask for the same again, which saves 40 of 500 ns.
    if (last !== null && sameShape(last.shape, shape!) && (dims === null ? last.isWhole : sameShape(last.dims, dims))) {
      return last
    }
    return (this.#lastCall = callOver(shape!, dims ?? wrapDims(null, shape!.length)))
  }

  #walkable(operands: readonly Tensor[], call: Call): Tensor[] {
    const { inputSpaces } = this.#program
    return operands.map((operand, i) => walkable(inputSpaces[i] === FULL ? operand : withRowDims(operand, call)))
  }

  #record(operands: readonly Tensor[], numbers: readonly Scalar[], made: readonly Tensor[], call: Call): void {
    const numbersMade = this.#made
    const results = nulls<Tensor>(this.#program.form.results.length)
    for (let i = 0; i < made.length; i++) results[numbersMade[i]] = made[i]
    const scalars = nulls<Scalar>(operands.length + numbers.length)
    for (let i = 0; i < numbers.length; i++) scalars[operands.length + i] = numbers[i]
    const node = this.#derivative.makeCallNode(made[0], operands, scalars, call, results)
    node.outputs = this.#outputs
    for (let k = 0; k < this.#outputs; k++) attach(made[k], node, k)
  }

  /** Numbers of the results that a recorded call makes: the outputs, and what some gradient reads. */
  get #made(): readonly number[] {
    return (this.#madeResults ??= this.#program.form.results.flatMap((_, r) =>
      r < this.#outputs || this.#derivative.isRead(r) ? [r] : []
    ))
  }

  #planFor(operands: readonly Tensor[], numbers: readonly Scalar[], call: Call, isRecorded: boolean): Plan {
    const plans = this.#plans
    plans.start()
    plans.put(call.isWhole ? 1 : 0)
    plans.put(isRecorded ? 1 : 0)
    for (let i = 0; i < operands.length; i++) {
      plans.put(kindOfTensor(operands[i]))
      plans.put(sameShape(operands[i].sizes, call.shape) ? 0 : 1)
    }
    for (let i = 0; i < numbers.length; i++) plans.put(kindOfScalar(numbers[i]))
    return plans.find() ?? plans.keep(this.#plan(operands, numbers, call, isRecorded))
  }

  #plan(operands: readonly Tensor[], numbers: readonly Scalar[], call: Call, isRecorded: boolean): Plan {
    const builder = new Builder()
    const symbols = operands.map((operand) => {
      const kind = kindOfTensor(operand)
      return builder.operand(codeOf(kind), priorityOf(kind))
    })
    numbers.forEach((number, i) => symbols.push(builder.slot(i, codeOf(kindOfScalar(number)), NUMBER)))
    const results = this.#traced(() => this.#program.results((position) => symbols[position]))
    const { inputSpaces, spaces, form } = this.#program
    const inputs = operands.map(({ sizes }, i): PlanInput => ({
      space: inputSpaces[i],
      repeats: !sameShape(sizes, call.shape)
    }))
    const made = isRecorded ? this.#made : this.#made.slice(0, this.#outputs)
    const code = codeOf(operands.map(kindOfTensor).reduce(promoteWith))
    const outputs = made.map((r) => {
      const value = symbolOf(results[form.results[r]])
      const isStored = r < this.#outputs && isOfStorage(code) && value.code === computeCode(code)
      return { value: isStored ? builder.cast(value, code) : value, space: spaces[r], group: -1 }
    })
    return this.#traced(() => new Plan(builder, inputs, outputs, call.isWhole))
  }

  #traced<Made>(make: () => Made): Made {
    try {
      return make()
    } catch (error) {
      throw error instanceof UnsupportedDtype ? notImplemented(this.name, error.code) : error
    }
  }

  /** A result as a caller gets it. */
  #shaped(result: Tensor, r: number, call: Call, keepdim: boolean): Tensor {
    const space = this.#program.spaces[this.#made[r]]
    if (space === FULL) return result
    if (!keepdim && (space === ONE || call.isWhole)) return result
    const shape = keepdim ? keptShapeOf(call, space) : reducedShape(call.shape, call.dims, false)
    return sameShape(shape, result.sizes) ? result : aliasTensor(result, shape, contiguousStrides(shape), 0)
  }
}

function areDense(operands: readonly Tensor[]): boolean {
  for (let i = 0; i < operands.length; i++) if (!operands[i].dense) return false
  return true
}

/** Calls a program: with how it is reduced, then a value for each parameter of its text. Gives its outputs. */
export type Program<Text extends string> = (over: Over, ...values: Values<Items<Text>>) => Tensor[]

/** Defines a row program without a public function. Its text names arguments and options as a signature does. */
export function program<const Text extends string, R extends Value | Results, const Outputs extends string = 'output'>(
  text: Text,
  row: ProgramRow<Text, R, Outputs>
): Program<Text> {
  const signature = new Signature(text)
  const forms = new Forms(
    signature,
    (args, scalars, choices) => new ProgramOp(signature.name, row as unknown as AnyProgramRow, args, scalars, choices),
    [],
    1
  )
  const general: Program<Text> = (over, ...values) => {
    const { op, operands, scalars } = forms.settle(values)
    return op.call(operands as readonly Tensor[], scalars, over)
  }
  const kinds = signature.parameters.map(({ kindText }) => `${kindText} `).join('')
  const simple = /^(?<given>(Tensor )*)(?<optional>(Tensor\? )*)(str )?$/.exec(kinds)?.groups
  if (simple === undefined) return general
  const given = simple.given.split(' ').length - 1
  const tensors = given + simple.optional.split(' ').length - 1
  // With the tensors that must be given a word alone is left to choose, and mostly stays: 70 of 500 ns.
  let last: unknown = null
  let only: ProgramOp | null = null
  return (over, ...values) => {
    for (let i = given; i < tensors; i++) if (values[i] !== null) return general(over, ...values)
    const word = values[tensors]
    if (only === null || word !== last) {
      only = forms.settle(values).op
      last = word
    }
    const operands = values as unknown as Tensor[]
    while (operands.length > given) operands.pop()
    return only.call(operands, [0], over)
  }
}
