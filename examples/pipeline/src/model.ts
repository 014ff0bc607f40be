// The network, and the file that it is saved in with the features that it was trained on.

import { type Tensor, nn, noGrad } from 'dyngrad'
import { Features, type FeatureRecord, type FeaturesJSON } from 'dyngrad/data'
import { load, save } from 'dyngrad/io'
import type { PassengerFeatures } from './passengers.js'

/** Gives the logit of survival for each row. */
export class Survival extends nn.Module {
  layers: nn.Sequential

  constructor(inputs: number) {
    super()
    this.layers = new nn.Sequential(new nn.Linear(inputs, 16), new nn.ReLU(), new nn.Linear(16, 1))
  }

  forward(x: Tensor): Tensor {
    return this.layers.forward(x)
  }
}

interface Saved {
  readonly net: Record<string, Tensor>
  readonly features: FeaturesJSON
}

export function saveModel(file: string, net: Survival, features: PassengerFeatures): void {
  save({ net, features: features.toJSON() }, file)
}

/** The features of a saved model. */
export const loadFeatures = (file: string): PassengerFeatures =>
  Features.fromJSON(load<Saved>(file).features) as PassengerFeatures

/** The probability that the passenger of a record survives, by a saved model. */
export function loadPredictor(file: string): (record: FeatureRecord) => number {
  const features = loadFeatures(file)
  const net = new Survival(features.names.length)
  net.loadStateDict(load<Saved>(file).net)
  net.eval()
  return (record) => noGrad(() => net.forward(features.transform(record)).sigmoid().item<number>())
}
