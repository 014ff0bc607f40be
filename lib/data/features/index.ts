// Features: numbers made of columns, fitted on training rows, kept with the model.

export {
  type FeatureBatchOptions,
  type FeatureOptions,
  type FeatureRecord,
  Features,
  type FeaturesJSON,
  fitFeatures
} from './features'
export {
  type BooleanSpec,
  type CategorySpec,
  type Constant,
  type DateSpec,
  type FeatureSpec,
  type FeatureSpecs,
  type LabelSpec,
  type NumericSpec,
  type Scale,
  type TextSpec
} from './specs'
export { type FeaturesOf } from './types'
