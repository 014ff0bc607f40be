// A program of test/compile/replay/async.test.ts: processes and workers end while steps run on other threads.
// Arguments: how, and how many workers. Prints one line of JSON.
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Worker, isMainThread, parentPort } from 'node:worker_threads'
import { type Tensor, compile, full, nn, ones } from '../../lib'
import { longStep } from '../helpers/long-step'

const SIZE = 1200
const CHAIN = 6

/** A step of some hundred milliseconds, recorded. */
function long(): () => Promise<Tensor> {
  const { x, step } = longStep(SIZE, CHAIN)
  return () => step.async(x)
}

async function runForEver(started: () => void): Promise<never> {
  const step = long()
  for (;;) {
    const run = step()
    started()
    await run
  }
}

// The main thread's --require is inherited, so TypeScript runs in the worker too.
function start(): Promise<Worker> {
  const worker = new Worker(`require(${JSON.stringify(join(__dirname, 'async-end.ts'))})`, { eval: true })
  return new Promise((resolve) => worker.once('message', () => resolve(worker)))
}

const ways: Record<string, (count: number) => Promise<void>> = {
  async exit() {
    const step = long()
    void step()
    await setTimeout(10)
    console.log(JSON.stringify({ started: true }))
    process.exit(0)
  },
  async finish() {
    await long()()
    console.log(JSON.stringify({ finished: true }))
  },
  async terminate(count) {
    let unhandled = 0
    process.on('unhandledRejection', () => unhandled++)
    let terminated = 0
    for (let i = 0; i < count; i++) {
      const worker = await start()
      await setTimeout(7 * i)
      if ((await worker.terminate()) === 1) terminated++
    }
    const sum = (await long()()).sum().item()
    console.log(JSON.stringify({ terminated, unhandled, after: Number.isFinite(sum) ? 'fine' : 'broken' }))
  },
  async unhandled() {
    const unhandled: string[] = []
    process.on('unhandledRejection', (reason) => unhandled.push((reason as Error).message))
    const step = compile((x: Tensor) => nn.functional.binaryCrossEntropy(x, x))
    step(ones(3))
    void step.async(full([3], 7))
    // Awaited, so no unhandled one.
    await step.async(full([3], 8)).catch(() => undefined)
    await step.async(ones(3))
    await setTimeout(10)
    console.log(JSON.stringify({ unhandled }))
  }
}

if (isMainThread) void ways[process.argv[2]](Number(process.argv[3]))
else void runForEver(() => parentPort!.postMessage('started'))
