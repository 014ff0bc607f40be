// The passengers: their columns, and what becomes of them.

import { type Columns, type FeaturesOf, source } from 'dyngrad/data'

const specs = {
  survived: { kind: 'label', encode: 'binary' },
  pclass: 'category',
  sex: 'category',
  age: { kind: 'numeric', missing: 'median', indicator: true },
  sibsp: 'numeric',
  parch: 'numeric',
  fare: { kind: 'numeric', scale: 'robust', missing: 'median' },
  embarked: { kind: 'category', missing: 'unknown' }
} as const

export type PassengerFeatures = FeaturesOf<typeof specs>

/** The rows of a file, split into those to train on and those to validate with. */
export function passengers(file: string): [training: Columns, validation: Columns] {
  const [training, validation] = source.csv(file, { types: { pclass: 'text' } }).split([0.8, 0.2], { seed: 1 })
  return [training, validation]
}

export const fitFeatures = (training: Columns): Promise<PassengerFeatures> => training.features(specs)
