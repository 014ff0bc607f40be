import { manualSeed } from 'dyngrad'
import { DataLoader } from 'dyngrad/data'

manualSeed(0)
const loader = new DataLoader(new URL('./records.mjs', import.meta.url), {
  datasetArgs: [1000],
  batchSize: 100,
  shuffle: true,
  numWorkers: 2,
  persistentWorkers: true
})
let rows = 0
for (let epoch = 0; epoch < 2; epoch++) {
  for await (const { x, label } of loader) rows += x.size(0) + 0 * label.size(0)
}
await loader.close()
console.log(rows)
