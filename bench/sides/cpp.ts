// Programs of cpp/ as sides: libraries with a matrix product, and loops written by hand for one trial.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileCpp, folder } from '../cpp'
import type { CppLoop } from '../trial'
import type { Found } from './side'

export const LOOP_NAME = 'C++ loop'

/** A library that a program of cpp/ links; `from` is the package that Debian has it in. */
function library(name: string, source: string, link: string, from: string): Found {
  const program = compileCpp(source, link)
  if (typeof program === 'string') return `${program}; it needs Debian's ${from} or the like`
  const { stdout } = spawnSync(program.path, ['version'], { encoding: 'utf8' })
  return { name, library: name, version: stdout.trim().replace(`${name} `, ''), command: [program.path] }
}

export const openBlas = (): Found => library('OpenBLAS', 'openblas.cc', 'openblas', 'libopenblas-dev')

export const oneDnn = (): Found => library('oneDNN', 'onednn.cc', 'dnnl', 'libdnnl-dev')

/** The loop of a trial. */
export function cppLoop({ source, data }: CppLoop): Found {
  const program = compileCpp(source)
  if (typeof program === 'string') return program
  const input = join(folder(), `${source}.data`)
  writeFileSync(input, data().join('\n'))
  return { name: LOOP_NAME, library: 'C++', version: program.version, command: [program.path, input] }
}
