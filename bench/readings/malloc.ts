// What malloc's settings do to results in fresh memory, and to the memory of a service after a burst (Linux with
// glibc).

import { join } from 'node:path'
import type { Adds, Burst } from '../jobs/malloc'
import { readLines, typescript } from '../process'
import { print } from './value'

const settings: Record<string, NodeJS.ProcessEnv> = {
  'glibc left alone': { DYNGRAD_MALLOC: 'system' },
  'blocks up to 32 MiB kept': { MALLOC_MMAP_THRESHOLD_: '33554432', MALLOC_TRIM_THRESHOLD_: '268435456' },
  'all blocks kept': { DYNGRAD_MALLOC: 'keep' }
}
const threads = Number(process.env.DYNGRAD_NUM_THREADS ?? 1)
const job = typescript(join(__dirname, '..', 'jobs', 'malloc.ts'), '--expose-gc')

function read<Line>(label: string, env: NodeJS.ProcessEnv, ...args: string[]): Line {
  const before = { ...process.env }
  Object.assign(process.env, env)
  try {
    return readLines<Line>(label, [...job, ...args], threads)[0]
  } finally {
    process.env = before
  }
}

for (const elements of [1e5, 1e6, 1e7]) {
  for (const [setting, env] of Object.entries(settings)) {
    const { first, median, faults } = read<Adds>(setting, env, 'add', String(elements))
    const name = `add of ${elements.toExponential().replace('+', '')}, ${setting}`
    print({ name: `${name}: first`, value: first, unit: 'ms' })
    print({ name, value: 1000 * median, unit: 'us' })
    print({ name: `${name}: page faults`, value: faults, unit: '' })
  }
}
for (const [setting, env] of Object.entries(settings)) {
  const { peak, dropped, later } = read<Burst>(setting, env, 'burst')
  print({ name: `burst, ${setting}: peak`, value: peak / 1e6, unit: 'MB' })
  print({ name: `burst, ${setting}: dropped`, value: dropped / 1e6, unit: 'MB' })
  print({ name: `burst, ${setting}: after 150 s of small requests`, value: later / 1e6, unit: 'MB' })
}
