// A binary heap of nodes, latest first.

import type { Node } from './node'

/** Nodes waiting to run, taken by falling sequence number. */
export class NodeQueue {
  readonly #heap: Node[] = []

  push(node: Node): void {
    const heap = this.#heap
    let i = heap.length
    heap.push(node)
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (heap[parent].sequence >= node.sequence) break
      heap[i] = heap[parent]
      i = parent
    }
    heap[i] = node
  }

  /** The latest node, or null when none waits. */
  pop(): Node | null {
    const heap = this.#heap
    if (heap.length === 0) return null
    const top = heap[0]
    const last = heap.pop()!
    if (heap.length > 0) this.#sink(last)
    return top
  }

  #sink(node: Node): void {
    const heap = this.#heap
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && heap[child + 1].sequence > heap[child].sequence) child++
      if (heap[child].sequence <= node.sequence) break
      heap[i] = heap[child]
      i = child
    }
    heap[i] = node
  }
}
