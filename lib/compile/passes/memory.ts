// Memory plan: intermediates share one arena; those that do not live at the same time share bytes.

import { type Buffer, type Graph, readsOf, writesOf } from './ir'

/** Cache lines, so that no two buffers share one. */
const ALIGNMENT = 64

interface Range {
  readonly buffer: Buffer
  readonly bytes: number
  readonly first: number
  readonly last: number
}

export interface MemoryPlan {
  readonly offsets: ReadonlyMap<Buffer, number>
  readonly bytes: number
}

/** Places buffers, largest first, each at the lowest offset where no neighbour in time lies. */
export function planMemory(graph: Graph, isPlanned: (buffer: Buffer) => boolean): MemoryPlan {
  const offsets = new Map<Buffer, number>()
  const placed: { range: Range; offset: number }[] = []
  let bytes = 0
  for (const range of lifetimes(graph, isPlanned).sort((a, b) => b.bytes - a.bytes || a.first - b.first)) {
    const offset = lowestFree(
      range.bytes,
      placed.filter((other) => overlapInTime(other.range, range))
    )
    placed.push({ range, offset })
    offsets.set(range.buffer, offset)
    bytes = Math.max(bytes, offset + range.bytes)
  }
  return { offsets, bytes }
}

const overlapInTime = (a: Range, b: Range): boolean => a.first <= b.last && b.first <= a.last

function lowestFree(bytes: number, taken: readonly { range: Range; offset: number }[]): number {
  let offset = 0
  for (const { range, offset: start } of taken.toSorted((a, b) => a.offset - b.offset)) {
    if (offset + bytes <= start) break
    offset = Math.max(offset, start + range.bytes)
  }
  return offset
}

/** The launches between which each buffer holds something. */
function lifetimes({ launches }: Graph, isPlanned: (buffer: Buffer) => boolean): Range[] {
  const spans = new Map<Buffer, { first: number; last: number }>()
  let time = 0
  launches.forEach((launch) => {
    // An epilogue runs while its matmul does.
    if (launch.kind !== 'pointwise' || launch.isEpilogue !== true) time++
    for (const { buffer } of [...readsOf(launch), ...writesOf(launch)]) {
      if (!isPlanned(buffer)) continue
      const span = spans.get(buffer)
      if (span === undefined) spans.set(buffer, { first: time, last: time })
      else span.last = time
    }
  })
  return [...spans].map(([buffer, { first, last }]) => ({
    buffer,
    bytes: Math.max(Math.ceil(buffer.bytes / ALIGNMENT), 1) * ALIGNMENT,
    first,
    last
  }))
}
