// How the process of a side starts, and what it says.

import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Measurement } from './clock'
import type { Side } from './sides'
import type { Threads } from './trial'

export interface Settings {
  readonly threads: Threads
  /** Seconds that each case gets in each round. */
  readonly seconds: number
}

// Each library reads its own variable, at start only.
const threadVariables = ['DYNGRAD_NUM_THREADS', 'OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS']

function environment(threads: Threads): NodeJS.ProcessEnv {
  const value = threads === 'default' ? undefined : String(threads)
  return { ...process.env, ...Object.fromEntries(threadVariables.map((name) => [name, value])) }
}

/** Runs a program and reads its lines of JSON; throws with the program's own words when it fails. */
export function readLines<Line>(label: string, [program, ...args]: readonly string[], threads: Threads): Line[] {
  const { status, signal, stdout, stderr }: SpawnSyncReturns<string> = spawnSync(program, args, {
    encoding: 'utf8',
    env: environment(threads),
    maxBuffer: 1 << 28
  })
  if (status !== 0) throw new Error(`${label} failed (${signal ?? status}):\n${stderr}`)
  const lines = stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Line)
}

/** Runs cases of a trial on one side. */
export function runCases(
  side: Side,
  trial: string,
  mode: 'check' | 'time',
  { threads, seconds }: Settings,
  cases: readonly string[]
): Measurement[] {
  return readLines(`${side.name} in ${trial}`, [...side.command, trial, mode, String(seconds), ...cases], threads)
}

/** The command that runs a program of ours. */
export const typescript = (file: string, ...flags: string[]): string[] => {
  return [process.execPath, ...flags, '--require', join(__dirname, '..', 'scripts', 'typescript.cjs'), file]
}
