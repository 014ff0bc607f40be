// Trains on made-up passengers, then serves each validation row from the saved files.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { loadFeatures, loadPredictor } from '../dist/model.js'

const folder = mkdtempSync(join(tmpdir(), 'pipeline-'))
const model = join(folder, 'model')
const run = (script, ...args) => spawnSync(process.execPath, [`dist/${script}.js`, ...args], { encoding: 'utf8' })

/** Rows with gaps and quoted fields, of whom women and children survive. */
function madeUp(rows) {
  let state = 7
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647
  const lines = Array.from({ length: rows }, (_, i) => {
    const sex = random() < 0.4 ? 'female' : 'male'
    const age = random() < 0.2 ? '' : Math.floor(random() * 70)
    const survived = sex === 'female' || (age !== '' && age < 12) ? 1 : 0
    const embarked = random() < 0.05 ? '' : 'SCQ'[Math.floor(random() * 3)]
    const town = `"Town ${i}, ""quoted"""`
    const fare = (random() * 100).toFixed(2)
    return [survived, 1 + (i % 3), sex, age, i % 4, i % 2, fare, embarked, town].join(',')
  })
  return `survived,pclass,sex,age,sibsp,parch,fare,embarked,embark_town\n${lines.join('\n')}\n`
}

before(() => {
  writeFileSync(join(folder, 'passengers.csv'), madeUp(600))
  const { status, stdout, stderr } = run('train', join(folder, 'passengers.csv'), model)
  assert.equal(status, 0, stderr)
  const [, right] = /best epoch \d+: loss [\d.]+, right ([\d.]+)/.exec(stdout)
  assert.ok(Number(right) > 0.95, stdout)
})

after(() => rmSync(folder, { recursive: true }))

const predictions = () => JSON.parse(readFileSync(join(model, 'predictions.json'), 'utf8'))

test('a served record has the prediction that its row had in training', () => {
  const predict = loadPredictor(join(model, 'model.safetensors'))
  assert.ok(predictions().length > 80)
  for (const { record, probability } of predictions()) {
    assert.ok(Math.abs(predict(record) - probability) < 1e-6, JSON.stringify(record))
  }
})

test('one record in the terminal', () => {
  const [{ record, probability }] = predictions()
  const { stdout } = run('predict', model, JSON.stringify(record))
  assert.ok(Math.abs(Number(stdout) - probability) < 1e-6, stdout)
})

test('records over HTTP: a probability, or one sentence', async () => {
  const server = spawn(process.execPath, ['dist/serve.js', model, '0'])
  try {
    const [line] = await new Promise((resolve) => server.stdout.once('data', (data) => resolve([String(data)])))
    const url = `http://127.0.0.1:${/port (\d+)/.exec(line)[1]}`
    const post = async (body) => await (await fetch(url, { method: 'POST', body })).json()
    const [{ record, probability }] = predictions()
    assert.ok(Math.abs((await post(JSON.stringify(record))).probability - probability) < 1e-6)
    assert.match(
      (await post(JSON.stringify({ ...record, fare: 'much' }))).error,
      /column 'fare' must be a finite number, got 'much'/
    )
    assert.equal((await post('{')).error, 'the body is no JSON')
  } finally {
    server.kill()
  }
})

const runtime = await import('onnxruntime-node').catch(() => null)

test('the ONNX file gives the same', { skip: runtime === null && 'onnxruntime-node is not installed' }, async () => {
  const { InferenceSession, Tensor } = runtime.default
  const session = await InferenceSession.create(join(model, 'model.onnx'))
  const features = loadFeatures(join(model, 'model.safetensors'))
  const rows = features.transform(predictions().map(({ record }) => record))
  const { logit } = await session.run({ features: new Tensor('float32', rows.toTypedArray(), rows.shape) })
  predictions().forEach(({ probability }, i) => {
    assert.ok(Math.abs(1 / (1 + Math.exp(-logit.data[i])) - probability) < 1e-5)
  })
})
