// Each worker's share of 0 to 10, as a stream.
import { IterableDataset, getWorkerInfo } from 'dyngrad/data'

export default class Shares extends IterableDataset {
  *[Symbol.iterator]() {
    const { id, numWorkers } = getWorkerInfo() ?? { id: 0, numWorkers: 1 }
    for (let i = id; i < 11; i += numWorkers) yield i
  }
}
