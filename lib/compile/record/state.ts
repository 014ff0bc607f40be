// What a step leaves behind: which of the properties that it set somebody may see, and which memory they keep.

import { Tensor } from '../../tensor'
import { type Buffer, type Graph, canFail } from '../passes/ir'
import type { Buffers } from '../passes/lower'
import type { Recording, WriteRecord } from './recorder'

/** True where the same property is set. */
export const isSameProperty = (a: WriteRecord, b: WriteRecord): boolean => a.owner === b.owner && a.key === b.key

/** A property that a replay sets, and whether it does so in the end or only where an error stops it. */
export interface KeptWrite extends WriteRecord {
  readonly isFinal: boolean
  /** True when an error may find it in place. */
  readonly isSeen: boolean
}

/** The writes that are seen: the last ones, and those that an error finds in place. */
export function keptWrites(recording: Recording, graph: Graph): KeptWrite[] {
  const checks = graph.launches.flatMap((launch) => (canFail(launch) ? [launch.position] : []))
  const { writes } = recording
  return writes.flatMap((write, i) => {
    // Nobody sees what is set on a tensor of the step, unless the step returns it.
    if (write.owner instanceof Tensor && recording.isCreated(write.owner)) return []
    const next = writes.find((later, j) => j > i && isSameProperty(later, write))
    const isSeen = checks.some((check) => write.position <= check && (next === undefined || check < next.position))
    return next === undefined || isSeen ? [{ ...write, isFinal: next === undefined, isSeen }] : []
  })
}

/** Marks the buffers that outlive a replay; returns those of gradients that may wait in the program's memory. */
export function markKept(
  recording: Recording,
  writes: readonly KeptWrite[],
  args: readonly Tensor[],
  outputs: readonly Tensor[],
  buffers: Buffers
): Set<Buffer> {
  const lazy = new Set<Buffer>()
  const eager = new Set<Buffer>()
  for (const write of writes) {
    const first = recording.writes.find((other) => isSameProperty(other, write))!
    // The next replay may have another argument, so that the gradient of this one cannot wait.
    const isGradient = write.key === 'grad' && write.owner instanceof Tensor && !args.includes(write.owner)
    if (!(write.value instanceof Tensor) || !recording.isFresh(write.value.storage)) continue
    const buffer = buffers.of(write.value.storage)
    buffer.kept = 'state'
    buffer.replacedAt = write.isSeen ? Infinity : first.position
    // What an error finds must not be split into values of which the last one counts.
    buffer.isReadByFailure ||= write.isSeen
    ;(isGradient ? lazy : eager).add(buffer)
  }
  for (const { storage } of outputs) {
    const buffer = buffers.of(storage)
    if (buffer.isFresh) buffer.kept ??= 'output'
    eager.add(buffer)
  }
  for (const buffer of eager) lazy.delete(buffer)
  return lazy
}
