// Runs a program and hands over each line that it prints.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Resolves with the exit status; `readLine` gets the lines of both streams. */
export function runLines(program, args, options, readLine) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', readLine)
    child.on('error', (error) => {
      readLine(String(error))
      resolve(1)
    })
    child.on('close', (status) => resolve(status ?? 1))
  })
}
