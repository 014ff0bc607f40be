// Epilogues: a pointwise launch over the result of a matmul runs on each part of it while the part is in the cache.

import { FAMILY } from '../../launch'
import { type Graph, type Launch, type Pointwise, coversBuffer } from '../ir'
import { mayMove, touchedBy } from './hazards'

/** Moves launches behind the matmul that they finish and marks them. */
export function attachEpilogues(graph: Graph): void {
  const { launches } = graph
  for (let i = 0; i + 1 < launches.length; i++) {
    if (!isDenseMatmul(launches[i])) continue
    for (let j = i + 1; j < launches.length; j++) {
      const launch = launches[j]
      if (launch.kind !== 'pointwise' || !finishes(launch, launches[i])) continue
      if (j > i + 1 && !mayMove(launches, j, i)) continue
      launches.splice(j, 1)
      launches.splice(i + 1, 0, { ...launch, isEpilogue: true })
      break
    }
  }
}

/** True for one product whose rows follow each other in memory. */
function isDenseMatmul(launch: Launch): boolean {
  if (launch.kind !== 'opaque' || launch.family !== FAMILY.matmul) return false
  const [batchRank, , n] = launch.body
  const [row, column] = launch.body.slice(-2)
  return batchRank === 0 && row === n && column === 1
}

/** True when a launch walks over a matmul's whole result in the order of memory. */
function finishes(launch: Pointwise, matmul: Launch): boolean {
  if (launch.results.some(({ reduce }) => reduce !== null)) return false
  const [written] = touchedBy(matmul).writes
  return (
    written.isFresh &&
    launch.reads.some(
      (read) => read.buffer === written && coversBuffer(read, launch.sizes) && isRowMajor(read, launch)
    ) &&
    launch.reads.every(
      (read) => read.buffer !== written || (coversBuffer(read, launch.sizes) && isRowMajor(read, launch))
    )
  )
}

function isRowMajor({ strides }: { strides: readonly number[] }, { sizes }: Pointwise): boolean {
  let step = 1
  for (let d = sizes.length - 1; d >= 0; d--) {
    if (strides[d] !== step) return false
    step *= sizes[d]
  }
  return true
}
