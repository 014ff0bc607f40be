// Written by scripts/exports.mjs.
export type * from './index.js'
export {
  safetensors
} from './index.js'
