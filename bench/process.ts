// The sides of a comparison: how their processes start and what they say.

import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Measurement } from './measure'
import type { Way } from './trial'

/** A side of the comparison: what is timed, and how its process starts. */
export interface Side {
  readonly name: string
  readonly library: string
  readonly version: string
  readonly command: readonly string[]
}

export interface Settings {
  readonly threads: number
  /** Seconds that each case gets in each round. */
  readonly seconds: number
}

// Each library reads its own variable, at start only.
const threadVariables = ['DYNGRAD_NUM_THREADS', 'OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS']

const environment = (threads: number): NodeJS.ProcessEnv => ({
  ...process.env,
  ...Object.fromEntries(threadVariables.map((name) => [name, String(threads)]))
})

/** Runs a program and reads its lines of JSON; throws with the program's own words when it fails. */
export function readLines<Line>(label: string, [program, ...args]: readonly string[], threads: number): Line[] {
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

/** This library, as users get it. */
export function dyngrad(name = 'dyngrad', way: Way = 'eager'): Side {
  const { version } = require('../package.json') as { version: string } // eslint-disable-line @typescript-eslint/no-require-imports
  return { name, library: 'dyngrad', version, command: [...typescript(join(__dirname, 'measure.ts')), way] }
}

/** PyTorch where a Python has it: DYNGRAD_PYTHON, else python3; null elsewhere. */
export function pyTorch(): Side | null {
  const python = process.env.DYNGRAD_PYTHON ?? 'python3'
  const { status, stdout } = spawnSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' })
  if (status !== 0) return null
  const command = [python, join(__dirname, 'torch', 'measure.py')]
  return { name: 'PyTorch', library: 'PyTorch', version: stdout.trim(), command }
}
