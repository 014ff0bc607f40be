// The programs of one compiled function: found by their guards, bounded in number, the one used last in front.

import { warn } from '../../errors'
import type { Tensor } from '../../tensor'
import type { Backward } from './backward'
import type { Program } from './program'
import { type Structure, sameStructure } from '../record/structure'

/** One program, with what it was made for and what it returns. */
export interface Entry {
  readonly arguments: Structure
  /** True when the arguments are so many different tensors and nothing else. */
  readonly isFlat: boolean
  readonly arity: number
  readonly result: Structure
  readonly program: Program
  readonly backward: Backward | null
  /** How many of the program's outputs the function returns; what follows is for the backward. */
  readonly outputs: number
  /** Numbers of those outputs that `backward` gives a graph. */
  readonly tracked: readonly number[]
  /** Why it was made. */
  readonly reason: string
}

export class Cache {
  /** In the order of their last use. */
  readonly entries: Entry[] = []
  /** One warning for each function: every batch length would have its own reason. */
  #hasWarned = false

  constructor(readonly most: number) {}

  /** The program that fits, its memory bound to `tensors`; null where there is none. */
  find(structure: Structure, tensors: readonly Tensor[]): Entry | null {
    const { entries } = this
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]
      if (!sameStructure(entry.arguments, structure) || !entry.program.fits(tensors)) continue
      if (i > 0) {
        entries.splice(i, 1)
        entries.unshift(entry)
      }
      return entry
    }
    return null
  }

  /** Why no program fits: what differs from the one used last. */
  reasonFor(structure: Structure, tensors: readonly Tensor[]): string {
    if (this.entries.length === 0) return 'first call'
    const [{ arguments: known, program }] = this.entries
    if (!sameStructure(known, structure)) return 'the arguments are others in number, order or value'
    return program.mismatch(tensors)?.tell(tensors) ?? 'first call'
  }

  add(entry: Entry): void {
    if (this.entries.length === this.most) {
      if (!this.#hasWarned)
        warn(
          `compile: a function has needed more than ${this.most} programs, so the one unused for longest is dropped at each new one ` +
            `(this one was needed because ${entry.reason}); see step.programs, or raise { maxPrograms }`
        )
      this.#hasWarned = true
      this.entries.pop()
    }
    this.entries.unshift(entry)
  }
}
