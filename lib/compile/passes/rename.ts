// Gives each value a buffer of its own: a launch that overwrites the whole of a fresh buffer starts a new one, so that
// writes in place do not tie unrelated launches together.

import { type Buffer, type Graph, type BufferOperand, coversBuffer, withOperands } from './ir'

export function renameValues(graph: Graph): void {
  const current = new Map<Buffer, Buffer>()
  const written = new Set<Buffer>()
  const now = <Some extends BufferOperand>(operand: Some): Some => ({
    ...operand,
    buffer: current.get(operand.buffer) ?? operand.buffer
  })
  graph.launches = graph.launches.map((launch) => {
    if (launch.kind === 'opaque') {
      for (const { buffer } of launch.writes) written.add(buffer)
      return withOperands(launch, now)
    }
    const reads = launch.reads.map(now)
    const results = launch.results.map((result) => {
      const { buffer } = result.operand
      const isWhole =
        buffer.isFresh &&
        !buffer.isReadByFailure &&
        result.reduce === null &&
        coversBuffer(result.operand, launch.sizes)
      if (isWhole && written.has(buffer)) current.set(buffer, { ...buffer, kept: null })
      written.add(buffer)
      return { ...result, operand: now(result.operand) }
    })
    return { ...launch, reads, results }
  })
  keepLast(graph, current)
}

/** What is read after the program is the last value: it takes back the recorded buffer, the earlier ones give it up. */
function keepLast(graph: Graph, current: ReadonlyMap<Buffer, Buffer>): void {
  const swap = new Map<Buffer, Buffer>()
  for (const [recorded, last] of current) {
    swap.set(last, recorded)
    swap.set(recorded, last)
  }
  graph.launches = graph.launches.map((launch) =>
    withOperands(launch, (operand) => ({ ...operand, buffer: swap.get(operand.buffer) ?? operand.buffer }))
  )
}
