// All rows. Files of rows export nothing, and say so: the bundler takes those without an export for CommonJS.

import './elementwise'
import './compare'
import './activation'
import './movement'
import './reduce'
import './product'
import './normalization'
import './loss'
import './select'
import './create'
import './numeric'
import './without'

export { type Row, missing, rows } from './table'
