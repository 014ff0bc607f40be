// Written by scripts/exports.mjs.
export type * from './index.js'
export {
  CheckpointManager,
  load,
  npy,
  npz,
  raw,
  safetensors,
  save,
  torch
} from './index.js'
