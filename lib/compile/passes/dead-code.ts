// Dead code: results that nobody reads are not computed. Checks stay, since their errors are results, too.

import { type Buffer, type Graph, canFail, countOf, isSeen, readsOf, writesOf } from './ir'
import { withResults } from './fusion'

export function removeDeadCode(graph: Graph): void {
  const wanted = new Set<Buffer>()
  const isWanted = (buffer: Buffer): boolean => isSeen(buffer) || wanted.has(buffer)
  const alive = graph.launches.toReversed().flatMap((launch) => {
    const isNeeded = writesOf(launch).some(({ buffer }) => isWanted(buffer))
    if (!isNeeded && !canFail(launch)) return []
    let kept = launch
    if (launch.kind === 'pointwise') {
      if (launch.mask === 0 && countOf(launch.sizes) === 0) return []
      const results = launch.results.filter(({ operand }) => isWanted(operand.buffer))
      // A launch of checks alone needs somewhere to write.
      kept = withResults(launch, results.length > 0 ? results : launch.results.slice(0, 1))
    }
    for (const { buffer } of readsOf(kept)) wanted.add(buffer)
    return [kept]
  })
  graph.launches = alive.reverse()
}
