// Cases of one operation, whose operands are made when they are first needed and let go when the next case needs its
// own.

import { type Tensor, compile, tensor } from 'dyngrad'
import { type Case, type Way, probe, sink, wave } from '../trial'

type Work = () => Tensor

export interface Operation extends Omit<Case, 'unit' | 'run' | 'elapsed' | 'values'> {
  /** The work on operands of its own. */
  readonly make: () => Work
  /**
   * After how many calls the result is compared. Default 1; compiled work is recorded by the first ones and then
   * replayed.
   */
  readonly checkedCalls?: number
}

let held: { readonly of: Operation; readonly work: Work } | null = null

/** The work of the operation timed last: a process never holds the operands of two cases. */
function heldWork(of: Operation, way: Way): Work {
  if (held?.of !== of) {
    held = null
    held = { of, work: way === 'eager' ? of.make() : compile(of.make()) }
  }
  return held.work
}

// An optimizer's first step makes its state, which the second finds.
const MOST_PROGRAMS = 2

function checkedValues({ make, checkedCalls = 1 }: Operation, way: Way): number[] {
  const eager = make()
  const compiled = compile(eager)
  const work = way === 'eager' ? eager : compiled
  for (let i = 1; i < checkedCalls; i++) work()
  const values = probe(work())
  const programs = compiled.programs.length
  if (way !== 'eager' && (programs === 0 || programs > MOST_PROGRAMS)) {
    throw new Error(`${checkedCalls} calls made ${programs} programs`)
  }
  return values
}

/** A case that does the operation over and over. */
export function operationCase(of: Operation, way: Way = 'eager'): Case {
  return {
    ...of,
    unit: 'op',
    run(times) {
      const work = heldWork(of, way)
      for (let i = 0; i < times; i++) sink.value = work()
    },
    values: () => checkedValues(of, way)
  }
}

type Numbers = Float32Array | Float64Array

/** `shift + wave(i)` for all i below `count`, as float32 or float64. */
export function waveTensor(
  count: number,
  shift = 0,
  ArrayType: new (length: number) => Numbers = Float32Array
): Tensor {
  const values = new ArrayType(count)
  for (let i = 0; i < count; i++) values[i] = shift + wave(i)
  return tensor(values)
}
