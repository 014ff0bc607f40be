// Trains on a CSV file: npm run train -- titanic.csv model

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Tensor, compile, manualSeed, nn, noGrad, optim } from 'dyngrad'
import { DataLoader, TensorDataset } from 'dyngrad/data'
import { CheckpointManager } from 'dyngrad/io'
import * as onnx from 'dyngrad/onnx'
import { Survival, saveModel } from './model.js'
import { fitFeatures, passengers } from './passengers.js'

const EPOCHS = 200
const PATIENCE = 20

const [file, folder = 'model'] = process.argv.slice(2)
if (file === undefined) throw new Error('which file? npm run train -- titanic.csv model')
mkdirSync(folder, { recursive: true })
manualSeed(0)

const [training, validation] = passengers(file)
const features = await fitFeatures(training)
const train = new TensorDataset(...(await features.tensors(training)))
const [inputs, labels] = await features.tensors(validation)

const net = new Survival(features.names.length)
const loss = new nn.BCEWithLogitsLoss()
const optimizer = new optim.AdamW(net.parameters(), { lr: 0.01, weightDecay: 0.01 })
const step = compile((x: Tensor, y: Tensor) => {
  optimizer.zeroGrad()
  const output = loss.forward(net.forward(x), y)
  output.backward()
  optimizer.step()
  return output
})

/** The loss and the share of right answers on the validation rows. */
function validate(): [number, number] {
  return noGrad(() => {
    const logits = net.forward(inputs)
    const right = logits.gt(0).eq(labels).double().mean().item<number>()
    return [loss.forward(logits, labels).item<number>(), right]
  })
}

const checkpoints = new CheckpointManager(join(folder, 'checkpoints'), { keep: 1 })
const loader = new DataLoader(train, { batchSize: 32, shuffle: true })
let [best, bestEpoch] = [Infinity, 0]
for (let epoch = 1; epoch <= EPOCHS && epoch - bestEpoch <= PATIENCE; epoch++) {
  for (const [x, y] of loader) step(x, y)
  const [validationLoss, accuracy] = validate()
  if (validationLoss < best) [best, bestEpoch] = [validationLoss, epoch]
  checkpoints.save(epoch, { net }, { metric: validationLoss })
  if (epoch % 10 === 0) console.log(`epoch ${epoch}: loss ${validationLoss.toFixed(4)}, right ${accuracy.toFixed(3)}`)
}

net.loadStateDict(checkpoints.load(checkpoints.best()!).net)
net.eval()
const [finalLoss, accuracy] = validate()
console.log(`best epoch ${bestEpoch}: loss ${finalLoss.toFixed(4)}, right ${accuracy.toFixed(3)}`)

saveModel(join(folder, 'model.safetensors'), net, features)
onnx.export(net, inputs, join(folder, 'model.onnx'), {
  inputNames: ['features'],
  outputNames: ['logit'],
  dynamicAxes: { features: { 0: 'batch' }, logit: { 0: 'batch' } }
})
const probabilities = noGrad(() => net.forward(inputs).sigmoid().flatten().tolist<number[]>())
const records = []
for await (const record of validation.rows()) records.push(record)
const predictions = records.map((record, i) => ({ record, probability: probabilities[i] }))
writeFileSync(join(folder, 'predictions.json'), JSON.stringify(predictions))
