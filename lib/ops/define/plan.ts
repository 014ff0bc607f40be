// Row programs: expressions whose symbols also reduce. A plan is one as the launches that it takes; schedule.ts decides which.

import { type Builder, Expression, run } from '../../expression'
import type { Failure, Live } from '../../recording'
import { type Shape, keptShape } from '../../shape'
import type { Tensor } from '../../tensor'
import { addAlong, takeAlong } from '../core/along'
import { fillInto } from '../core/fill'
import { emptyResult } from './result'
import {
  FULL,
  GROUPS,
  type Memory,
  NOTHING,
  type PlanInput,
  type PlanOutput,
  ROWS,
  Scheduler,
  type Step
} from './schedule'

export { FULL, ONE, ROWS, type PlanInput, type PlanOutput } from './schedule'

/** The iteration space of a call, and which of its dims are reduced: bit d for dim d. */
export interface Extent {
  readonly shape: Shape
  /** The dims of a row. */
  readonly mask: number
  /** The shape with size 1 in these. */
  readonly kept: Shape
  /** By group: dims that broadcasting repeats, over which a gradient is summed. */
  readonly groups: readonly number[]
}

/** One launch over tensors by their numbers: an expression, or a kernel that takes or gives one element of each row. */
interface Launch {
  readonly expression: Expression | null
  readonly how: Step['how']
  readonly space: number
  readonly over: number
  readonly reads: readonly number[]
  readonly writes: readonly number[]
}

const noDims: Shape = []

export class Plan {
  readonly launches: readonly Launch[]
  /** Of the inputs, then of what launches make. */
  readonly memories: readonly Memory[]
  /** Numbers of the outputs among these. */
  readonly outputs: readonly number[]

  constructor(
    builder: Builder,
    inputs: readonly PlanInput[],
    outputs: readonly PlanOutput[],
    /** A row is all of a call; what each row has once has no dims then. */
    readonly isWhole: boolean
  ) {
    const schedule = new Scheduler(builder, inputs, outputs, isWhole).run()
    this.launches = schedule.steps.map(({ builder: part, values, rows, how, space, over, reads, writes }) => ({
      expression: how === null ? new Expression(part, values, rows) : null,
      how,
      space,
      over,
      reads,
      writes
    }))
    this.memories = schedule.memories
    this.outputs = schedule.outputs
  }

  /**
   * Outputs in fresh memory, or inputs where they are the same; what is reduced has size 1 in the dims that went. No autograd. Inputs
   * broadcast to their space, and outputs lie row by row. `failure` tells of an index that chooses no element.
   */
  run(extent: Extent, inputs: readonly Tensor[], scalars: readonly (number | Live)[], failure?: Failure): Tensor[] {
    const tensors = this.#tensors(extent, inputs)
    for (let l = 0; l < this.launches.length; l++) {
      const { expression, how, space, over, reads, writes } = this.launches[l]
      const from: Tensor[] = []
      const to: Tensor[] = []
      for (let i = 0; i < reads.length; i++) from.push(tensors[reads[i]])
      for (let i = 0; i < writes.length; i++) to.push(tensors[writes[i]])
      if (expression === null) choose(how, extent.mask, to[0], from, failure)
      else {
        const shape = this.#shapeOf(space, extent)
        run(expression, shape, from, to, scalars, maskOf(over, shape, extent))
      }
    }
    const outputs: Tensor[] = []
    for (let i = 0; i < this.outputs.length; i++) outputs.push(tensors[this.outputs[i]])
    return outputs
  }

  #tensors(extent: Extent, inputs: readonly Tensor[]): Tensor[] {
    const tensors: Tensor[] = []
    for (let i = 0; i < inputs.length; i++) tensors.push(inputs[i])
    for (let i = inputs.length; i < this.memories.length; i++) {
      const { code, space, group } = this.memories[i]
      const shape = group < 0 ? this.#shapeOf(space, extent) : keptShape(extent.shape, extent.groups[group])
      tensors.push(emptyResult(shape, code))
    }
    return tensors
  }

  #shapeOf(space: number, { shape, kept }: Extent): Shape {
    return space === FULL ? shape : space === ROWS && !this.isWhole ? kept : noDims
  }
}

function maskOf(over: number, { length }: Shape, { mask, groups }: Extent): number {
  if (over === NOTHING) return 0
  return over === ROWS ? mask : over < GROUPS ? 2 ** length - 1 : groups[over - GROUPS]
}

/** The element of each row at an index, or zeros with an element of each row there. */
function choose(
  how: Step['how'],
  mask: number,
  result: Tensor,
  [values, index]: readonly Tensor[],
  failure: Failure | undefined
): void {
  const dim = Math.log2(mask)
  if (how === 'pick') return takeAlong(result, values, dim, index, failure)
  fillInto(result, 0)
  addAlong(result, dim, index, values)
}
