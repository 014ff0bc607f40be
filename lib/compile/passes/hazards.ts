// What may change places: the one judge of order for all passes.

import { type Buffer, type Launch, type BufferOperand, checksOf, readsOf, writesOf } from './ir'

const buffersOf = (operands: readonly BufferOperand[]): Set<Buffer> => new Set(operands.map(({ buffer }) => buffer))

interface Touched {
  readonly reads: Set<Buffer>
  readonly writes: Set<Buffer>
  /** Numbers of the recorded launches whose checks run here. */
  readonly checks: readonly number[]
}

const known = new WeakMap<Launch, Touched>()

/** The buffers that a launch touches. */
export function touchedBy(launch: Launch): Touched {
  let touched = known.get(launch)
  if (touched === undefined) {
    const writes = buffersOf(writesOf(launch))
    const checks = checksOf(launch).flatMap((check) => (check === null ? [] : [check.position]))
    touched = { reads: buffersOf(readsOf(launch)), writes, checks }
    known.set(launch, touched)
  }
  return touched
}

const meet = (a: ReadonlySet<Buffer>, b: ReadonlySet<Buffer>): boolean => {
  for (const buffer of a) if (b.has(buffer)) return true
  return false
}

/** True when two launches must keep their order: for the values, and for what an error leaves behind. */
export function mustKeepOrder(first: Launch, second: Launch): boolean {
  const [a, b] = [touchedBy(first), touchedBy(second)]
  return (
    meet(a.writes, b.reads) ||
    meet(a.writes, b.writes) ||
    meet(a.reads, b.writes) ||
    (a.checks.length > 0 && b.checks.length > 0) ||
    failsBefore(first, second) ||
    (b.checks.length > 0 && [...a.writes].some((buffer) => !buffer.isFresh || buffer.kept === 'state'))
  )
}

/** True when an error of the first must find what the second writes as it was before. */
export function failsBefore(first: Launch, second: Launch): boolean {
  const { checks } = touchedBy(first)
  return (
    checks.length > 0 &&
    [...touchedBy(second).writes].some(
      (buffer) => !buffer.isFresh || (buffer.kept === 'state' && checks.some((check) => buffer.replacedAt > check))
    )
  )
}

/** True when launch `from` may move past all launches between it and `to`. */
export function mayMove(launches: readonly Launch[], from: number, to: number): boolean {
  const step = from < to ? 1 : -1
  for (let i = from + step; i !== to; i += step) {
    const [first, second] = from < i ? [from, i] : [i, from]
    if (mustKeepOrder(launches[first], launches[second])) return false
  }
  return true
}
