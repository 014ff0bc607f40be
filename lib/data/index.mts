// Written by scripts/exports.mjs.
export type * from './index.js'
export {
  BatchSampler,
  ChainDataset,
  ConcatDataset,
  DataLoader,
  Dataset,
  DistributedSampler,
  IterableDataset,
  RandomSampler,
  Sampler,
  SequentialSampler,
  StackDataset,
  Subset,
  SubsetRandomSampler,
  TensorDataset,
  WeightedRandomSampler,
  defaultCollate,
  defaultConvert,
  getWorkerInfo,
  randomSplit
} from './index.js'
