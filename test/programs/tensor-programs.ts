// A program of test/compile/random-programs.test.ts: random programs over tensors, eager against compiled.
// Prints one line of JSON; arguments: first seed, how many, seconds at most.
import { Chooser } from '../helpers/chooser'
import { randomProgram } from '../helpers/random-tensor-programs'
import { describe, difference, replaysOfLast, shrunk } from '../helpers/tensor-program-differences'

const [first, count, seconds] = process.argv.slice(2).map(Number)
const MOST_FAILURES = Number(process.env.DYNGRAD_FAILURES ?? 1)
const end = performance.now() + 1000 * seconds
const failures: string[] = []
let programs = 0
let replays = 0
for (let seed = first; seed < first + count && performance.now() < end && failures.length < MOST_FAILURES; seed++) {
  const program = randomProgram(new Chooser(seed))
  const found = difference(program)
  if (found !== null) {
    const smallest = shrunk(program)
    failures.push(`seed ${seed}: ${smallest.difference}\n${describe(smallest.program)}`)
  } else replays += replaysOfLast()
  programs++
}
console.log(JSON.stringify({ programs, replays, failures }))
