// Row programs: expressions whose symbols also reduce. A plan is one as the launches that it takes; schedule.ts decides
// which.

import { Expression, run } from '../../expression'
import { type Builder } from '../../symbol'
import type { Failure, Live } from '../../recording'
import { type Shape, keptShape } from '../../shape'
import type { Tensor } from '../../tensor'
import { aliasTensor } from '../../tensor/geometry'
import { addAlong, takeAlong } from '../core/along'
import { copyInto } from '../core/copy'
import { fillInto } from '../core/fill'
import { emptyResult } from './result'
import {
  FULL,
  GROUPS,
  type Memory,
  NOTHING,
  ONE,
  type PlanInput,
  type PlanOutput,
  ROWS,
  Scheduler,
  type Space,
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
}

/** A call of a row program. */
export interface Call extends Extent {
  /** The dims of a row. */
  readonly dims: readonly number[]
  /** Elements of a row. */
  readonly count: number
  /** A row is all of the call. */
  readonly isWhole: boolean
}

export function callOver(shape: Shape, dims: readonly number[]): Call {
  let mask = 0
  let count = 1
  for (let i = 0; i < dims.length; i++) {
    mask |= 1 << dims[i]
    count *= shape[dims[i]]
  }
  return { shape, mask, kept: keptShape(shape, mask), dims, count, isWhole: dims.length === shape.length }
}

/** The shape of what a call has once for each row, or once. */
export const keptShapeOf = ({ shape, kept }: Extent, space: Space): Shape => (space === ONE ? shape.map(() => 1) : kept)

/** A view of what has one element for each row, with the dims of a row at size 1. No autograd. */
export function withRowDims(tensor: Tensor, { shape, mask }: Extent): Tensor {
  if (tensor.sizes.length === shape.length) return tensor
  const steps: number[] = []
  const sizes: number[] = []
  for (let d = 0, at = 0; d < shape.length; d++) {
    const isRow = ((mask >> d) & 1) === 1
    sizes.push(isRow ? 1 : tensor.sizes[at])
    steps.push(isRow ? 0 : tensor.steps[at++])
  }
  return aliasTensor(tensor, sizes, steps, 0)
}

/**
 * The tensor, or a copy where memory is not walked in falling steps: several passes over a copy cost less than those
 * that jump.
 */
export function walkable(tensor: Tensor): Tensor {
  if (tensor.dense) return tensor
  let last = Infinity
  for (let d = 0; d < tensor.steps.length; d++) {
    if (tensor.steps[d] === 0 || tensor.sizes[d] === 1) continue
    if (tensor.steps[d] > last) return copied(tensor)
    last = tensor.steps[d]
  }
  return tensor
}

function copied(tensor: Tensor): Tensor {
  const copy = emptyResult(tensor.sizes, tensor.code)
  copyInto(copy, tensor)
  return copy
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
const noGroups: readonly number[] = []

export class Plan {
  readonly launches: readonly Launch[]
  /** Of the inputs, then of what launches make. */
  readonly memories: readonly Memory[]
  /** Numbers of the outputs among these. */
  readonly outputs: readonly number[]
  /** Launches over the whole space. */
  readonly passes: number
  /** The one launch, where it reads the inputs and writes the outputs as they are. */
  readonly #single: Launch | null

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
    this.#single = this.#singleOf(inputs.length)
    this.passes = this.launches.filter(({ space }) => space === FULL).length
  }

  #singleOf(inputs: number): Launch | null {
    const [launch] = this.launches
    if (this.launches.length !== 1 || launch.expression === null || launch.reads.length !== inputs) return null
    const inOrder =
      launch.reads.every((number, i) => number === i) && launch.writes.every((number, i) => number === inputs + i)
    return inOrder && this.outputs.every((number, i) => number === inputs + i) ? launch : null
  }

  /**
   * Outputs in fresh memory, or inputs where they are the same; what is reduced has size 1 in the dims that went. No
   * autograd. Inputs broadcast to their space, and outputs lie row by row. By group, the dims are given that
   * broadcasting repeats, over which a gradient is summed. `failure` tells of an index that chooses no element.
   */
  run(
    extent: Extent,
    inputs: readonly Tensor[],
    scalars: readonly (number | Live)[],
    groups: readonly number[] = noGroups,
    failure?: Failure
  ): Tensor[] {
    const { shape, mask } = extent
    const rows = this.isWhole ? noDims : extent.kept
    const single = this.#single
    if (single !== null) {
      const sizes = single.space === FULL ? shape : single.space === ROWS ? rows : noDims
      const first = inputs.length
      const made = [fresh(this.memories[first], shape, rows, groups)]
      for (let i = first + 1; i < this.memories.length; i++) made.push(fresh(this.memories[i], shape, rows, groups))
      run(single.expression!, sizes, inputs, made, scalars, maskOf(single.over, sizes, mask, groups))
      return made
    }
    const tensors = inputs.slice()
    for (let i = inputs.length; i < this.memories.length; i++) {
      tensors.push(fresh(this.memories[i], shape, rows, groups))
    }
    for (let l = 0; l < this.launches.length; l++) {
      const { expression, how, space, over, reads, writes } = this.launches[l]
      const from = chosen(tensors, reads)
      const to = chosen(tensors, writes)
      const sizes = space === FULL ? shape : space === ROWS ? rows : noDims
      if (expression === null) choose(how, mask, to[0], from, failure)
      else run(expression, sizes, from, to, scalars, maskOf(over, sizes, mask, groups))
    }
    return chosen(tensors, this.outputs)
  }
}

/** A tensor for what a launch makes. */
const fresh = ({ code, space, group }: Memory, shape: Shape, rows: Shape, groups: readonly number[]): Tensor =>
  emptyResult(
    space === ROWS ? rows : space === ONE ? noDims : group < 0 ? shape : keptShape(shape, groups[group]),
    code
  )

/** Tensors by their numbers. V8 makes short lists of variables in place; one that grows takes 30 ns more. */
function chosen(tensors: readonly Tensor[], numbers: readonly number[]): Tensor[] {
  const { length } = numbers
  if (length === 1) return [tensors[numbers[0]]]
  if (length === 2) return [tensors[numbers[0]], tensors[numbers[1]]]
  if (length === 3) return [tensors[numbers[0]], tensors[numbers[1]], tensors[numbers[2]]]
  return numbers.map((number) => tensors[number])
}

function maskOf(over: number, { length }: Shape, mask: number, groups: readonly number[]): number {
  if (over === NOTHING) return 0
  return over === ROWS ? mask : over < GROUPS ? (1 << length) - 1 : groups[over - GROUPS]
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
