// dyngrad/data: datasets, loaders and columns.

export { type DatasetLike, type IterableSource, type MapDataset, Dataset, IterableDataset } from './dataset'
export { TensorDataset } from './tensor-dataset'
export { type ItemOf, StackDataset } from './stack-dataset'
export { Subset, randomSplit } from './subset'
export { ChainDataset, ConcatDataset } from './concat-dataset'
export { Sampler } from './samplers/sampler'
export {
  type RandomSamplerOptions,
  type Sized,
  type WeightedRandomSamplerOptions,
  RandomSampler,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler
} from './samplers/samplers'
export { BatchSampler } from './samplers/batch-sampler'
export { type DistributedSamplerOptions, DistributedSampler } from './samplers/distributed-sampler'
export { type Collated, type Converted, defaultCollate, defaultConvert } from './collate'
export { type DataLoaderOptions } from './options'
export { type LoaderState } from './position'
export { DataLoader } from './loader'
export { type WorkerInfo, getWorkerInfo } from './workers/info'
export { type TrainTestSplitOptions, trainTestSplit } from './splits/train-test-split'
export {
  type KFoldOptions,
  type Split,
  type Splittable,
  GroupKFold,
  KFold,
  StratifiedGroupKFold,
  StratifiedKFold
} from './splits/k-fold'
export { type Labels } from './splits/classes'
export { type RandomOptions } from './splits/draw'
export { type TimeSeriesSplitOptions, TimeSeriesSplit } from './splits/time-series-split'
export { type WindowOptions, WindowDataset, windows } from './splits/windows'
export {
  type BadRow,
  type BadRowPolicy,
  type BatchOptions,
  type BoolColumn,
  type Chunk,
  type Column,
  type ColumnType,
  Columns,
  type DateColumn,
  type NumberArray,
  type NumberColumn,
  type Open,
  type Row,
  type TextColumn,
  type Value
} from './columns'
export {
  type BooleanSpec,
  type CategorySpec,
  type Constant,
  type DateSpec,
  type FeatureBatchOptions,
  type FeatureOptions,
  type FeatureRecord,
  type FeatureSpec,
  type FeatureSpecs,
  Features,
  type FeaturesJSON,
  type FeaturesOf,
  type LabelSpec,
  type NumericSpec,
  type Scale,
  type TextSpec
} from './features'
export {
  type ArrowBatch,
  type ArrowTable,
  type Arrays,
  type ColumnsData,
  type ColumnsOptions,
  type CsvOptions,
  type DuckDBConnectionLike,
  type DuckDBOptions,
  ImageFolder,
  type ImageFolderOptions,
  type ImageSample,
  type Input,
  type JsonlOptions,
  type ParquetOptions,
  type Rows,
  columns,
  loadIdx,
  source
} from './sources'
