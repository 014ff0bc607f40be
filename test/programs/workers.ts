// A program of test/process/workers.test.ts: rounds of workers that train in parallel while the main thread does too;
// some are terminated in the middle of whatever they do. Argument: rounds. Prints one line of JSON.
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { manualSeed, nn, optim, rand, randn, setNumThreads } from '../../lib'

interface Task {
  readonly steps: number
  readonly seed: number
}

/** Trains a small network on a batch that is large enough for several threads; returns the last loss. */
function train({ steps, seed }: Task): number {
  manualSeed(seed)
  const model = new nn.Sequential(new nn.Linear(64, 96), new nn.Tanh(), new nn.Linear(96, 1))
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.05, momentum: 0.9 })
  const lossFunction = new nn.MSELoss()
  const [x, y] = [randn(600, 64), rand(600, 1)]
  let last = 0
  for (let i = 0; i < steps; i++) {
    const loss = lossFunction.forward(model.forward(x), y)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    last = loss.item()
  }
  return last
}

// The main thread's --require is inherited, so TypeScript runs in the worker too.
const start = (task: Task): Worker =>
  new Worker(`require(${JSON.stringify(join(__dirname, 'workers.ts'))})`, { eval: true, workerData: task })

const result = (worker: Worker): Promise<number> =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })

async function main(rounds: number): Promise<void> {
  setNumThreads(3)
  const expected = train({ steps: 20, seed: 1 })
  let terminated = 0
  const wrong: number[] = []
  for (let round = 0; round < rounds; round++) {
    const endless = [1, 2].map((seed) => start({ steps: Infinity, seed }))
    const online = Promise.all(endless.map((worker) => new Promise((resolve) => worker.once('online', resolve))))
    const finishing = result(start({ steps: 20, seed: 1 }))
    await online
    // From before the library is loaded in them to well into their training.
    await setTimeout((round * 37) % 400)
    const alongside = train({ steps: 20, seed: 1 })
    const codes = await Promise.all(endless.map((worker) => worker.terminate()))
    terminated += codes.filter((code) => code === 1).length
    for (const value of [alongside, await finishing]) if (value !== expected) wrong.push(value)
  }
  console.log(JSON.stringify({ terminated, expected, wrong }))
  // Left running: the end of the process must stop it.
  start({ steps: Infinity, seed: 3 }).once('online', () => void setTimeout(150).then(() => process.exit(0)))
}

if (isMainThread) void main(Number(process.argv[2]))
else parentPort!.postMessage(train(workerData as Task))
