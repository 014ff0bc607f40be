// The resident set of this process.

import { readFileSync } from 'node:fs'

/** Resident set in bytes: before the first case, and the peak after this one. */
export interface Memory {
  readonly start: number
  readonly peak: number
}

/** Linux counts the parent's peak into ru_maxrss when a process starts, so not that. */
function peakRss(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))!
  return Number(kilobytes) * 1024
}

/** Starts to watch; the result reads the peak so far. */
export function watchMemory(): () => Memory {
  const start = process.memoryUsage.rss()
  return () => ({ start, peak: peakRss() })
}
