// Our side: `measure.ts <way> <trial> check|time <seconds a case> <cases...>` in a process of its own.
// torch/measure.py, javascript/measure.ts and the programs in cpp/ take the same words after their own, and print the
// same lines.

import { say, time } from './clock'
import { watchMemory } from './memory'
import type { Way } from './trial'
import { trials } from './trials'

async function main([way, name, mode, seconds, ...names]: string[]): Promise<void> {
  const cases = trials[name].cases(way as Way).filter((each) => names.includes(each.name))
  const memory = watchMemory()
  for (const each of cases) {
    if (mode === 'check') say({ name: each.name, values: each.values() })
    else say({ name: each.name, samples: await time(each, Number(seconds)), memory: memory() })
  }
}

if (require.main === module) void main(process.argv.slice(2))
