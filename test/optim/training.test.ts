// The main job against PyTorch: the same seed gives the same data, initial weights and losses.

import { type Tensor, cat, manualSeed, nn, normal, ones, optim, zeros } from 'dyngrad'
import fixture from '../fixtures/training.json'

class LR extends nn.Module {
  features = new nn.Linear(2, 1)
  sigmoid = new nn.Sigmoid()

  override forward(x: Tensor): Tensor {
    return this.sigmoid.forward(this.features.forward(x))
  }
}

// float32 sums of 200 losses in another order, over up to 1000 steps.
const LOSS_TOLERANCE = 1e-5

function largestDifference(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  expect(ours.length).toBe(theirs.length)
  return Array.from(theirs).reduce((worst, value, i) => Math.max(worst, Math.abs(ours[i] - value)), 0)
}

const valuesOf = (tensor: Tensor): number[] => Array.from(tensor.detach().toTypedArray() as Float32Array)

describe('logistic regression with the seed of a PyTorch script', () => {
  for (const run of fixture.logistic) {
    test(`${run.name}: data, weights, losses and accuracies are PyTorch's (seed ${run.seed})`, () => {
      manualSeed(run.seed)
      const x0 = normal(ones(100, 2).mul(1.7), 1).add(1)
      const x1 = normal(ones(100, 2).mul(-1.7), 1).add(1)
      const x = cat([x0, x1], 0)
      const y = cat([zeros(100), ones(100)], 0)
      const net = new LR()
      const lossFn = new nn.BCELoss()
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.01, momentum: 0.9 })
      expect(largestDifference(valuesOf(x), run.x.data)).toBeLessThan(1e-6)
      expect(valuesOf(net.features.weight)).toEqual(run.initial['features.weight'].data.map(Math.fround))
      expect(valuesOf(net.features.bias!)).toEqual(run.initial['features.bias'].data.map(Math.fround))

      const losses: number[] = []
      const accuracies: { iteration: number; accuracy: number }[] = []
      for (let iteration = 0; iteration < run.maxIterations; iteration++) {
        const yPred = net.forward(x)
        const loss = lossFn.forward(yPred.squeeze(), y)
        losses.push(loss.item())
        optimizer.zeroGrad()
        loss.backward()
        optimizer.step()
        if (iteration % 50 !== 0) continue
        const accuracy = yPred.ge(0.5).squeeze().eq(y).float().mean().item()
        accuracies.push({ iteration, accuracy: Number(accuracy.toFixed(6)) })
        if (accuracy > 0.99) break
      }
      expect(largestDifference(losses, run.losses)).toBeLessThan(LOSS_TOLERANCE)
      expect(accuracies).toEqual(
        run.accuracies.map((each) => ({ ...each, accuracy: Number(each.accuracy.toFixed(6)) }))
      )
      expect(largestDifference(valuesOf(net.features.weight), run.final['features.weight'].data)).toBeLessThan(1e-4)
    })
  }
})
