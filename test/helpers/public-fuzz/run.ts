// Runs the fuzz of the public surface in a process of its own, so that a crash or a hang is a failure that names its
// call.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programArguments, root } from '../program'
import type { Report } from './fuzzer'

const NO_CALL = 'none yet'
/** Seconds in which the first call begins, other work on the same cores or not. */
const START = 60

/** A run: `plant` is a bug that is added to the surface, `patience` the seconds that a call may take. */
export interface FuzzOptions {
  readonly seed: number
  readonly calls: number
  readonly plant?: string
  readonly patience?: number
}

/** The report of a run that comes to its end; throws with the call under way when it crashes or hangs. */
export async function runFuzz({ seed, calls, plant = '', patience = 60 }: FuzzOptions): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'dyngrad-fuzz-'))
  const file = join(folder, 'call')
  const current = (): string => {
    try {
      return readFileSync(file, 'utf8').split('\n')[0]
    } catch {
      return NO_CALL
    }
  }
  try {
    return await ended(seed, ['public-fuzz', [seed, calls, file, plant]], current, patience)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function ended(
  seed: number,
  program: Parameters<typeof programArguments>,
  current: () => string,
  patience: number
): Promise<Report> {
  const child = spawn(process.execPath, ['--no-warnings', ...programArguments(...program)], { cwd: root })
  let [output, errors, last, since] = ['', '', '', Date.now()]
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (errors += chunk))
  let hangs = false
  const watch = setInterval(() => {
    const call = current()
    if (call !== last) [last, since] = [call, Date.now()]
    hangs = Date.now() - since > (call === NO_CALL ? START : patience) * 1000
    if (hangs) child.kill('SIGKILL')
  }, 250)
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      clearInterval(watch)
      const what = hangs ? `hangs after ${patience} s` : `ends with ${code ?? signal}`
      if (code === 0 && output !== '') resolve(JSON.parse(output.trim().split('\n').pop()!) as Report)
      else reject(new Error(`seed ${seed} ${what} in call ${current()}\n${errors}`))
    })
  })
}
