// Ops that are not pointwise: a backward rule from one formula per input, and the record of a call.

import { type BackwardRule, Node, attach, gradientEdge, isTracked } from '../../autograd/node'
import { isFloating } from '../../dtype'
import type { Tensor } from '../../tensor'

/** Gradient of one input from the output's gradient, the saved tensors and the call's parameters. */
export type RuleFormula<Parameters> = (g: Tensor, saved: readonly (Tensor | null)[], parameters: Parameters) => Tensor

/** A named backward rule; formulas are ordinary tensor code, one per input. */
export class Rule<Parameters> implements BackwardRule {
  constructor(
    /** PyTorch's node name. */
    readonly nodeName: string,
    readonly formulas: readonly (RuleFormula<Parameters> | null)[],
    /** True when the parameters hold a scalar that PyTorch would save, which a second backward misses. */
    readonly savesScalars = false
  ) {}

  backward(node: Node, [gradient]: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
    const saved = node.unpack()
    const results = new Array<Tensor | null>(node.edges.length)
    for (let i = 0; i < results.length; i++) {
      const formula = this.formulas[Math.min(i, this.formulas.length - 1)]
      results[i] = formula !== null && node.needs(i) ? formula(gradient!, saved, node.parameters as Parameters) : null
    }
    return results
  }
}

/** Defines a backward rule with one formula per input. */
export function rule<Parameters>(nodeName: string, ...formulas: (RuleFormula<Parameters> | null)[]): Rule<Parameters> {
  return new Rule(nodeName, formulas)
}

/** The edges of a call's inputs. */
export function edgesOf(inputs: readonly Tensor[]): [edges: (Node | null)[], outputs: number[]] {
  return [
    inputs.map((input) => (isFloating(input.code) ? gradientEdge(input) : null)),
    inputs.map((input) => input.outputIndex)
  ]
}

/**
 * Records `output` as the result of a call when one of its inputs is tracked. `save` lists what the formulas read and is
 * called only then.
 */
export function record<Parameters>(
  output: Tensor,
  callRule: Rule<Parameters>,
  inputs: readonly Tensor[],
  parameters: Parameters,
  save: () => readonly (Tensor | null)[] = () => []
): Tensor {
  if (isFloating(output.code) && inputs.some(isTracked)) {
    const [edges, outputs] = edgesOf(inputs)
    attach(output, new Node(callRule.nodeName, callRule, edges, outputs, save(), parameters, callRule.savesScalars))
  }
  return output
}
