// Written by scripts/exports.mjs.
export type * from './index.js'
export {

} from './index.js'
