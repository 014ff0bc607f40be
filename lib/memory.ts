// When memory that malloc keeps for the next result goes back to the system: docs/performance.md, "What it does to the
// host".

import { native } from './native'

/** A process that has never allocated so much keeps too little to be worth a timer. */
const WORTH_BYTES = 256 * 1024 * 1024
const PERIOD_MS = 60_000
/** Who allocates more in a period is about to use again what was freed. */
const QUIET_BYTES = 64 * 1024 * 1024

let allocated = 0
let isWatched = false

/** Counts bytes of a new buffer. */
export function countMemory(bytes: number): void {
  allocated += bytes
  if (allocated > WORTH_BYTES && !isWatched) watch()
}

// Memory falls free when V8 collects, which may be long after the last result, hence again and again.
function watch(): void {
  isWatched = true
  setInterval(() => {
    if (allocated < QUIET_BYTES) native.releaseFreedMemory()
    allocated = 0
  }, PERIOD_MS).unref()
}
