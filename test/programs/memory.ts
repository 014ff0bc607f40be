// Programs of test/process/memory.test.ts and test/process/million-steps.test.ts: one synchronous loop each, without a
// turn of the event loop inside. Argument: which loop. Prints one line of JSON.
import { type Tensor, add, manualSeed, nn, normal, noGrad, ones, optim, rand, tensor, zeros } from '../../lib'
import { native } from '../../lib/native'

interface Sample {
  readonly peakRss: number
  readonly pageFaults: number
  readonly seconds: number
}

const start = performance.now()
const sample = (): Sample => {
  const { peakRss, pageFaults } = native.memory()
  return { peakRss, pageFaults, seconds: (performance.now() - start) / 1000 }
}

/** Runs `step` and samples after a tenth and at the end. */
function loop(steps: number, step: (i: number) => void): { early: Sample; late: Sample } {
  let early = sample()
  for (let i = 0; i < steps; i++) {
    step(i)
    if (i === Math.floor(steps / 10)) early = sample()
  }
  return { early, late: sample() }
}

/** The main job of the examples: 200 points, Linear(2, 1), Sigmoid, BCELoss, SGD with momentum. */
function logisticRegression(steps: number) {
  manualSeed(0)
  const around = (centre: number): Tensor => normal(ones(100, 2).mul(centre), 1).add(1)
  const x = tensor([...around(1.7).tolist<number[][]>(), ...around(-1.7).tolist<number[][]>()])
  const y = tensor([...zeros(100, 1).tolist<number[][]>(), ...ones(100, 1).tolist<number[][]>()])
  const model = new nn.Sequential(new nn.Linear(2, 1), new nn.Sigmoid())
  const lossFunction = new nn.BCELoss()
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 })
  let last = 0
  const samples = loop(steps, (i) => {
    const loss = lossFunction.forward(model.forward(x), y)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    if (i === steps - 1) last = loss.item()
  })
  return { ...samples, last }
}

/** `w x + b`, backward and an update in place, without modules. */
function updates(steps: number) {
  const w = tensor([0.5], { requiresGrad: true })
  const b = tensor([0.1], { requiresGrad: true })
  const x = tensor([2])
  const samples = loop(steps, () => {
    w.mul(x).add(b).sub(1).square().backward()
    noGrad(() => {
      w.sub_(w.grad!.mul(0.01))
      b.sub_(b.grad!.mul(0.01))
    })
    w.grad = null
    b.grad = null
  })
  return { ...samples, last: w.mul(x).add(b).item() }
}

const LARGE = 10_000_000

/** Results of 40 MB. */
function largeResults(steps: number) {
  const x = ones(LARGE)
  let last = 0
  const samples = loop(steps, () => {
    last = x
      .add(1)
      .at(LARGE - 1)
      .item()
  })
  return { ...samples, last }
}

/** Results of 400 kB: 98 pages. */
function mediumResults(steps: number) {
  const x = ones(100_000)
  let last = 0
  const samples = loop(steps, () => {
    last = x.add(1).at(0).item()
  })
  return { ...samples, last }
}

/** Graphs whose results and gradients have 40 MB each. */
function largeGraphs(steps: number) {
  const w = ones(LARGE).requiresGrad_()
  const samples = loop(steps, () => {
    w.mul(2).tanh().sum().backward()
    w.grad = null
  })
  return { ...samples, last: w.at(0).item() }
}

/** Hooks that stash every gradient of the last rounds, which must keep their values. */
function stashes(steps: number) {
  const w = rand(2000).requiresGrad_()
  const stash: { gradient: Tensor; copy: Float32Array }[] = []
  const samples = loop(steps, () => {
    const h = w.mul(3).sin()
    h.registerHook((g) => {
      stash.push({ gradient: g, copy: g.toTypedArray() as Float32Array })
      if (stash.length > 50) stash.shift()
    })
    add(h, h).tanh().sum().backward()
    w.grad = null
  })
  const changed = stash.filter(({ gradient, copy }) => gradient.toTypedArray().some((value, i) => value !== copy[i]))
  return { ...samples, last: changed.length }
}

/** Small results that a long-lived list picks here and there, so that they pin their chunks. */
function pinned(steps: number) {
  const x = ones(4)
  const kept: Tensor[] = []
  const samples = loop(steps, (i) => {
    const y = x.add(i)
    if (i % 1000 === 0) kept[(i / 1000) % 64] = y
  })
  return { ...samples, last: kept.length }
}

const programs = { logisticRegression, updates, mediumResults, largeResults, largeGraphs, stashes, pinned }
const [name, steps] = process.argv.slice(2)
console.log(JSON.stringify(programs[name as keyof typeof programs](Number(steps))))
