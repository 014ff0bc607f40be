// Eight samples: each its number, the worker, the worker's seed, and a draw of the worker's default stream.
import { randint } from 'dyngrad'
import { getWorkerInfo } from 'dyngrad/data'

export default {
  length: 8,
  getItem(index) {
    const { id, seed } = getWorkerInfo()
    return [index, id, String(seed), randint(2 ** 27, [1]).item()]
  }
}

export const collateFn = (samples) => samples
