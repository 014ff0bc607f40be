// dyngrad/data: datasets, loaders and columns.

export { type DatasetLike, type IterableSource, type MapDataset, Dataset, IterableDataset } from './dataset'
