// Runs one side of one trial in a process of its own and reads what it measured.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Measurement } from './measure'

/** A side of the comparison: what is timed, and how its process starts. */
export interface Side {
  readonly name: string
  readonly version: string
  readonly command: readonly string[]
}

export interface Settings {
  readonly threads: number
  /** Seconds that each case gets in each round. */
  readonly seconds: number
  readonly words: readonly string[]
}

// Each library reads its own variable, at start only.
const threadVariables = ['DYNGRAD_NUM_THREADS', 'OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS']

const environment = (threads: number): NodeJS.ProcessEnv => ({
  ...process.env,
  ...Object.fromEntries(threadVariables.map((name) => [name, String(threads)]))
})

/** Runs a trial on one side; throws with the side's own words when it fails. */
export function runTrial(side: Side, trial: string, mode: 'check' | 'time', settings: Settings): Measurement[] {
  const [program, ...args] = [...side.command, trial, mode, String(settings.seconds), ...settings.words]
  const { status, signal, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: environment(settings.threads),
    maxBuffer: 1 << 28
  })
  if (status !== 0) throw new Error(`${side.name} failed in ${trial} (${signal ?? status}):\n${stderr}`)
  const lines = stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Measurement)
}

const root = join(__dirname, '..')

/** This library, as users get it. */
export function dyngrad(): Side {
  const hook = join(root, 'scripts', 'typescript.cjs')
  const { version } = require('../package.json') as { version: string } // eslint-disable-line @typescript-eslint/no-require-imports
  return {
    name: 'dyngrad',
    version,
    command: [process.execPath, '--require', hook, join(__dirname, 'measure.ts')]
  }
}

/** PyTorch where a Python has it: DYNGRAD_PYTHON, else python3; null elsewhere. */
export function pyTorch(): Side | null {
  const python = process.env.DYNGRAD_PYTHON ?? 'python3'
  const { status, stdout } = spawnSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' })
  if (status !== 0) return null
  return { name: 'PyTorch', version: stdout.trim(), command: [python, join(__dirname, 'torch', 'measure.py')] }
}
