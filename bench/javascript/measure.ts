// The side of a library of this folder: `measure.ts <library> <trial> check|time <seconds a case> <cases...>`.

import { say, time } from '../clock'
import { watchMemory } from '../memory'
import type { Library } from './twin'

/* eslint-disable @typescript-eslint/no-require-imports -- a library is loaded when it is asked for, since it may not be there */
const libraries: Record<string, () => Library> = {
  loops: () => (require('./loops') as { loops: Library }).loops,
  tfjs: () => (require('./tfjs') as { tfjs: Library }).tfjs,
  jax: () => (require('./jax') as { jax: Library }).jax
}
/* eslint-enable @typescript-eslint/no-require-imports */

async function main([library, trial, mode, seconds, ...names]: string[]): Promise<void> {
  const { prepare, twins } = libraries[library]()
  await prepare?.()
  const memory = watchMemory()
  for (const name of names) {
    const found = twins[trial]?.(name)
    if (found === null || found === undefined) continue
    if (mode === 'check') say({ name, values: Array.from(await found.values()) })
    else say({ name, samples: await time(found, Number(seconds)), memory: memory() })
  }
}

void main(process.argv.slice(2))
