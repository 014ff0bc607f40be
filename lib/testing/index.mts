// Written by scripts/exports.mjs.
export type * from './index.js'
export {
  assertClose,
  tensorSerializer,
  tensorTesters
} from './index.js'
