// A program of test/compile/memory.test.ts: compiled logistic steps in one synchronous loop; needs --expose-gc.
// Argument: how many steps. Prints one line of JSON.
import { type Tensor, compile, manualSeed, nn, normal, ones, optim, zeros, cat } from '../../lib'
import { native } from '../../lib/native'

interface Sample {
  /** Bytes after a garbage collection: what JavaScript holds, and the buffers that it keeps alive. */
  readonly heap: number
  readonly external: number
  readonly arrayBuffers: number
  readonly peakRss: number
}

function sample(): Sample {
  for (let i = 0; i < 3; i++) global.gc!()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return { heap: heapUsed, external, arrayBuffers, peakRss: native.memory().peakRss }
}

function main(steps: number): void {
  manualSeed(0)
  const around = (centre: number): Tensor => normal(ones(100, 2).mul(centre), 1).add(1)
  const x = cat([around(1.7), around(-1.7)])
  const y = cat([zeros(100, 1), ones(100, 1)])
  const model = new nn.Sequential(new nn.Linear(2, 1), new nn.Sigmoid())
  const lossFunction = new nn.BCELoss()
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 })
  const step = compile((input: Tensor, target: Tensor) => {
    const loss = lossFunction.forward(model.forward(input), target)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    return loss
  })
  let early: Sample | null = null
  let loss: Tensor | null = null
  for (let i = 0; i < steps; i++) {
    loss = step(x, y)
    // Now and then somebody reads a gradient.
    if (i % 1000 === 0) [...model.parameters()][0].grad!.sum().item()
    if (i === Math.floor(steps / 10)) early = sample()
  }
  console.log(JSON.stringify({ early, late: sample(), loss: loss!.item(), programs: step.programs.length }))
}

main(Number(process.argv[2]))
