// Which worker makes which batch: some ahead, handed out in the order in which they were asked for.

import { numbersIn } from '../access'
import { isTensor } from '../dataset'
import { END } from '../fetcher'
import { unpack, workerError } from './message'
import type { WorkerPool } from './pool'
import type { Begin, Reply } from './protocol'

export interface TaskOptions {
  /** Batches ahead, for each worker. */
  readonly prefetchFactor: number
  readonly inOrder: boolean
  /** Seconds; 0 waits for ever. */
  readonly timeout: number
}

interface Task {
  readonly worker: number
  /** What the worker made, or the error that it met. */
  result?: () => unknown
}

/** Indices as they are sent. */
const sent = (request: unknown): unknown =>
  isTensor(request) ? BigInt64Array.from(numbersIn(request), (index) => BigInt(index)) : request

function resultOf(reply: Extract<Reply, { type: 'batch' | 'error' }>, worker: number): () => unknown {
  if (reply.type === 'batch') return () => unpack(reply.node)
  return () => {
    throw workerError(reply.error, worker)
  }
}

export class Tasks {
  readonly #tasks = new Map<number, Task>()
  /** Workers whose iterable has not ended. */
  readonly #active: boolean[]
  readonly #load: number[]
  #turn = 0
  #sent = 0
  #received = 0

  constructor(
    private readonly pool: WorkerPool,
    private readonly requests: Iterator<unknown>,
    private readonly options: TaskOptions
  ) {
    this.#active = new Array<boolean>(pool.size).fill(true)
    this.#load = new Array<number>(pool.size).fill(0)
  }

  /** Begins an epoch with worker `first`. */
  begin(message: Omit<Begin, 'type' | 'generation'>, first: number): void {
    const { pool } = this
    const generation = ++pool.generation
    for (let worker = 0; worker < pool.size; worker++) pool.post(worker, { type: 'begin', generation, ...message })
    this.#turn = first
    for (let i = 0; i < this.#mostAhead; i++) this.#send()
  }

  get #mostAhead(): number {
    return this.options.prefetchFactor * this.pool.size
  }

  /** Asks the next worker for the next batch, where there is one. */
  #send(): void {
    const worker = this.#nextWorker()
    if (worker === null) return
    const { done, value } = this.requests.next()
    if (done === true) return
    const task = this.#sent++
    this.#turn = (worker + 1) % this.pool.size
    this.#tasks.set(task, { worker })
    this.#load[worker]++
    this.pool.post(worker, { type: 'fetch', generation: this.pool.generation, task, request: sent(value) })
  }

  #nextWorker(): number | null {
    const active = this.#active.filter(Boolean).length
    for (let i = 0; i < this.pool.size; i++) {
      const worker = (this.#turn + i) % this.pool.size
      if (!this.#active[worker]) continue
      if (this.options.inOrder || this.#load[worker] < Math.floor(this.#mostAhead / active)) return worker
    }
    return null
  }

  /** The next batch, or END. */
  async next(): Promise<unknown> {
    for (;;) {
      this.#passEnded()
      const task = this.#tasks.get(this.#received)
      if (task === undefined) return END
      if (task.result !== undefined) return this.#handOut(this.#received, task.result)
      const { worker, reply } = await this.pool.take(this.options.timeout)
      if (reply.type === 'ready') continue
      if (reply.type === 'end') {
        this.#active[worker] = false
        this.#send()
        continue
      }
      const result = resultOf(reply, worker)
      if (!this.options.inOrder || reply.task === this.#received) return this.#handOut(reply.task, result)
      this.#tasks.get(reply.task)!.result = result
    }
  }

  /** Tasks of a worker whose iterable has ended give no batch. */
  #passEnded(): void {
    while (this.#received < this.#sent) {
      const task = this.#tasks.get(this.#received)
      if (task !== undefined && (task.result !== undefined || this.#active[task.worker])) return
      this.#tasks.delete(this.#received++)
    }
  }

  #handOut(number: number, result: () => unknown): unknown {
    this.#load[this.#tasks.get(number)!.worker]--
    this.#tasks.delete(number)
    if (number === this.#received) this.#received++
    this.#send()
    return result()
  }
}
