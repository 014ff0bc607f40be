// A program of test/process/workers.test.ts: workers are terminated while they load the addon and while they make
// programs. Argument: workers of each kind. Prints one line of JSON.
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { addonPath } from '../../lib/addon'
import { doubles, matmul, programWords } from '../helpers/launches'

const AT_ONCE = 10
const loaded = `require(${JSON.stringify(addonPath())})`

/** What workers do for ever. `kernels()` is nearly all that loading does in native code. */
const tasks = {
  loading: 'native.kernels()',
  compiling: 'native.program(workerData)'
}

const body = (task: keyof typeof tasks): string => `
  const { parentPort, workerData } = require('node:worker_threads')
  const native = ${loaded}
  parentPort.postMessage('started')
  for (;;) ${tasks[task]}`

const product = matmul(
  [],
  4,
  4,
  4,
  [0, 1, 2].map((slot) => ({ slot, strides: [4, 1] }))
)
const words = doubles(programWords([64, 64, 64], [product, product, product]))

/** Terminates a worker so many milliseconds after it came online, or after it began its task. */
async function terminate(task: keyof typeof tasks, event: 'online' | 'message', delay: number): Promise<number> {
  const worker = new Worker(body(task), { eval: true, execArgv: [], workerData: words })
  await new Promise((resolve) => worker.once(event, resolve))
  await setTimeout(delay)
  return worker.terminate()
}

async function main(count: number): Promise<void> {
  const codes: number[] = []
  for (const task of ['loading', 'compiling'] as const) {
    for (let i = 0; i < count; i += AT_ONCE) {
      const batch = Array.from({ length: Math.min(AT_ONCE, count - i) }, (_, j) =>
        terminate(task, j % 5 === 0 ? 'online' : 'message', (i + j) % 7)
      )
      codes.push(...(await Promise.all(batch)))
    }
  }
  console.log(JSON.stringify({ terminated: codes.filter((code) => code === 1).length }))
}

void main(Number(process.argv[2]))
