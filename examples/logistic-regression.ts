// Logistic regression on two clouds of points: the first thing to train with a dynamic graph. Run it with `npm start`.

import { cat, manualSeed, nn, normal, ones, optim, zeros, type Tensor } from 'dyngrad'
import { commandLine, wholeNumber } from './support/cli'
import { Report } from './support/report'

const { flags } = commandLine('npm start -- [options]', {
  seed: { type: 'string', default: '10', value: 'N', help: 'seed of all random numbers' },
  iterations: { type: 'string', default: '1000', value: 'N', help: 'iterations at most' },
  out: { type: 'string', default: 'out/logistic-regression', value: 'FOLDER', help: 'where the pictures go' },
  'no-pictures': { type: 'boolean', help: 'train only' }
})
const iterations = wholeNumber('iterations', flags.iterations, 1)
manualSeed(wholeNumber('seed', flags.seed, 0))

// Step 1: the data, 100 points of either class.
const x0 = normal(ones(100, 2).mul(1.7), 1).add(1)
const x1 = normal(ones(100, 2).mul(-1.7), 1).add(1)
const trainX = cat([x0, x1], 0)
const trainY = cat([zeros(100), ones(100)], 0)

// Step 2: the model.
class LR extends nn.Module {
  features = new nn.Linear(2, 1)
  sigmoid = new nn.Sigmoid()

  override forward(x: Tensor): Tensor {
    return this.sigmoid.forward(this.features.forward(x))
  }
}
const net = new LR()

// Steps 3 and 4: the loss function and the optimizer.
const lossFn = new nn.BCELoss()
const optimizer = new optim.SGD(net.parameters(), { lr: 0.01, momentum: 0.9 })

// Step 5: the training.
const report = new Report({
  title: 'Logistic regression',
  iterations,
  out: flags['no-pictures'] ? null : flags.out,
  classes: {
    names: ['class 0', 'class 1'],
    points: [x0.tolist() as [number, number][], x1.tolist() as [number, number][]]
  }
})

for (let iteration = 0; ; iteration++) {
  const yPred = net.forward(trainX)
  const loss = lossFn.forward(yPred.squeeze(), trainY)
  report.step(iteration, loss.item())

  // Every 50 iterations: how good is the model that made these predictions?
  if (iteration % 50 === 0 || iteration === iterations) {
    const accuracy = yPred.ge(0.5).squeeze().eq(trainY).sum().item() / trainY.numel()
    const [w0, w1] = net.features.weight.at(0).tolist() as [number, number]
    report.frame({ iteration, loss: loss.item(), accuracy, decision: { w0, w1, b: net.features.bias!.item() } })

    if (accuracy > 0.99 || iteration === iterations) {
      const summary = accuracy > 0.99 ? 'Accuracy exceeds 99 %' : 'All iterations done'
      void report.finish(`${summary}: stopped at iteration ${iteration}.`, loss.gradFn!, {
        result: 'loss',
        leaves: net.namedParameters()
      })
      break
    }
  }

  optimizer.zeroGrad() // backward adds to the gradients that are there: without this they would pile up
  loss.backward()
  optimizer.step()
}
