// What compiled steps leave behind: the heap and the memory beside it after a tenth of a million replays, and after
// all.

import { compile } from 'dyngrad'
import { logisticJob } from '../jobs/logistic'
import { print } from './value'

const REPLAYS = 1_000_000

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * Memory in use once the garbage is gone. Finalizers of native objects run in turns of the event loop after a
 * collection.
 */
async function settled(): Promise<NodeJS.MemoryUsage> {
  for (let i = 0; i < 5; i++) {
    gc!()
    await turn()
  }
  return process.memoryUsage()
}

async function main(): Promise<void> {
  const { x, y, step } = logisticJob()
  const compiled = compile(step)
  let loss = compiled(x, y)
  const replay = (times: number): void => {
    for (let i = 0; i < times; i++) loss = compiled(x, y)
  }
  replay(REPLAYS / 10)
  const early = await settled()
  replay((9 * REPLAYS) / 10)
  const late = await settled()
  if (!(loss.item() < 0.3)) throw new Error(`the loss is ${loss.item()} after ${REPLAYS} steps`)
  for (const [key, name] of [
    ['heapUsed', 'used heap'],
    ['external', 'external memory'],
    ['rss', 'resident set']
  ] as const) {
    print({ name: `${name} after a tenth`, value: early[key] / 1e6, unit: 'MB' })
    print({ name: `${name} at the end`, value: late[key] / 1e6, unit: 'MB' })
    print({ name: `${name}: growth`, value: (late[key] - early[key]) / 1e3, unit: 'kB' })
  }
}

void main()
