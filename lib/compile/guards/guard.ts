// What a condition of a program is, and how all of them are asked at once.

import type { Tensor } from '../../tensor'
import type { Owner } from '../record/recorder'

/** A condition of a program. `holds` may note where it found things, for the replay that follows when all hold. */
export interface Guard {
  holds(args: readonly Tensor[]): boolean
  /** The condition as JavaScript over `args`, cheaper than a call; `bind` gives a value a name there. */
  source?(bind: (value: unknown) => string): string
  /** What the program needs, and what there is instead. */
  tell(args: readonly Tensor[]): string
}

export type Bind = (value: unknown) => string

/** A flag in generated code, whatever a caller may have made of it. */
export const flagText = (flag: boolean): string => ((flag as unknown) === true ? 'true' : 'false')

/**
 * One function for all conditions. As generated code it costs 2 ns for each; a loop over guards, whose owners are
 * objects of all shapes, 40. Where code must not be generated (node --disallow-code-generation-from-strings) it is that
 * loop.
 */
export function conjunctionOf(guards: readonly Guard[]): (args: readonly Tensor[]) => boolean {
  const values: unknown[] = []
  const names = new Map<unknown, string>()
  const bind = (value: unknown): string => {
    let name = names.get(value)
    if (name === undefined) {
      name = `v${values.push(value) - 1}`
      names.set(value, name)
    }
    return name
  }
  const conditions = guards.map((guard) => guard.source?.(bind) ?? `${bind(guard)}.holds(args)`)
  const generated = `const [${values.map((_, i) => `v${i}`).join(', ')}] = values; return (args) => ${conditions.join(' && ')}`
  try {
    // Only names made here, `true` and `false`, and quoted keys enter the text.
    return (new Function('values', generated) as (values: unknown[]) => (args: readonly Tensor[]) => boolean)(values)
  } catch {
    return (args) => guards.every((guard) => guard.holds(args))
  }
}

/** The object that a property belongs to: itself, or an argument by number. */
export type OwnerPlace = Owner | number

export const ownerAt = (place: OwnerPlace, args: readonly Tensor[]): Owner =>
  typeof place === 'number' ? (args[place] as unknown as Owner) : place
