// Short names for the memory of a program, and what each of them is.

import { dtypeNames } from '../../dtype'
import { type Shape, shapeText } from '../../shape'
import type { Storage } from '../../storage'
import { Tensor } from '../../tensor'
import { ArgumentGuard, FixedGuard, type OwnerPlace, TensorGuard, ValueGuard, nameOf } from '../guards'
import type { BufferOperand } from '../passes/ir'
import { ARENA, FIRST_OWN, KEPT, placeOf } from '../passes/lower'
import type { Program } from '../replay/program'
import type { Owner } from '../record/recorder'

/** What a name stands for, which decides its first letters. */
export type Role = 'argument' | 'outside' | 'scalar' | 'result' | 'state' | 'gradient' | 'arena'

/** Bytes of a program that have a name. */
export interface NamedMemory {
  readonly name: string
  readonly role: Role
  readonly slot: number
  /** Bytes from the slot's start. */
  readonly offset: number
  readonly text: string
}

/** What the legend calls a program's arguments and results, by number. */
export interface Texts {
  argument(number: number): string
  result(number: number): string
}

interface ShapeDtype {
  readonly shape: Shape
  readonly code: number
}

const shown = ({ sizes, code }: Tensor): ShapeDtype => ({ shape: sizes, code })

const typeText = ({ shape, code }: ShapeDtype): string => `${dtypeNames[code]} ${shapeText(shape)}`

/** The names of all memory of one program outside the arena. */
export class Names {
  readonly named: readonly NamedMemory[]

  constructor(
    readonly program: Program,
    texts: Texts
  ) {
    const named = [...argumentsOf(program, texts), ...handedOutOf(program, texts), ...scalarsOf(program)]
    const taken = new Set(named.filter(({ slot }) => slot >= FIRST_OWN).map(({ slot }) => slot))
    this.named = [...named, ...outsideOf(program, taken)]
  }

  of({ buffer, offset }: BufferOperand): string {
    const place = placeOf(this.program.layout, buffer)
    const at = place.offset + offset
    if (place.slot === ARENA) return `@${at}`
    const named = this.at(place.slot, at)
    const prefix = named?.name ?? `m${place.slot}`
    const rest = at - (named?.offset ?? 0)
    return rest === 0 ? prefix : `${prefix}+${rest}`
  }

  /** What stands at some bytes of a slot: the last name that begins there or before. */
  at(slot: number, offset: number): NamedMemory | undefined {
    const candidates = this.named.filter((named) => named.slot === slot && named.offset <= offset)
    return candidates.sort((a, b) => b.offset - a.offset)[0]
  }
}

function argumentsOf({ guards }: Program, { argument }: Texts): NamedMemory[] {
  return guards.flatMap((guard): NamedMemory[] => {
    if (!(guard instanceof ArgumentGuard)) return []
    const { number, slot, offset, type } = guard
    const unused = slot < 0 ? ', not read' : ''
    const text = `${argument(number)}: ${typeText(type)}${unused}`
    return [{ name: `x${number}`, role: 'argument', slot, offset, text }]
  })
}

function handedOutOf(program: Program, { result }: Texts): NamedMemory[] {
  const named: NamedMemory[] = []
  const counts = { result: 0, state: 0 }
  const nextName = (role: 'result' | 'state' | 'gradient', offset: number): string => {
    if (role === 'gradient') return `grad+${offset}`
    return `${role === 'result' ? 'out' : 'new'}${counts[role]++}`
  }
  for (const { spec, slot, offset, number, owner, key } of program.handedOut) {
    const role = number >= 0 ? 'result' : slot === KEPT ? 'gradient' : 'state'
    // The same bytes may be handed out twice.
    const known = named.find((other) => other.slot === slot && other.offset === offset)
    const name = known?.name ?? nextName(role, offset)
    const text = number >= 0 ? result(number) : `becomes ${propertyText(program, owner!, key)}`
    named.push({ name, role, slot, offset, text: `${text}: ${typeText(spec)}` })
  }
  return named
}

function scalarsOf({ cells, layout }: Program): NamedMemory[] {
  return cells.map(({ live: { value, code, offset, buffer } }, i) => {
    const text = `live number: ${dtypeNames[code]}, now ${value.read()}`
    return { name: `s${i}`, role: 'scalar', slot: FIRST_OWN + layout.own.indexOf(buffer), offset, text }
  })
}

/** Parameters, state of optimizers and generators, constants. */
function outsideOf(program: Program, taken: ReadonlySet<number>): NamedMemory[] {
  const { layout, slots } = program
  let number = 0
  return layout.own.flatMap((buffer, i): NamedMemory[] => {
    const slot = FIRST_OWN + i
    if (taken.has(slot)) return []
    if (buffer.isFresh) return [{ name: `m${slot}`, role: 'state', slot, offset: 0, text: `${buffer.bytes} B` }]
    const text = tensorText(program, slots.storages[slot], slot) ?? `memory from outside: ${buffer.bytes} B`
    return [{ name: `p${number++}`, role: 'outside', slot, offset: 0, text }]
  })
}

/** The property that holds a tensor over `storage`, and the tensor's geometry. */
function tensorText(program: Program, storage: Storage, slot: number): string | null {
  for (const guard of program.guards) {
    if (guard instanceof TensorGuard && guard.slot === slot)
      return `${propertyText(program, guard.owner, guard.key)}: ${typeText(guard.type)}`
    if (guard instanceof ValueGuard && guard.value instanceof Tensor && guard.value.storage === storage)
      return `${propertyText(program, guard.owner, guard.key)}: ${typeText(shown(guard.value))}`
  }
  const fixed = program.guards.find((guard) => guard instanceof FixedGuard && guard.tensor.storage === storage)
  return fixed === undefined ? null : `a tensor: ${typeText(shown((fixed as FixedGuard).tensor))}`
}

/** `Linear.weight`, `x0.grad`, `Linear.weight.grad`. */
function propertyText({ guards }: Program, owner: OwnerPlace, key: string): string {
  if (typeof owner === 'number') return `x${owner}.${key}`
  if (!(owner instanceof Tensor)) return dotted(owner, key)
  const holder = guards.find((guard) => guard instanceof ValueGuard && guard.value === owner) as ValueGuard | undefined
  if (holder === undefined || typeof holder.owner === 'number') return `${key} of ${nameOf(owner)}`
  return `${dotted(holder.owner, holder.key)}.${key}`
}

/** Plain objects have no name worth telling. */
const dotted = (owner: Owner, key: string): string => (owner.constructor === Object ? key : `${nameOf(owner)}.${key}`)
