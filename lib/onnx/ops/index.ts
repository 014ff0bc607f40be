// All rows.

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
