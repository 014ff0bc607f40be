// Programs of cpp/: compiled for this very machine, in a temporary folder, when the benchmark needs them.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Without -ffast-math no compiler may add up the points in another order, so none would vectorise the sums.
const FLAGS = ['-std=c++20', '-O3', '-march=native', '-ffast-math', '-pthread']

/** A program that has been compiled. */
export interface Program {
  readonly path: string
  /** The compiler and its flags. */
  readonly version: string
}

let temporary: string | null = null

/** A folder that lives as long as this process. */
export function folder(): string {
  if (temporary !== null) return temporary
  const path = mkdtempSync(join(tmpdir(), 'dyngrad-bench-'))
  process.once('exit', () => rmSync(path, { recursive: true, force: true }))
  return (temporary = path)
}

/** Compiles a file of cpp/ with libraries by name, or says in words why that fails. */
export function compileCpp(source: string, ...libraries: string[]): Program | string {
  const compiler = process.env.CXX ?? 'c++'
  const version = spawnSync(compiler, ['--version'], { encoding: 'utf8' })
  if (version.status !== 0) return `no C++ compiler '${compiler}' (CXX names one)`
  const path = join(folder(), source.replace('.cc', ''))
  const links = libraries.map((library) => `-l${library}`)
  const args = [...FLAGS, join(__dirname, 'cpp', source), '-o', path, ...links]
  const built = spawnSync(compiler, args, { encoding: 'utf8' })
  if (built.status !== 0) return `'${compiler} ${FLAGS.join(' ')}' fails: ${built.stderr.trim().split('\n')[0]}`
  const [name] = version.stdout.split('\n')
  return { path, version: `${name}, ${FLAGS.join(' ')}` }
}
