// `npm run fuzz -- [--seconds 60] [--seed N] [--programs N]`: random programs in PyTorch and here, from fresh seeds.
// Needs Python with PyTorch: python3, or what $DYNGRAD_PYTHON names. Ends with 1 where a program differs.
import { spawn, spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
require('./typescript.cjs')
const { describe, replay, shrink } = require('../test/helpers/torch-programs.ts')

const { values: flags } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' }, programs: { type: 'string' } }
})

function numberOf(flag, least) {
  const value = Number(flags[flag])
  if (value >= least) return value
  console.error(`--${flag} takes a number of at least ${least}, got '${flags[flag]}'`)
  process.exit(1)
}

const seconds = numberOf('seconds', 0)
const seed = flags.seed === undefined ? Math.floor(Math.random() * 1e9) : numberOf('seed', 0)
const most = flags.programs === undefined ? Infinity : numberOf('programs', 1)

const python = process.env.DYNGRAD_PYTHON ?? 'python3'
if (spawnSync(python, ['-c', 'import torch']).status !== 0) {
  console.error(`The fuzz needs Python with PyTorch, which ${python} has not: name one that has in DYNGRAD_PYTHON.`)
  process.exit(1)
}

const end = performance.now() + seconds * 1000
let programs = 0
let steps = 0
const differences = new Map()
/** Seeds at which PyTorch has crashed. */
const crashes = []
/** Of the next program. */
let next = seed

const isOver = () => performance.now() > end || programs >= most

/** Reads the programs of one run of PyTorch; a status where it ended by itself. */
async function readPrograms() {
  const generator = spawn(python, [join(root, 'scripts/fixtures/programs.py'), '--seed', String(next)], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const closed = new Promise((resolve) => generator.on('close', (status, signal) => resolve({ status, signal })))
  for await (const line of createInterface({ input: generator.stdout })) {
    take(JSON.parse(line))
    if (!isOver()) continue
    generator.kill()
    return { status: 0, signal: null }
  }
  return closed
}

function take(program) {
  programs++
  next = program.seed + 1
  steps += program.steps.length
  const difference = replay(program)
  if (difference === null) return
  // Programs that differ in the same way count as one.
  const kind = `${program.steps[difference.step].op} ${difference.text.replace(/[-+\d.]+(e[-+]\d+)?/g, '#')}`
  const count = differences.get(kind) ?? 0
  differences.set(kind, count + 1)
  if (count === 0) console.log(`\n${describe(shrink(program, difference))}\n  here: ${difference.text}`)
}

console.log(`seed ${seed}`)
let isBroken = false
while (!isOver() && !isBroken) {
  const { status, signal } = await readPrograms()
  if (signal !== null) crashes.push(next++)
  isBroken = status !== 0 && signal === null
}

const found = [...differences.values()].reduce((sum, count) => sum + count, 0)
const kinds = found === 0 ? 'no differences' : `${found} differences of ${differences.size} kinds`
const broken = crashes.length === 0 ? '' : `; PyTorch crashed at seeds ${crashes.join(', ')}`
console.log(`\nseeds ${seed} to ${next - 1}: ${programs} programs, ${steps} steps, ${kinds}${broken}`)
process.exitCode = found > 0 || isBroken || programs === 0 ? 1 : 0
