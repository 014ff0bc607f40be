// Written by scripts/exports.mjs.
export type * from './index.js'
export {
  Dataset,
  IterableDataset
} from './index.js'
