// Temporary files: their names tell which process writes them, so that those of killed processes are found and removed.

import { randomBytes } from 'node:crypto'
import { readdirSync, statSync, unlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** Processes of other hosts, which share a folder through the network, are not looked for. */
const host = hostname().replace(/[^\w.]/g, '_')

/** As much of a name as leaves room for the rest in the 255 bytes that file systems allow. */
const MOST_CHARACTERS = 40

/** A name for the temporary file of `name`, which no other write uses. */
export const temporaryName = (name: string): string =>
  `.${name.slice(0, MOST_CHARACTERS)}.${host}-${process.pid}-${randomBytes(6).toString('hex')}.tmp`

const temporary = /^\..*\.([\w.]+)-(\d+)-[0-9a-f]{12}\.tmp$/

/** Removes the temporary files of processes that have ended. */
export function removeLeftovers(folder: string): void {
  for (const name of namesIn(folder)) {
    const [, of, pid] = temporary.exec(name) ?? []
    if (of !== host) continue
    const path = join(folder, name)
    if (!isRunning(Number(pid)) || (Number(pid) === process.pid && isOlderThanProcess(path))) discard(path)
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // What is wrong with the folder is said where the file is opened.
    return []
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs, as another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** True for the file of an earlier process with this one's id, as the first process of a container always has. */
function isOlderThanProcess(path: string): boolean {
  try {
    return statSync(path).mtimeMs < Date.now() - process.uptime() * 1000
  } catch {
    return false
  }
}

/** Removes a file where there is one. */
export function discard(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Another process was first, or it was never made.
  }
}
