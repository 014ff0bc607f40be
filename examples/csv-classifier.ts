// Logistic regression on the numeric columns of a CSV file:
// `npm run example:csv -- penguins.csv --target species --positive Adelie`.

import { manualSeed, nn, noGrad, optim, randperm, tensor, type Tensor } from 'dyngrad'
import { commandLine, numberBetween, UserError, wholeNumber } from './support/cli'
import {
  checkTrainingLabels,
  countMissing,
  fitScaler,
  majorityAccuracy,
  readCsv,
  selectFeatures,
  splitRows,
  standardise
} from './support/csv'
import { percent } from './support/format'
import { Progress } from './support/progress'

const usage = 'npm run example:csv -- FILE.csv --target COLUMN --positive VALUE [options]'
const { flags, files } = commandLine(
  usage,
  {
    target: { type: 'string', value: 'COLUMN', help: 'the column to predict' },
    positive: { type: 'string', value: 'VALUE', help: 'its value for class 1; all others are class 0' },
    seed: { type: 'string', default: '0', value: 'N', help: 'seed of the split and of the initial weights' },
    epochs: { type: 'string', default: '300', value: 'N', help: 'training steps, each over all training rows' },
    lr: { type: 'string', default: '0.05', value: 'X', help: 'learning rate of Adam' },
    'test-fraction': { type: 'string', default: '0.2', value: 'X', help: 'part of the rows kept for testing' }
  },
  1
)
const { target, positive } = flags
const seed = wholeNumber('seed', flags.seed, 0)
const epochs = wholeNumber('epochs', flags.epochs, 1)
const lr = numberBetween('lr', flags.lr, 0, Infinity)
const testFraction = numberBetween('test-fraction', flags['test-fraction'], 0, 1)

// The data: the numeric columns of either part of the rows.
const table = readCsv(files[0]!)
const features = selectFeatures(table, target, positive)
const { used, values, labels } = features
manualSeed(seed)
const split = splitRows(randperm(values.length).tolist() as number[], testFraction)
const part = (indices: readonly number[]) => ({
  rows: indices.map((i) => values[i]!),
  labels: indices.map((i) => labels[i]!)
})
const [train, test] = [part(split.train), part(split.test)]
checkTrainingLabels(train.labels)

// As z-scores, by the mean and deviation of the training rows alone.
const scaler = fitScaler(train.rows, used.length)
const trainX = tensor(standardise(train.rows, scaler))
const trainY = tensor(train.labels)
const testX = tensor(standardise(test.rows, scaler))
const testY = tensor(test.labels)

const missing = countMissing(values, used.length)
const incomplete = used.flatMap((column, i) => (missing[i]! > 0 ? [`${column} ${missing[i]}`] : []))
const skipped = features.skipped.map(({ column, reason }) => `${column} (${reason})`)
console.log(
  `${table.name}: ${table.rows.length} rows, ${table.columns.length} columns; predicts ${target} = ${positive}`
)
console.log(`uses ${used.join(', ')}`)
if (skipped.length > 0) console.log(`skips ${skipped.join(', ')}`)
if (features.unlabelled > 0) console.log(`drops ${features.unlabelled} rows without ${target}`)
if (incomplete.length > 0) {
  const total = missing.reduce((sum, count) => sum + count)
  console.log(`fills ${total} missing values with the training mean: ${incomplete.join(', ')}`)
}
console.log(`trains on ${train.rows.length} rows, tests on ${test.rows.length} (seed ${seed})\n`)

// The model and its training.
const model = new nn.Linear(used.length, 1)
const lossFn = new nn.BCEWithLogitsLoss()
const optimizer = new optim.Adam(model.parameters(), { lr })
const progress = new Progress('epoch', epochs)

for (let epoch = 1; epoch <= epochs; epoch++) {
  const loss = lossFn.forward(model.forward(trainX).squeeze(1), trainY)
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()

  progress.step(epoch)
  if (epoch === 1 || epoch === epochs || epoch % Math.ceil(epochs / 10) === 0) {
    const value = loss.item()
    if (!Number.isFinite(value)) throw new UserError(`The loss became ${value} at epoch ${epoch}: try a smaller --lr.`)
    progress.report(epoch, `loss ${value.toFixed(4)}`)
  }
}
progress.finish()

// The result, beside what always answering with the more frequent class would reach.
const accuracy = (x: Tensor, y: Tensor): number =>
  noGrad(() => model.forward(x).squeeze(1).ge(0).eq(y).sum().item() / y.numel())
const row = (name: string, ours: number, majority: number) =>
  console.log(`${name.padEnd(10)}${percent(ours).padStart(10)}${percent(majority).padStart(18)}`)

console.log(`\n${''.padEnd(10)}${'accuracy'.padStart(10)}${'majority class'.padStart(18)}`)
row('training', accuracy(trainX, trainY), majorityAccuracy(train.labels, train.labels))
row('test', accuracy(testX, testY), majorityAccuracy(train.labels, test.labels))
