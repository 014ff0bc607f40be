// Programs of cpp/ as sides: compiled for this very machine, in a temporary folder, when the benchmark runs.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Side } from './process'
import type { CppLoop } from './trial'

// Without -ffast-math no compiler may add up the points in another order, so none would vectorise the sums.
const FLAGS = ['-std=c++20', '-O3', '-march=native', '-ffast-math']

export const LOOP_NAME = 'C++ loop'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'dyngrad-bench-'))
  process.once('exit', () => rmSync(path, { recursive: true, force: true }))
  return path
}

/** The loop as a side, or in words why there is none. */
export function cppLoop({ source, data }: CppLoop): Side | string {
  const compiler = process.env.CXX ?? 'c++'
  const version = spawnSync(compiler, ['--version'], { encoding: 'utf8' })
  if (version.status !== 0) return `no C++ compiler '${compiler}' (CXX names one)`
  const place = folder()
  const [program, input] = [join(place, 'loop'), join(place, 'data')]
  const built = spawnSync(compiler, [...FLAGS, join(__dirname, 'cpp', source), '-o', program], { encoding: 'utf8' })
  if (built.status !== 0) return `'${compiler} ${FLAGS.join(' ')}' fails: ${built.stderr.trim().split('\n')[0]}`
  writeFileSync(input, data().join('\n'))
  const [name] = version.stdout.split('\n')
  return { name: LOOP_NAME, library: 'C++', version: `${name}, ${FLAGS.join(' ')}`, command: [program, input] }
}
