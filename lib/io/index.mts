// Written by scripts/exports.mjs.
export type * from './index.js'
export {
  npy,
  npz,
  raw,
  safetensors,
  torch
} from './index.js'
