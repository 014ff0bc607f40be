// The worker threads of a loader, as the main thread sees them. They keep the process alive only while somebody waits.

import { Worker } from 'node:worker_threads'
import { initialSeed } from '../../index'
import { pack, packError, workerError } from './message'
import { type Begin, type DatasetForm, type Fetch, type Reply, WORKER_MARK, type WorkerStart } from './protocol'
import { entry } from './serve'

// A string, since a thread of TypeScript sources needs what `require` was taught.
const RUN = `require(require('node:worker_threads').workerData['${WORKER_MARK}'].entry)`

/** A thread that loads a dataset is no hanging one. */
const START_SECONDS = 60

type Event = Reply | { readonly type: 'exit'; readonly code: number }

interface Received {
  readonly worker: number
  readonly event: Event
}

export class WorkerPool {
  readonly #workers: Worker[]
  readonly #inbox: Received[] = []
  #wake: (() => void) | null = null
  #form: DatasetForm | null = null
  /** The epoch whose replies count. */
  generation = 0

  /** True from the first epoch on. */
  get isSeeded(): boolean {
    return this.generation > 0
  }

  constructor(module: URL, args: readonly unknown[], count: number) {
    const { node } = pack(args, false)
    const start = { entry, module: module.href, args: node, count, datasetSeed: initialSeed() }
    this.#workers = Array.from({ length: count }, (_, id) => this.#start({ ...start, id }))
  }

  get size(): number {
    return this.#workers.length
  }

  #start(start: WorkerStart): Worker {
    const worker = new Worker(RUN, { eval: true, workerData: { [WORKER_MARK]: start }, name: `DataLoader ${start.id}` })
    worker.unref()
    const receive = (event: Event): void => {
      this.#inbox.push({ worker: start.id, event })
      this.#wake?.()
    }
    worker.on('message', receive)
    worker.on('error', (error) => receive({ type: 'failed', error: packError(error) }))
    worker.on('exit', (code) => receive({ type: 'exit', code }))
    return worker
  }

  post(worker: number, message: Begin | Fetch): void {
    this.#workers[worker].postMessage(message)
  }

  /** The next thing that a worker says; throws when it cannot go on, or is silent for so many seconds (0: for ever). */
  async take(timeout: number): Promise<{ worker: number; reply: Exclude<Reply, { type: 'failed' }> }> {
    for (;;) {
      if (this.#inbox.length === 0) await this.#wait(timeout)
      const { worker, event } = this.#inbox.shift()!
      if (event.type === 'exit') {
        throw new Error(`DataLoader worker (id ${worker}) exited unexpectedly, with code ${event.code}`)
      }
      if (event.type === 'failed') throw workerError(event.error, worker)
      if (event.type === 'ready') return { worker, reply: event }
      if (event.generation !== this.generation) continue
      // Beginning failed; what fails later does so in its turn.
      if (event.type === 'error' && event.task < 0) throw workerError(event.error, worker)
      return { worker, reply: event }
    }
  }

  async #wait(timeout: number): Promise<void> {
    this.#workers.forEach((worker) => worker.ref())
    let timer: NodeJS.Timeout | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve
        const late = (): void => reject(new Error(`DataLoader timed out after ${timeout} seconds`))
        if (timeout > 0) timer = setTimeout(late, timeout * 1000)
      })
    } finally {
      clearTimeout(timer)
      this.#wake = null
      this.#workers.forEach((worker) => worker.unref())
    }
  }

  /** What the dataset is, once all workers have made theirs, for which they have more time. */
  async ready(timeout: number): Promise<DatasetForm> {
    for (let left = this.#form === null ? this.size : 0; left > 0; left--) {
      const { reply } = await this.take(timeout === 0 ? 0 : Math.max(timeout, START_SECONDS))
      if (reply.type === 'ready') this.#form ??= { isIterable: reply.isIterable, length: reply.length }
    }
    return this.#form!
  }

  async end(): Promise<void> {
    for (const worker of this.#workers) worker.removeAllListeners().on('error', () => undefined)
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }
}
