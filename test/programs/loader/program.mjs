// Loaders with worker threads, for test/data/workers.test.ts. Arguments: scenarios. Prints one line of JSON.
import { Generator, manualSeed, randint, tensor } from 'dyngrad'
import { DataLoader } from 'dyngrad/data'

const next = () => randint(2 ** 27, [1]).item()
const numbers = (batch) => Array.from(batch.toTypedArray(), Number)

async function all(loader, read = (batch) => batch) {
  const batches = []
  for await (const batch of loader) batches.push(read(batch))
  return batches
}

const datasetOf = (name) => new URL(name, import.meta.url)
const rows = (options, count = 20) =>
  new DataLoader(datasetOf('rows.mjs'), { batchSize: 4, numWorkers: 2, datasetArgs: [count], ...options })
const shares = (options) => new DataLoader(datasetOf('shares.mjs'), { numWorkers: 2, ...options })
const index = ([, numbered]) => numbers(numbered)

/** What a loop throws, and how many batches it gave before. */
async function failure(loader) {
  const iterator = loader[Symbol.asyncIterator]()
  let given = 0
  try {
    while (!(await iterator.next()).done) given++
    return { given }
  } catch (error) {
    const { done } = await iterator.next()
    return { given, error: String(error), cause: error.cause?.message ?? null, isOver: done }
  }
}

const failing = (how, at = 5, options = {}) =>
  new DataLoader(datasetOf('failing.cjs'), { batchSize: 4, numWorkers: 1, datasetArgs: [how, at], ...options })

/** Threads of this process beside the main one. */
const threads = () => process.report.getReport().workers.length

const scenarios = {
  async draws() {
    const results = []
    for (const persistent of [false, true]) {
      manualSeed(7)
      const options = { batchSize: 3, shuffle: true, numWorkers: 2, persistentWorkers: persistent }
      const loader = new DataLoader(datasetOf('draws.mjs'), options)
      const epochs = [await all(loader), await all(loader)]
      results.push({ seed: 7, persistent, epochs, next: next() })
      await loader.close()
    }
    return results
  },

  async shares() {
    const results = []
    const choices = [
      [1, false],
      [4, false],
      [4, true]
    ]
    for (const [batchSize, dropLast] of choices) {
      results.push({ batchSize, dropLast, batches: await all(shares({ batchSize, dropLast }), numbers) })
    }
    return { results, alone: await all(shares({ batchSize: 4, numWorkers: 0 }), numbers) }
  },

  async tensors() {
    const loader = rows({}, 10)
    const early = [loader.sampler, loader.batchSampler]
    await loader.ready()
    return {
      early,
      length: loader.length,
      batches: await all(loader, ([x, i]) => [x.shape, numbers(x), i.dtype, numbers(i)]),
      single: await all(rows({ batchSize: null, numWorkers: 1 }, 3), ([x, i]) => [x.shape, i.shape]),
      unordered: (await all(rows({ batchSize: 1, inOrder: false }, 9), index)).flat().sort((a, b) => a - b),
      given: await all(rows({}, tensor([3n, 1n, 2n])), index)
    }
  },

  async order() {
    const epochs = async (options) => {
      manualSeed(3)
      const loader = rows({ shuffle: true, ...options }, 21)
      return [await all(loader, index), await all(loader, index), next()]
    }
    return { threads: await epochs({}), alone: await epochs({ numWorkers: 0 }) }
  },

  async failures() {
    const missing = new DataLoader(datasetOf('missing.mjs'), { numWorkers: 1 })
    return {
      throw: await failure(failing('throw', 9, { numWorkers: 2 })),
      reject: await failure(failing('reject')),
      string: await failure(failing('string')),
      clone: await failure(failing('clone')),
      exit: await failure(failing('exit')),
      start: await failure(failing('start')),
      none: await failure(failing('none')),
      hang: await failure(failing('hang', 5, { timeout: 2 })),
      never: await failure(failing('never', 5, { timeout: 2 })),
      missing: (await failure(missing)).error.startsWith(
        'Error: Caught Error in DataLoader worker process 0: Cannot find'
      )
    }
  },

  async leaving() {
    const results = []
    for (const persistentWorkers of [false, true]) {
      const loader = rows({ persistentWorkers })
      for await (const batch of loader) if (index(batch)[0] === 4) break
      const left = threads()
      const again = (await all(loader, index)).length
      await loader.close()
      results.push([left, again, threads()])
    }
    return results
  },

  /** The process ends by itself, although nobody closes workers or finishes a loop. */
  async exit() {
    await all(rows({ persistentWorkers: true }))
    await rows({})[Symbol.asyncIterator]().next()
    return threads()
  },

  async resume() {
    const loaders = {
      generator: () => rows({ shuffle: true, generator: new Generator().manualSeed(5) }, 21),
      default: () => rows({ shuffle: true }, 21),
      persistent: () => rows({ shuffle: true, persistentWorkers: true }, 21),
      shares: () => shares({ batchSize: 2 })
    }
    const read = (batch) => (Array.isArray(batch) ? index(batch) : numbers(batch))
    const results = {}
    for (const [name, make] of Object.entries(loaders)) {
      manualSeed(1)
      const loader = make()
      if (name === 'persistent') await all(loader)
      const whole = []
      let state
      for await (const batch of loader) {
        whole.push(read(batch))
        if (whole.length === 2) state = loader.stateDict()
      }
      await loader.close()
      manualSeed(99)
      const resumed = make()
      resumed.loadStateDict(state)
      const rest = await all(resumed, read)
      await resumed.close()
      const drawn = next()
      manualSeed(99)
      results[name] = { whole, rest, isUntouched: drawn === next() }
    }
    return results
  }
}

const results = {}
for (const name of process.argv.slice(2)) results[name] = await scenarios[name]()
console.log(JSON.stringify(results))
