// Copies that vanish: where one buffer holds nothing but the bytes of another, readers read the other, or both become
// one.

import { type Buffer, type Graph, type Launch, type BufferOperand, coversBuffer, sameStrides, withOperands } from './ir'
import { touchedBy } from './hazards'

/** Replaces copies of whole buffers by what they copy. */
export function removeCopies(graph: Graph): void {
  for (let i = 0; i < graph.launches.length; i++) {
    const copy = copyOf(graph.launches[i])
    if (copy === null) continue
    const { from, to } = copy
    const writers = (buffer: Buffer): number[] =>
      graph.launches.flatMap((launch, k) => (touchedBy(launch).writes.has(buffer) ? [k] : []))
    if (writers(to).length !== 1 || writers(from.buffer).some((writer) => writer > i)) continue
    if (to.kept === null && !to.isReadByFailure) {
      // Readers of the copy read the original.
      replace(graph, to, from.buffer, from.offset)
    } else if (from.buffer.isFresh && from.buffer.kept === null && !from.buffer.isReadByFailure && from.offset === 0) {
      // A check in between must find the kept bytes as they were.
      const first = Math.min(...writers(from.buffer))
      if (graph.launches.slice(first, i).some((launch) => touchedBy(launch).checks.length > 0)) continue
      // The original is computed where the copy is kept, unless it is longer.
      if (from.buffer.bytes !== to.bytes) continue
      replace(graph, from.buffer, to, 0)
    } else continue
    graph.launches.splice(i--, 1)
  }
}

/** What a launch copies whole and unchanged, null when it does anything else. */
function copyOf(launch: Launch): { from: BufferOperand; to: Buffer } | null {
  if (launch.kind === 'opaque' || launch.results.length !== 1 || launch.mask !== 0) return null
  const [{ operand, value }] = launch.results
  if (!value.isInput) return null
  const from = launch.reads[value.number]
  if (!operand.buffer.isFresh || from.buffer === operand.buffer) return null
  const isWhole = sameStrides(from.strides, operand.strides) && coversBuffer(operand, launch.sizes)
  return isWhole ? { from, to: operand.buffer } : null
}

function replace(graph: Graph, old: Buffer, by: Buffer, shift: number): void {
  graph.launches = graph.launches.map((launch): Launch => {
    const { reads, writes } = touchedBy(launch)
    if (!reads.has(old) && !writes.has(old)) return launch
    return withOperands(launch, (operand) =>
      operand.buffer === old ? { ...operand, buffer: by, offset: operand.offset + shift } : operand
    )
  })
}
