// Epilogues: a pointwise launch over the result of a product runs on each part of it while the part is in the cache.
// Products are matmuls and kernels whose rows say so.

import { FAMILY, kernelRows } from '../../launch'
import {
  type OperandShape,
  type Graph,
  type Launch,
  type Opaque,
  type Pointwise,
  canFail,
  coversBuffer,
  operandShapes
} from './ir'
import { mayMove, touchedBy } from './hazards'

/** Moves launches behind the product that they finish and marks them. */
export function attachEpilogues(graph: Graph): void {
  const { launches } = graph
  for (let i = 0; i + 1 < launches.length; i++) {
    if (!isDenseProduct(launches[i])) continue
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

/** True for a product whose elements follow each other in memory. */
function isDenseProduct(launch: Launch): boolean {
  if (launch.kind !== 'opaque') return false
  return launch.family === FAMILY.matmul ? isDenseMatmul(launch) : isDenseKernel(launch)
}

function isDenseMatmul({ body }: Opaque): boolean {
  const [batchRank, , n] = body
  const [row, column] = body.slice(-2)
  return batchRank === 0 && row === n && column === 1
}

function isDenseKernel(launch: Opaque): boolean {
  if (!kernelRows[launch.body[0]].appliesEpilogue || canFail(launch)) return false
  return isRowMajor(operandShapes(launch)[launch.reads.length])
}

/** True when a launch walks over a product's whole result in the order of memory. */
function finishes(launch: Pointwise, product: Launch): boolean {
  if (launch.results.some(({ reduce }) => reduce !== null)) return false
  const [written] = touchedBy(product).writes
  return (
    written.isFresh &&
    launch.reads.some(
      (read) => read.buffer === written && coversBuffer(read, launch.sizes) && isWalked(read, launch)
    ) &&
    launch.reads.every(
      (read) => read.buffer !== written || (coversBuffer(read, launch.sizes) && isWalked(read, launch))
    )
  )
}

const isWalked = ({ strides }: { readonly strides: readonly number[] }, { sizes }: Pointwise): boolean =>
  isRowMajor({ sizes, strides })

function isRowMajor({ sizes, strides }: OperandShape): boolean {
  let step = 1
  for (let d = sizes.length - 1; d >= 0; d--) {
    if (strides[d] !== step) return false
    step *= sizes[d]
  }
  return true
}
