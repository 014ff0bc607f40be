// Written by scripts/exports.mjs.
export type * from './index.js'
export {
  export
} from './index.js'
