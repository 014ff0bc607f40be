import { randn, tensor } from 'dyngrad'
import { getWorkerInfo } from 'dyngrad/data'

/** Made once in each worker, of the loader's `datasetArgs`. */
export default async function records(count) {
  return {
    length: count,
    // Decoding, augmenting: what takes its time. It may be async.
    getItem: (index) => ({ x: tensor([index, index / 2]).add(randn(2).mul(0.01)), label: BigInt(index % 3) })
  }
}

/** Called once in each worker, when the seed of its default stream is set. */
export function workerInitFn(id) {
  if (getWorkerInfo().dataset.length === 0) throw new Error(`worker ${id} has nothing to do`)
}
