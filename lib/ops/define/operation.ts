// Ops that are not pointwise: a backward rule from formulas, and the record of a call.

import { type BackwardRule, Node, attach, gradientEdge, isTracked } from '../../autograd/node'
import { isFloating } from '../../dtype'
import { Tensor } from '../../tensor'

/** Gradients by output or by input, null where there is none. */
export type Gradients = readonly (Tensor | null)[]

/** What a call saved, in the order in which it did. */
export type Saved = readonly (Tensor | null)[]

/** Tells which inputs' gradients are asked for. */
export interface Wanted {
  needs(input: number): boolean
}

/** Gradients of all inputs from those of all outputs, the saved tensors and the call's parameters. */
export type Adjoint<Parameters> = (
  gradients: Gradients,
  saved: Saved,
  parameters: Parameters,
  wanted: Wanted
) => Gradients

/** Gradient of one input from that of the only output which has one, the saved tensors and the call's parameters. */
export type RuleFormula<Parameters> = (g: Tensor, saved: Saved, parameters: Parameters) => Tensor

/** A named backward rule, one for all nodes of an op: what differs from call to call is in the parameters. */
export class Rule<Parameters> implements BackwardRule {
  constructor(
    /** PyTorch's node name. */
    readonly nodeName: string,
    readonly adjoint: Adjoint<Parameters>
  ) {}

  backward(node: Node, gradients: Gradients): Gradients {
    return this.adjoint(gradients, node.unpack(), node.parameters as Parameters, node)
  }
}

/** Defines the rule of an op of one differentiable output, the first: a formula per input. */
export function rule<Parameters>(nodeName: string, ...formulas: (RuleFormula<Parameters> | null)[]): Rule<Parameters> {
  return new Rule<Parameters>(nodeName, (gradients, saved, parameters, wanted) => {
    const results = new Array<Tensor | null>(formulas.length)
    for (let i = 0; i < results.length; i++) {
      const formula = formulas[i]
      results[i] = formula !== null && wanted.needs(i) ? formula(gradients[0]!, saved, parameters) : null
    }
    return results
  })
}

/** The rule of an op without derivative whose output is tracked all the same: going back through it throws. */
export const undifferentiable = (nodeName: string, message: string): Rule<null> =>
  new Rule(nodeName, () => {
    throw new Error(message)
  })

/** A call for the graph. */
export interface Call<Outputs, Parameters> {
  readonly outputs: Outputs
  readonly rule: Rule<Parameters>
  /** Null where an optional one is absent. */
  readonly inputs: readonly (Tensor | null)[]
  readonly parameters: Parameters
  /** What the formulas read. */
  readonly save?: Saved
}

/**
 * Makes the output, or the floating ones of several, results of one node when an input is tracked; returns what it was
 * given.
 */
export function record<Outputs extends Tensor | readonly Tensor[], Parameters>(
  call: Call<Outputs, Parameters>
): Outputs {
  const { inputs } = call
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i]
    if (input === null || !isTracked(input)) continue
    recordTracked(call)
    break
  }
  return call.outputs
}

function recordTracked<Parameters>(call: Call<Tensor | readonly Tensor[], Parameters>): void {
  const { outputs } = call
  if (outputs instanceof Tensor) {
    if (isFloating(outputs.code)) attach(outputs, nodeOf(call, call.inputs))
    return
  }
  const node = nodeOf(call, call.inputs)
  node.outputs = outputs.length
  outputs.forEach((output, i) => {
    if (isFloating(output.code)) attach(output, node, i)
  })
}

/** The node of a call of `inputs`. */
export function nodeOf<Parameters>(
  { rule, parameters, save }: Omit<Call<unknown, Parameters>, 'outputs' | 'inputs'>,
  inputs: readonly (Tensor | null)[]
): Node {
  const edges = inputs.map(edgeOf)
  const outputs = inputs.map(outputIndexOf)
  return new Node(rule.nodeName, rule, edges, outputs, save, parameters)
}

const edgeOf = (input: Tensor | null): Node | null =>
  input !== null && isFloating(input.code) ? gradientEdge(input) : null

const outputIndexOf = (input: Tensor | null): number => (input === null ? 0 : input.outputIndex)
