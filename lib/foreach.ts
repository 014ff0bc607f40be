// One expression over many lists of tensors, such as the parameters of an optimizer: a native call for as many as it
// has operands for.

import { FEW } from './evaluate'
import { type Expression, fillDense, fillScalars, readNumbers, run } from './expression'
import { Descriptor, MAX_OPERANDS, launchSeveral } from './launch'
import { type Live, recording } from './recording'
import type { Storage } from './storage'
import type { Tensor } from './tensor'

/** Operands of one list: an expression's inputs, and its outputs, which have the shape of the first. */
export interface Operands {
  readonly inputs: readonly Tensor[]
  readonly outputs: readonly Tensor[]
}

/** An elementwise expression without checks, over lists of operands one after the other. */
export class Foreach {
  /**
   * Descriptors of so many launches behind one another, each at an address of its own by which native code remembers
   * it.
   */
  readonly #descriptors: Descriptor[] = []
  readonly #most: number

  constructor(readonly expression: Expression) {
    const { inputCodes, codes } = expression
    this.#most = Math.floor(MAX_OPERANDS / (inputCodes.length + codes.length))
  }

  /** Writes the outputs of all lists; a later list finds what an earlier one has written. */
  run(lists: readonly Operands[], scalars: readonly (number | Live)[]): void {
    // Few elements take less than a native call; a capture hears of launches one by one.
    if (lists.length === 1 || recording.recorder !== null || areFew(lists)) {
      for (let i = 0; i < lists.length; i++) this.#runOne(lists[i], scalars)
      return
    }
    for (let first = 0; first < lists.length;) {
      const taken = this.#runBatch(lists, first, Math.min(lists.length - first, this.#most), scalars)
      if (taken === 0) this.#runOne(lists[first], scalars)
      first += Math.max(taken, 1)
    }
  }

  #runOne({ inputs, outputs }: Operands, scalars: readonly (number | Live)[]): void {
    run(this.expression, outputs[0].sizes, inputs, outputs, scalars)
  }

  /** Runs lists from `first` on, up to the first that is no row of one length; returns how many. */
  #runBatch(lists: readonly Operands[], first: number, count: number, scalars: readonly (number | Live)[]): number {
    const { expression } = this
    const descriptor = (this.#descriptors[count] ??= this.#describe(count))
    const { words } = descriptor
    const numbers = readNumbers(scalars)
    const width = expression.inputCodes.length + expression.codes.length
    const storages = new Array<Storage>(count * width)
    for (let i = 0, at = 0, start = 0; i < count; i++, start += words[1]) {
      const { inputs, outputs } = lists[first + i]
      if (!fillDense(expression, outputs[0].numelCached, inputs, outputs, words, start)) {
        return i === 0 ? 0 : this.#runBatch(lists, first, i, scalars)
      }
      fillScalars(expression, words, start + expression.denseTail, numbers)
      for (let j = 0; j < inputs.length; j++) storages[at++] = inputs[j].storage
      for (let j = 0; j < outputs.length; j++) storages[at++] = outputs[j].storage
    }
    launchSeveral(descriptor, storages)
    return count
  }

  #describe(count: number): Descriptor {
    const { words } = this.expression.dense
    const descriptor = new Descriptor(count * words.length)
    for (let i = 0; i < count; i++) descriptor.words.set(words, i * words.length)
    return descriptor
  }
}

function areFew(lists: readonly Operands[]): boolean {
  for (let i = 0; i < lists.length; i++) if (lists[i].outputs[0].numelCached > FEW) return false
  return true
}
