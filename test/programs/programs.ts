// A program of test/native/binding/program.test.ts: workers are terminated and the process exits while programs run on
// other threads. Argument: workers. Prints one line of JSON.
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Worker, isMainThread, parentPort } from 'node:worker_threads'
import { at, doubles, matmul, native, programWords } from '../helpers/launches'

const SIZE = 700

/** Starts a long program and, when it ends, the next. */
async function runForEver(started: () => void): Promise<never> {
  const bytes = [0, 1, 2].map(() => 4 * SIZE * SIZE)
  const product = matmul(
    [],
    SIZE,
    SIZE,
    SIZE,
    [0, 1, 2].map((slot) => ({ slot, strides: [SIZE, 1] }))
  )
  const program = native.program(doubles(programWords(bytes, [product, product, product])))
  for (;;) {
    const places = bytes.map((count) => ({ buffer: new ArrayBuffer(count), offset: 0 }))
    const run = program.start(new ArrayBuffer(0), ...at(places))
    started()
    await run
  }
}

// The main thread's --require is inherited, so TypeScript runs in the worker too.
function start(): Promise<Worker> {
  const worker = new Worker(`require(${JSON.stringify(join(__dirname, 'programs.ts'))})`, { eval: true })
  return new Promise((resolve) => worker.once('message', () => resolve(worker)))
}

async function main(workers: number): Promise<void> {
  let terminated = 0
  for (let i = 0; i < workers; i++) {
    const worker = await start()
    await setTimeout(i % 4)
    if ((await worker.terminate()) === 1) terminated++
  }
  console.log(JSON.stringify({ terminated }))
  await start()
  void runForEver(() => void setTimeout(5).then(() => process.exit(0)))
}

if (isMainThread) void main(Number(process.argv[2]))
else void runForEver(() => parentPort!.postMessage('started'))
