// How long `require('dyngrad')` keeps a program waiting: that program's life, less that of one which does nothing.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folder } from '../cpp'
import { print } from './value'

const TURNS = 15
/** Milliseconds that it may add. */
const LIMIT = 30

const root = join(__dirname, '..', '..')

/** Milliseconds from the start to the end of a process. */
function life(command: string, ...args: string[]): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr}`)
  return performance.now() - start
}

/** A program of one line, in a file: `node -e` loads modules of its own. */
function program(name: string, line: string): () => number {
  const path = join(folder(), `${name}.cjs`)
  writeFileSync(path, line)
  return () => life(process.execPath, path)
}

const programs = {
  'bare Node': program('bare', ''),
  "require('dyngrad')": program('require', `require(${JSON.stringify(root)})`)
}

/** The median says how it is now, the least how it is where nothing else runs. */
const statistics = {
  median: (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1],
  least: (values: readonly number[]) => Math.min(...values)
}

function main(): void {
  const lives = Object.entries(programs).map(([name, run]) => ({ name, run, values: [] as number[] }))
  for (let turn = 0; turn < TURNS; turn++) {
    for (const { run, values } of lives) values.push(run())
  }
  for (const [statistic, of] of Object.entries(statistics)) {
    const [bare, loaded] = lives.map(({ values }) => of(values))
    lives.forEach(({ name, values }) => print({ name: `${name}, ${statistic}`, value: of(values), unit: 'ms' }))
    print({ name: `difference, ${statistic}`, value: loaded - bare, unit: 'ms', limit: LIMIT })
  }
}

main()
