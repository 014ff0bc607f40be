// The resident set of training, beside PyTorch's: its peak, and by how much it grows while no turn of the event loop is
// taken.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { transformFileSync } from '@swc/core'
import type { Resident } from '../jobs/memory'
import { readLines } from '../process'
import { reference } from '../sides'
import { print } from './value'

const STEPS = { logistic: 20_000, mlp: 200 }
/** Megabytes that training may add after its first step. */
const GROWTH = 20
/** The share of PyTorch's peak that ours may have. */
const SHARE = 0.5

const root = join(__dirname, '..', '..')
const threads = Number(process.env.DYNGRAD_NUM_THREADS ?? 1)

/** Writes the jobs as JavaScript: a compiler in the same process would weigh more than the library. */
function writeJavaScript(folder: string): string {
  const bench = join(__dirname, '..')
  const jobs = readdirSync(join(bench, 'jobs')).map((name) => join('jobs', name))
  for (const name of ['trial.ts', ...jobs]) {
    const { code } = transformFileSync(join(bench, name), {
      swcrc: false,
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' }
    })
    const target = join(folder, dirname(name), `${basename(name, '.ts')}.js`)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, code)
  }
  return join(folder, 'jobs', 'memory.js')
}

const resident = (label: string, ...command: string[]): Resident => readLines<Resident>(label, command, threads)[0]

function say(label: string, { start, first, peak }: Resident, peakLimit?: number, growthLimit?: number): void {
  print({ name: `${label}: loaded`, value: start / 1e6, unit: 'MB' })
  print({ name: `${label}: peak`, value: peak / 1e6, unit: 'MB', limit: peakLimit })
  print({ name: `${label}: growth after the first step`, value: (peak - first) / 1e6, unit: 'MB', limit: growthLimit })
}

function read(program: string): void {
  const pyTorch = reference('PyTorch')
  for (const [job, steps] of Object.entries(STEPS)) {
    const label = `${job}, ${steps} steps`
    const script = join(root, 'bench', 'torch', 'memory.py')
    const theirs = typeof pyTorch === 'string' ? null : resident(label, pyTorch.command[0], script, job, String(steps))
    const limit = theirs === null ? undefined : Math.round((SHARE * theirs.peak) / 1e6)
    for (const way of ['eager', 'compiled']) {
      const ours = resident(label, process.execPath, program, way, job, String(steps))
      say(`${label}, ${way}`, ours, limit, GROWTH)
    }
    if (theirs !== null) say(`${label}, PyTorch`, theirs)
  }
}

function main(): void {
  // Inside the package, whose name the jobs import.
  mkdirSync(join(root, 'build-cmake'), { recursive: true })
  const folder = mkdtempSync(join(root, 'build-cmake', 'bench-'))
  try {
    read(writeJavaScript(folder))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

main()
