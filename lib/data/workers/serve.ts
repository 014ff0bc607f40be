// A worker's side: makes the dataset of a module, then batches of it.

import { type MessagePort, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { manualSeed, tensor } from '../../index'
import type { DatasetLike } from '../dataset'
import { END, type Fetcher } from '../fetcher'
import { setWorkerInfo } from './info'
import { pack, packError, unpack } from './message'
import { type DatasetModule, datasetOf, fetcherOf, formOf, importDataset } from './module'
import { type Begin, type Fetch, type Reply, WORKER_MARK, type WorkerStart } from './protocol'

/** This file, or the bundle that holds it. */
export const entry = __filename

class Server {
  #fetcher: Fetcher | null = null
  #isFirst = true
  #last: Promise<void> = Promise.resolve()

  constructor(
    private readonly port: MessagePort,
    private readonly start: WorkerStart,
    private readonly module: DatasetModule,
    private readonly dataset: DatasetLike
  ) {
    // One after the other.
    port.on('message', (message: Begin | Fetch) => {
      this.#last = this.#last.then(() => this.#answer(message))
    })
  }

  async #answer(message: Begin | Fetch): Promise<void> {
    try {
      await (message.type === 'begin' ? this.#begin(message) : this.#fetch(message))
    } catch (error) {
      const { generation } = message
      const task = message.type === 'begin' ? -1 : message.task
      this.#reply({ type: 'error', generation, task, error: packError(error) })
    }
  }

  async #begin({ seed, isBatched, dropLast }: Begin): Promise<void> {
    const { id, count } = this.start
    await this.#fetcher?.close()
    this.#fetcher = null
    if (this.#isFirst) {
      this.#isFirst = false
      manualSeed(seed + BigInt(id))
      setWorkerInfo({ id, numWorkers: count, seed: seed + BigInt(id), dataset: this.dataset })
      await this.module.workerInitFn?.(id)
    }
    const { collateFn = null } = this.module
    this.#fetcher = fetcherOf(this.dataset, { isBatched, dropLast, collateFn }, true)
  }

  async #fetch({ generation, task, request }: Fetch): Promise<void> {
    // Where beginning failed, its error has been told.
    if (this.#fetcher === null) return
    const indices = request instanceof BigInt64Array ? tensor(request) : request
    const batch = await this.#fetcher.fetch(indices)
    if (batch === END) return this.#reply({ type: 'end', generation, task })
    const { node, transferList } = pack(batch, this.#fetcher.isFresh)
    this.#reply({ type: 'batch', generation, task, node }, transferList)
  }

  #reply(reply: Reply, transferList: ArrayBuffer[] = []): void {
    this.port.postMessage(reply, transferList)
  }
}

async function serve(port: MessagePort, start: WorkerStart): Promise<void> {
  try {
    // All of this file's bundle first.
    await null
    const module = await importDataset(start.module)
    manualSeed(start.datasetSeed)
    const dataset = await datasetOf(module, start.module, unpack(start.args) as unknown[])
    new Server(port, start, module, dataset)
    port.postMessage({ type: 'ready', ...formOf(dataset) } satisfies Reply)
  } catch (error) {
    port.postMessage({ type: 'failed', error: packError(error) } satisfies Reply)
  }
}

const started = isMainThread ? undefined : (workerData as Record<string, WorkerStart | undefined> | null)?.[WORKER_MARK]
if (started !== undefined) void serve(parentPort!, started)
