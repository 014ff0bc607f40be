// Another process that keeps a core busy while the cases of this one are timed.

import { spawn } from 'node:child_process'

// It ends by itself should this process be killed.
const SECONDS = 120
const PROGRAM = `const end = Date.now() + ${SECONDS * 1000}; while (Date.now() < end);`

let started = false

/** Starts the process, once; it ends with this one. */
export function keepCoreBusy(): void {
  if (started) return
  started = true
  const other = spawn(process.execPath, ['-e', PROGRAM], { stdio: 'ignore' })
  other.unref()
  process.once('exit', () => other.kill())
}
